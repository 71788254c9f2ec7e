/**
 * A lesson as a teacher writes it: Markdown with a head of `key: value` lines, a `##` for each step, and at the end of
 * a step a block ```step with what is shown, done and checked. docs/lessons.md explains it to a teacher.
 */
import { type Check, parseCheck } from "./checks.ts";
import { type Operation, parseOperation } from "./operations.ts";
import { type Place, parsePlace } from "./places.ts";
import { checkPlaceholders } from "./values.ts";

export interface Step {
  title: string;
  /** Markdown, with {placeholders}. */
  text: string;
  /** Read once the step is done, so that nobody is told before what will happen; empty: nothing. */
  after: string;
  /** Which picture stands beside the text. */
  show: Picture;
  /** What of it the text speaks of. */
  light: Place[];
  /** Things to do, each a button; on a real node what is not a button is typed. */
  operations: Operation[];
  /** Commands with which a person does or sees the same, with {placeholders}. */
  hand: string[];
  ask?: { question: string; answer: string };
  checks: Check[];
  hint?: string;
  /** Another scene of the demo node than the lesson's. */
  scene?: string;
  /** Why this step is played on the demo node even where the lesson is played on a real one: "because …". */
  demoOnly?: string;
}

export type Picture =
  | { kind: "pod"; pod: string }
  | { kind: "cgroups"; pod: string }
  | { kind: "processes"; pod: string }
  | { kind: "traces"; pod: string }
  | { kind: "pods" }
  | { kind: "findings" };

export interface Lesson {
  id: string;
  title: string;
  about: string;
  order: number;
  minutes: number;
  /** Where it can be played: the demo node, or the lab of a real node where one is root. */
  runs: ("demo" | "lab")[];
  /** Scene of the demo node. */
  scene: string;
  steps: Step[];
}

/** What is wrong with a lesson, and in which line of its file. */
export class LessonError extends Error {
  override name = "LessonError";
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
  }
}

const LONGEST = 256 * 1024;

/** Throws LessonError. */
export function parseLesson(source: string): Lesson {
  if (source.length > LONGEST) throw new LessonError(1, "a lesson is at most 256 KiB long");
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  if (lines[0] !== "---") throw new LessonError(1, 'a lesson begins with a line "---", then key: value lines');
  const end = lines.indexOf("---", 1);
  if (end === -1) throw new LessonError(1, 'the head is not closed by a line "---"');
  const head = new Map<string, string>();
  for (let at = 1; at < end; at++) {
    const [key, value] = pairOf(lines[at] ?? "", at + 1) ?? [];
    if (key && value !== undefined) head.set(key, value);
  }
  const need = (key: string): string => {
    const value = head.get(key);
    if (!value) throw new LessonError(1, `the head has no "${key}:"`);
    return value;
  };
  const number = (key: string): number => {
    const value = Number(need(key));
    if (!Number.isFinite(value)) throw new LessonError(1, `"${key}:" is not a number`);
    return value;
  };
  const id = need("id");
  if (!/^[a-z0-9]([-a-z0-9]{0,62}[a-z0-9])?$/.test(id))
    throw new LessonError(1, '"id:" is lower-case words with dashes');
  const runs = need("runs").split(/,\s*/);
  if (!runs.every((one) => one === "demo" || one === "lab")) throw new LessonError(1, '"runs:" is demo, lab, or both');
  const steps = parseSteps(lines, end + 1);
  if (steps.length === 0) throw new LessonError(end + 1, 'there is no step: a line "## Title" begins one');
  return {
    id,
    title: need("title"),
    about: need("about"),
    order: number("order"),
    minutes: number("minutes"),
    runs: runs as Lesson["runs"],
    scene: head.get("scene") ?? "default",
    steps,
  };
}

function parseSteps(lines: string[], from: number): Step[] {
  const steps: Step[] = [];
  for (let at = from; at < lines.length; at++) {
    const title = /^## +(.+?) *$/.exec(lines[at] ?? "")?.[1];
    if (title === undefined) {
      if ((lines[at] ?? "").trim() !== "") throw new LessonError(at + 1, "text before the first step's title");
      continue;
    }
    const text: string[] = [];
    const begin = at + 1;
    let block: Step | undefined;
    for (at += 1; at < lines.length && !/^## /.test(lines[at] ?? ""); at++) {
      if (lines[at] === "```step") {
        if (block) throw new LessonError(at + 1, "a step has one ```step block");
        const close = lines.indexOf("```", at + 1);
        if (close === -1) throw new LessonError(at + 1, "the ```step block is not closed");
        block = parseBlock(title, lines, at + 1, close);
        at = close;
      } else text.push(lines[at] ?? "");
    }
    at -= 1;
    if (!block) throw new LessonError(begin, `step "${title}" has no \`\`\`step block`);
    const cut = text.indexOf("---");
    block.text = text
      .slice(0, cut === -1 ? undefined : cut)
      .join("\n")
      .trim();
    block.after =
      cut === -1
        ? ""
        : text
            .slice(cut + 1)
            .join("\n")
            .trim();
    if (block.text === "") throw new LessonError(begin, `step "${title}" has no text`);
    guarded(begin, () => checkPlaceholders(block.text + block.after));
    steps.push(block);
  }
  return steps;
}

function parseBlock(title: string, lines: string[], from: number, to: number): Step {
  const step: Step = {
    title,
    text: "",
    after: "",
    show: { kind: "pods" },
    light: [],
    operations: [],
    hand: [],
    checks: [],
  };
  let question: string | undefined;
  for (let at = from; at < to; at++) {
    const pair = pairOf(lines[at] ?? "", at + 1);
    if (!pair) continue;
    const [key, value] = pair;
    guarded(at + 1, () => {
      if (key === "show") step.show = pictureOf(value);
      else if (key === "light") step.light.push(...value.split(/,\s*/).map(parsePlace));
      else if (key === "make" || key === "remove" || key === "act" || key === "try")
        step.operations.push(parseOperation(key, value));
      else if (key === "hand") {
        checkPlaceholders(value);
        step.hand.push(value);
      } else if (key === "ask") question = value;
      else if (key === "answer") {
        if (question === undefined) throw new Error('"answer:" comes after "ask:"');
        checkPlaceholders(`{${value}}`);
        step.ask = { question, answer: value };
      } else if (key === "check") step.checks.push(parseCheck(value));
      else if (key === "hint") step.hint = value;
      else if (key === "scene") step.scene = value;
      else if (key === "runs") step.demoOnly = whyDemo(value);
      else throw new Error(`there is no "${key}:" in a step`);
    });
  }
  if (question !== undefined && !step.ask) throw new LessonError(to, '"ask:" has no "answer:"');
  if (step.checks.length === 0 && !step.ask)
    throw new LessonError(to, `step "${title}" checks nothing: it needs a check: or an ask:`);
  return step;
}

function whyDemo(text: string): string {
  const why = /^demo, (because \S.*)$/.exec(text)?.[1];
  if (!why)
    throw new Error('"runs:" in a step is "demo, because …"; where the whole lesson can be played stands in the head');
  return why;
}

function pairOf(line: string, number: number): [string, string] | undefined {
  if (line.trim() === "") return undefined;
  const match = /^([a-z]+):\s*(.*?)\s*$/.exec(line);
  if (!match?.[1] || match[2] === undefined)
    throw new LessonError(number, `"${line.slice(0, 60)}" is not "key: value"`);
  return [match[1], match[2]];
}

function pictureOf(text: string): Picture {
  const [kind, pod, ...rest] = text.split(/\s+/);
  if (rest.length === 0) {
    if ((kind === "pods" || kind === "findings") && pod === undefined) return { kind };
    if ((kind === "pod" || kind === "cgroups" || kind === "processes" || kind === "traces") && pod)
      return { kind, pod };
  }
  throw new Error(`"show: ${text}" is none of: pods, findings, pod NAME, cgroups NAME, processes NAME, traces NAME`);
}

function guarded(line: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof LessonError) throw error;
    throw new LessonError(line, error instanceof Error ? error.message : String(error));
  }
}
