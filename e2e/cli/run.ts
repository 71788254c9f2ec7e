/** The command line as a person runs it: the built program, its stdout, stderr and exit status. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface Ran {
  status: number | null;
  out: string;
  words: string;
}

/** The built command line. */
export const entry = resolve(import.meta.dirname, "../../out/main/cli.js");

/** Never throws for a bad exit; gives up after `limitMs`. State goes to a folder of its own. */
export async function podglass(
  args: readonly string[],
  options: { limitMs?: number; env?: Record<string, string> } = {},
): Promise<Ran> {
  const stateDir = mkdtempSync(join(tmpdir(), "podglass-cli-"));
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, PODGLASS_STATE_DIR: stateDir, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const words: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => words.push(chunk));
  const timer = setTimeout(() => child.kill("SIGKILL"), options.limitMs ?? 60_000);
  const status = await new Promise<number | null>((ended) => child.once("close", (code) => ended(code)));
  clearTimeout(timer);
  rmSync(stateDir, { recursive: true, force: true });
  return { status, out: Buffer.concat(out).toString("utf8"), words: Buffer.concat(words).toString("utf8") };
}

/** The one JSON document that a command printed. Throws with its words where it failed. */
export async function podglassJson<T>(args: readonly string[]): Promise<T> {
  const ran = await podglass([...args, "--json"]);
  if (ran.status !== 0) throw new Error(`podglass ${args.join(" ")} ended with ${ran.status}: ${ran.words}`);
  if (ran.out.trimEnd().includes("\n")) throw new Error("a JSON document is one line");
  return JSON.parse(ran.out) as T;
}
