/** An action on a pod: one folder each, one table of them (table.ts). */
import type { ActionName, Outcome, Plan } from "../../src-shared/actions.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { Check, Question } from "./question.ts";
import type { ScriptCall, Stamp } from "./scripts.ts";
import type { Step } from "./steps.ts";

/** What is shown and confirmed, and what does just that. */
export interface Undo {
  plan: Plan;
  act(): Promise<Outcome>;
}

/** What an undo chooses from. All ways are planned from one reading of the node. */
export interface UndoWays {
  /** Our manifest of the pod lies on the node. */
  manifest: boolean;
  by(action: ActionName): Promise<Undo & { question: Question }>;
  /** Once `first` is done, `action` too, planned from a reading of its own; `effect` says so. */
  after(first: Undo, action: ActionName, effect: string): Undo;
  nothing: Undo;
}

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
  /** What brings a node back to before it, whatever came of it: one of the ways, or `nothing` where nothing of it is left. */
  undo(ways: UndoWays): Promise<Undo>;
  /** What takes it back at once where what followed it went wrong; undefined where it changed nothing that was not so before. */
  takeBack?(question: Question, stamp: Stamp): ScriptCall | undefined;
  /** The step of its script from which on nothing takes it back at once. */
  final?: string;
  /** What a step of its script is called in words, where no other action has one of that name. */
  titles?: Readonly<Record<string, string>>;
  /** Before a type that it pins or lets go of: "Pin net". */
  verb?: string;
}
