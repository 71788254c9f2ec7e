/** An action on a pod: one folder each, one table of them (table.ts). */
import type { Outcome, Snapshot } from "../../src-shared/model.ts";
import type { Check, Question } from "./question.ts";
import type { ScriptCall, Stamp } from "./scripts.ts";
import type { Step } from "./steps.ts";

export interface Action {
  /** Its own checks, with their evidence; those of all actions are in checks.ts. */
  checks(question: Question): Check[];
  /** What will change, in plain words: what the kernel, the runtime and a kubelet do next. */
  effects(question: Question): string[];
  /** The exact commands, as an operator would type them, and how each is undone. */
  steps(question: Question): Step[];
  /** What does it, in order. Throws RangeError where a plan's checks cannot have held. */
  calls(question: Question, stamp: Stamp): ScriptCall[];
  /** Was it done? Told by a fresh reading of the node, not by an exit status: `before` is what the plan was made from. */
  verify(before: Question, after: Snapshot): Outcome["verified"];
  /** What a step of its script is called in words, where no other action has one of that name. */
  titles?: Readonly<Record<string, string>>;
  /** Before a type that it pins or lets go of: "Pin net". */
  verb?: string;
}
