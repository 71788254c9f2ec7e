/** Several nodes at once: each for itself, so that one that is slow or gone holds up nobody. */
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { expandTargets } from "../../targets/list.ts";
import { EXIT, statusOf } from "./exit.ts";
import { type CommonOptions, withTarget } from "./open.ts";
import { print, printJson, sayGaps } from "./print.ts";
import { say } from "./terminal.ts";

/** Logins at one time: sshd begins to drop connections at ten that have not logged in yet (MaxStartups 10:30:100). */
const AT_ONCE = 8;

export interface Answer<T> {
  target: string;
  seconds: number;
  value?: T;
  error?: Error;
}

/** Asks each target, eight at a time, and tells of each as it answers; the answers come in the targets' order. */
export async function askEach<T>(
  targets: readonly string[],
  ask: (target: string) => Promise<T>,
  told: (answer: Answer<T>) => void = () => {},
  atOnce = AT_ONCE,
): Promise<Answer<T>[]> {
  const answers: Answer<T>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < targets.length) {
      const at = next++;
      const target = targets[at] as string;
      const since = performance.now();
      const seconds = () => Math.round(performance.now() - since) / 1000;
      const answer: Answer<T> = await ask(target).then(
        (value) => ({ target, value, seconds: seconds() }),
        (error: unknown) => ({
          target,
          error: error instanceof Error ? error : new Error(String(error)),
          seconds: seconds(),
        }),
      );
      answers[at] = answer;
      told(answer);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, targets.length) }, worker));
  return answers;
}

/** How many have answered, where a person watches. */
export function progress(total: number): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (!process.stderr.isTTY) return;
    process.stderr.write(done < total ? `\r${done} of ${total} nodes` : `\r${" ".repeat(40)}\r`);
  };
}

/** Says what could not be read; the exit status is the highest of all. */
export function sayErrors(answers: readonly Answer<unknown>[]): void {
  for (const { target, error } of answers) {
    if (error === undefined) continue;
    say(`podglass: ${inert(target, 200)}: ${inert(error.message, 2000)}`);
    process.exitCode = Math.max(Number(process.exitCode ?? EXIT.done), statusOf(error));
  }
}

interface Report<T> {
  make: (snapshot: Snapshot) => T;
  /** The document of one node, as it is with one target. */
  text: (value: T, snapshot: Snapshot) => void;
  /** The elements of the array that stands for several nodes; each gets its node. */
  rows: (value: T) => object[];
}

/** One target as it always was; with several a JSON array whose elements have `node`, or a part with a heading a node. */
export async function report<T>(
  words: string[],
  options: CommonOptions,
  { make, text, rows }: Report<T>,
): Promise<void> {
  const targets = await expandTargets(words, options.F);
  const [only] = targets;
  if (targets.length === 1 && only !== undefined)
    return withTarget(only, options, ({ snapshot }) => {
      const value = make(snapshot);
      if (options.json) return printJson(value);
      text(value, snapshot);
      sayGaps(snapshot);
    });
  const step = progress(targets.length);
  const answers = await askEach(
    targets,
    (target) => withTarget(target, options, ({ snapshot }) => ({ value: make(snapshot), snapshot })),
    step,
  );
  if (options.json)
    printJson(
      answers.flatMap(({ target, value }) =>
        value === undefined ? [] : rows(value.value).map((row) => ({ node: target, ...row })),
      ),
    );
  else
    for (const { target, value } of answers) {
      if (value === undefined) continue;
      print(`── ${inert(target, 200)}`);
      text(value.value, value.snapshot);
      print("");
      sayGaps(value.snapshot, target);
    }
  sayErrors(answers);
}
