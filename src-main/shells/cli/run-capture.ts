/** A capture from its script to its end: what comes is looked at packet by packet, and the node has no say in when it ends. */
import type { FileHandle } from "node:fs/promises";
import { inert } from "../../../src-shared/format.ts";
import perl from "../../enter/capture.pl?raw";
import python from "../../enter/capture.py?raw";
import { NoPcap, PcapStream } from "../../enter/pcap.ts";
import { captureScript } from "../../enter/scripts.ts";
import type { WayToNode } from "../../session/access.ts";
import { startScript } from "../../transport/script.ts";
import { ReadingError } from "../../transport/transport.ts";
import { Refusal } from "./exit.ts";
import { say } from "./terminal.ts";

export interface CaptureLimits {
  /** How long it lasts, and how long the node is waited for after that. */
  ms: number;
  graceMs: number;
  snap: number;
  bytes: number;
  filter: string;
}

export interface Captured {
  packets: number;
  bytes: number;
  /** What was said on the node, made harmless. */
  said: string[];
  /** Why it ended, in words. */
  why: string;
}

export async function runCapture(
  { connection, sudo }: WayToNode,
  namespace: readonly string[],
  { ms, graceMs, snap, bytes, filter }: CaptureLimits,
  output: { handle: Pick<FileHandle, "appendFile"> } | undefined,
): Promise<Captured> {
  const seconds = Math.ceil((ms + graceMs) / 1000);
  const args = [String(seconds), String(snap), filter, perl, python, ...namespace];
  const channel = await startScript(connection, captureScript, args, { sudo });
  const stream = new PcapStream(snap);
  let why: string | undefined;
  let patience: NodeJS.Timeout | undefined;
  // A node that does not end when it is told to is left: the second time at once.
  const stop = (reason: string) => (): void => {
    if (why !== undefined) {
      channel.kill();
      return;
    }
    why = reason;
    clearTimeout(timer);
    channel.stdin.end();
    patience = setTimeout(() => channel.kill(), graceMs);
  };
  const interrupted = stop("ended by you");
  const gone = stop("its reader has gone");
  const timer = setTimeout(stop(`${ms / 1000} s are over`), ms);
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupted);
  process.stdout.on("error", gone);
  const release = (): void => {
    clearTimeout(timer);
    clearTimeout(patience);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, interrupted);
    process.stdout.off("error", gone);
  };
  let words = "";
  channel.stderr.on("data", (chunk: Buffer) => {
    if (words.length < 8_000) words += chunk.toString("utf8");
  });
  try {
    for await (const chunk of channel.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const before = stream.bytes;
      const whole = stream.push(chunk, bytes);
      if (before === 0 && stream.bytes > 0) say(`Capturing for ${ms / 1000} s. Ctrl-C ends it.`);
      if (output !== undefined) await output.handle.appendFile(whole);
      else if (!process.stdout.write(whole))
        await new Promise((resolve) => process.stdout.once("drain", resolve).once("error", resolve));
      if (stream.full(bytes)) {
        stop(`${bytes} bytes were enough (--size)`)();
        break;
      }
    }
  } catch (error) {
    channel.kill();
    release();
    throw error instanceof NoPcap ? new ReadingError(`${connection.label}: ${error.message}. ${lastOf(words)}`) : error;
  }
  channel.stdout.resume();
  const { code, signal } = await channel.exit.finally(release);
  const said = words
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => inert(line, 300));
  if (code === null && signal === null) why ??= "the connection to the node was lost";
  if (stream.bytes === 0) throw new Refusal(said.at(-1) ?? `nothing came from ${connection.label}`);
  return { packets: stream.packets, bytes: stream.bytes, said, why: why ?? `the node ended it (${code ?? signal})` };
}

const lastOf = (words: string): string => inert(words.trim().split("\n").at(-1) ?? "", 300);
