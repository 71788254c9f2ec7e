/** Questions and words on a terminal. Words go to stderr, data to stdout. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Ask } from "../../../src-shared/api.ts";
import { inert } from "../../../src-shared/format.ts";
import type { Terminal } from "../../transport/terminal.ts";

export const isTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/**
 * This terminal's keys and screen for one that is elsewhere, until that one ends. The terminal here is raw meanwhile, and
 * is given back in every ending of this process but a KILL.
 */
export async function onKeyboard(terminal: Terminal): Promise<Awaited<Terminal["exit"]>> {
  const { stdin, stdout } = process;
  const giveBack = (): void => void stdin.setRawMode(false);
  const resized = (): void => terminal.resize({ rows: stdout.rows, columns: stdout.columns });
  const leave = (): void => terminal.kill();
  process.once("exit", giveBack);
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) process.on(signal, leave);
  stdout.on("resize", resized);
  stdin.setRawMode(true);
  // A question that was asked before has paused it.
  stdin.on("data", (keys: Buffer) => terminal.stdin.write(keys)).resume();
  const shown = new Promise<void>((resolve) => {
    for (const event of ["end", "close", "error"]) terminal.stdout.once(event, () => resolve());
  });
  terminal.stdout.pipe(stdout, { end: false });
  try {
    const ended = await terminal.exit;
    if (ended.code !== null) await shown;
    return ended;
  } finally {
    stdin.removeAllListeners("data").pause();
    stdout.off("resize", resized);
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) process.off(signal, leave);
    process.off("exit", giveBack);
    giveBack();
  }
}

/** Asks one line; with echo off nothing typed is shown. Null where there is no terminal to ask on. */
async function askLine(prompt: string, echo = true): Promise<string | null> {
  if (!isTerminal()) return null;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: echo ? process.stderr : silent, terminal: true });
  try {
    if (!echo) process.stderr.write(prompt);
    return await lines.question(echo ? prompt : "");
  } catch {
    return null;
  } finally {
    lines.close();
    if (!echo) process.stderr.write("\n");
  }
}

export async function askYes(question: string): Promise<boolean> {
  const answer = await askLine(`${question} (yes/no) `);
  return answer?.trim().toLowerCase() === "yes";
}

/** Answers a question of the Inspector; null is no. Without a terminal every answer is no, after the words that say what of. */
export async function answerOf({ kind, title, detail, prompts, key }: Ask): Promise<string[] | null> {
  if (kind === "hostkey") {
    if (key === undefined) return null;
    // The system's ssh words it, and an old one hands on what a server asked.
    const detail = key.detail.split("\n").map((line) => inert(line, 500));
    say(
      `${detail.join("\n")}\nHost: ${inert(key.host, 255)}\n${inert(key.keyType, 40)} key fingerprint is ${inert(key.fingerprint, 200)}.`,
    );
    return (await askYes("Trust it and go on?")) ? ["yes"] : null;
  }
  if (!isTerminal()) return null;
  if (detail) say(inert(detail, 2000));
  else say(inert(title, 200));
  const answers: string[] = [];
  for (const { text, echo } of prompts) {
    const answer = await askLine(inert(text, 500), echo);
    if (answer === null) return null;
    answers.push(answer);
  }
  return answers;
}
