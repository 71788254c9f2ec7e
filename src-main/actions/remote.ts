/**
 * Runs one of our scripts on a node and tells what it says, line by line, as it happens. The lines are the scripts' own
 * small language (actions/common.sh): a word, a name, the rest.
 */
import { createInterface } from "node:readline";
import { startScript } from "../transport/script.ts";
import { type Connection, ConnectionError } from "../transport/transport.ts";

export interface Line {
  word: string;
  name: string;
  rest: string;
}

export interface RunResult {
  /** null: the connection or the shell went away before the script ended. */
  code: number | null;
  lines: Line[];
  stderr: string;
}

export interface RunOptions {
  sudo?: boolean;
  signal?: AbortSignal;
  onLine?: (line: Line) => void;
}

/** A node's text is bounded: a line, and what is kept of stderr. */
const MAX_LINE = 128 * 1024;
const MAX_STDERR = 8 * 1024;

const parse = (text: string): Line => {
  const [word = "", name = ""] = text.split(" ", 2);
  return { word, name, rest: text.slice(word.length + name.length + 2) };
};

/** Throws ConnectionError when the command could not be started or was cancelled. */
export async function runOnNode(
  connection: Connection,
  script: string,
  args: readonly string[],
  { sudo = false, signal, onLine }: RunOptions = {},
): Promise<RunResult> {
  signal?.throwIfAborted();
  const channel = await startScript(connection, script, args, { sudo, signal });
  const stop = () => channel.kill();
  signal?.addEventListener("abort", stop, { once: true });
  const lines: Line[] = [];
  let stderr = "";
  channel.stderr.on("data", (chunk: Buffer) => {
    if (stderr.length < MAX_STDERR) stderr += chunk.toString("utf8");
  });
  channel.stdin.end();
  const reader = createInterface({ input: channel.stdout, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const text of reader) {
    const line = parse(text.slice(0, MAX_LINE));
    lines.push(line);
    onLine?.(line);
  }
  const { code } = await channel.exit;
  signal?.removeEventListener("abort", stop);
  if (signal?.aborted) throw new ConnectionError("cancelled", `cancelled while a script ran on ${connection.label}`);
  return { code, lines, stderr: stderr.slice(0, MAX_STDERR) };
}

/** Why a script that ended badly did: its own words, else what its shell said. */
export function reason(result: RunResult): string {
  const said = result.lines.findLast((line) => line.word === "no");
  if (said) return said.name === "failed" ? said.rest : `${said.name}: ${said.rest}`;
  if (result.code === null) return "the connection was lost, or the shell was killed, before the script had ended";
  return result.stderr.trim().split("\n").slice(-3).join("; ") || `the script ended with status ${result.code}`;
}
