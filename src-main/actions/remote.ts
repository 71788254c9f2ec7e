/**
 * Runs one of our scripts on a node and tells what it says, line by line, as it happens. The lines are the scripts' own
 * small language (actions/common.sh): a word, a name, the rest.
 */
import { startScript } from "../transport/script.ts";
import { type Connection, ConnectionError, ReadingError } from "../transport/transport.ts";

/** The node was asked and said no: nothing was changed. The message is a sentence for a person (exit status 1). */
export class Refused extends Error {
  override name = "Refused";
}

export interface Line {
  word: string;
  name: string;
  rest: string;
}

/** A process, as a script names it in a line's rest: "4966 12345". */
export interface ProcessIdentity {
  pid: number;
  startTicks: number;
}

/** Throws ReadingError where a node names no process: nothing is written down of one. */
export function identityIn({ rest }: Line): ProcessIdentity {
  const [, pid, startTicks] = /^([1-9][0-9]{0,9}) ([0-9]{1,15})$/.exec(rest) ?? [];
  if (pid === undefined || startTicks === undefined)
    throw new ReadingError("the node's script asked for a manifest, and named no process");
  return { pid: Number(pid), startTicks: Number(startTicks) };
}

export interface RunResult {
  /** null: the connection or the shell went away before the script ended, or it was silent for too long. */
  code: number | null;
  /** The seconds that it was silent when it was left. */
  silent?: number;
  lines: Line[];
  stderr: string;
}

export interface RunOptions {
  sudo?: boolean;
  signal?: AbortSignal;
  onLine?: (line: Line) => void;
  /** What a script is told that asks (a line `ask NAME …`): one line. Its stdin stays open until it has ended. */
  answer?: (line: Line) => string;
  /** How long a script may say nothing: then it is left, and what it did is not known. Default 30 s a step. */
  silenceMs?: number;
  /** Keep the script's stdin open until it has ended: its end then tells the script that nobody asks any more. */
  hold?: boolean;
}

/** A node's text is bounded: a line, and what is kept of stderr. */
const MAX_LINE = 128 * 1024;
const MAX_STDERR = 8 * 1024;
/** Lines of a script of ours: one a step, a pod, a copy. */
const MAX_LINES = 100_000;
/** Longer than a drop's grace; and the script's own limit is a minute (actions/common.sh, watch_time). */
const SILENCE_MS = 30_000;

const parse = (text: string): Line => {
  const [word = "", name = ""] = text.split(" ", 2);
  return { word, name, rest: text.slice(word.length + name.length + 2) };
};

/** Throws ConnectionError when the command could not be started or was cancelled, and what `answer` throws. */
export async function runOnNode(
  connection: Connection,
  script: string,
  args: readonly string[],
  { sudo = false, signal, onLine, answer, hold = answer !== undefined, silenceMs = SILENCE_MS }: RunOptions = {},
): Promise<RunResult> {
  signal?.throwIfAborted();
  const channel = await startScript(connection, script, args, { sudo, signal });
  const stop = () => channel.kill();
  let silent = false;
  let leave = () => {};
  const left = new Promise<{ code: null }>((resolve) => {
    leave = () => {
      silent = true;
      stop();
      resolve({ code: null });
    };
  });
  const timer = setTimeout(() => leave(), silenceMs);
  signal?.addEventListener("abort", stop, { once: true });
  const lines: Line[] = [];
  let stderr = "";
  channel.stderr.on("data", (chunk: Buffer) => {
    if (stderr.length < MAX_STDERR) stderr += chunk.toString("utf8");
  });
  if (!hold) channel.stdin.end();
  let wrong: unknown;
  const tell = (answers: NonNullable<RunOptions["answer"]>, line: Line) => {
    try {
      channel.stdin.write(`${answers(line)}\n`);
    } catch (error) {
      wrong = error;
      stop();
    }
  };
  const take = (text: string) => {
    const line = parse(text.slice(0, MAX_LINE));
    timer.refresh();
    if (lines.push(line) > MAX_LINES) return stop();
    if (line.word === "ask" && answer !== undefined) tell(answer, line);
    onLine?.(line);
  };
  let tail = "";
  channel.stdout.on("data", (chunk: Buffer) => {
    const parts = (tail + chunk.toString("latin1")).split("\n");
    tail = (parts.pop() ?? "").slice(0, MAX_LINE);
    for (const part of parts) take(Buffer.from(part, "latin1").toString("utf8"));
  });
  // A pipe that was cut never says "end", only "close".
  const drained = new Promise((resolve) => {
    for (const event of ["end", "close", "error"]) channel.stdout.once(event, resolve);
  });
  const { code } = await Promise.race([channel.exit, left]);
  clearTimeout(timer);
  if (hold) channel.stdin.end();
  if (code !== null) await drained;
  signal?.removeEventListener("abort", stop);
  if (wrong !== undefined) throw wrong;
  if (signal?.aborted) throw new ConnectionError("cancelled", `cancelled while a script ran on ${connection.label}`);
  return { code, lines, stderr: stderr.slice(0, MAX_STDERR), ...(silent ? { silent: silenceMs / 1000 } : {}) };
}

/** Why a script that ended badly did: its own words, else what its shell said. */
export function reason(result: RunResult): string {
  const said = result.lines.findLast((line) => line.word === "no");
  if (said) return said.name === "failed" ? said.rest : `${said.name}: ${said.rest}`;
  const step = result.lines.findLast((line) => line.word === "step")?.name;
  if (result.silent !== undefined)
    return `the node said nothing for ${result.silent} s${step ? ` at the step ${step}` : ""}, and was left there`;
  if (result.code === null) return "the connection was lost, or the shell was killed, before the script had ended";
  return result.stderr.trim().split("\n").slice(-3).join("; ") || `the script ended with status ${result.code}`;
}
