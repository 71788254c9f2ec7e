/** Questions and words on a terminal. Words go to stderr, data to stdout. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Ask } from "../../../src-shared/api.ts";
import { inert } from "../../../src-shared/format.ts";

export const isTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

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
    say(`${key.detail}\nHost: ${inert(key.host, 255)}\n${key.keyType} key fingerprint is ${key.fingerprint}.`);
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
