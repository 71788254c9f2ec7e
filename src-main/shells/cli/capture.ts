/** podglass capture: packets of a pod's network namespace, as a pcap file. */
import { randomBytes } from "node:crypto";
import { existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { type FileHandle, open as openFile } from "node:fs/promises";
import { inert } from "../../../src-shared/format.ts";
import { entranceArguments, entrancesInWords, entrancesOf } from "../../../src-shared/questions/entrance.ts";
import perl from "../../enter/capture.pl?raw";
import python from "../../enter/capture.py?raw";
import { NoPcap, PcapStream } from "../../enter/pcap.ts";
import { captureScript } from "../../enter/scripts.ts";
import type { WayToNode } from "../../session/access.ts";
import { startScript } from "../../transport/script.ts";
import { ReadingError } from "../../transport/transport.ts";
import { entrances, journalled, mayEnter, placeIn } from "./enter.ts";
import { Refusal, Usage } from "./exit.ts";
import { sizeOf } from "./lab.ts";
import { type CommonOptions, withTarget } from "./open.ts";
import { printJson } from "./print.ts";
import { fullName } from "./read.ts";
import { askYes, isTerminal, say } from "./terminal.ts";
import { milliseconds } from "./watch.ts";

export interface CaptureOptions extends CommonOptions {
  w: string;
  for: string;
  filter?: string;
  snap: string;
  size: string;
}

/** Beyond what was asked for, until the node itself ends what nobody asked to end (s). */
const GRACE_S = 10;

export const captureCommand = async (target: string, place: string, options: CaptureOptions): Promise<void> => {
  const limits = {
    ms: milliseconds(options.for),
    snap: sizeOf(options.snap),
    bytes: sizeOf(options.size),
    filter: options.filter ?? "",
  };
  if (limits.snap > 65_535) throw new Usage("--snap takes at most 65535 bytes of a packet.");
  if (limits.filter.includes("\0")) throw new Usage("--filter holds a NUL byte.");
  const toStdout = options.w === "-";
  if (toStdout && process.stdout.isTTY)
    throw new Usage("A capture is no text for a terminal: pipe it (| wireshark -k -i -), or name a file.");
  const over = !toStdout && existsSync(options.w);
  if (over && !(isTerminal() && (await askYes(`${options.w} is there already. Put the capture in its place?`))))
    throw new Refusal(`${options.w} is there already; nothing was captured.`);
  await withTarget(target, options, async (open) => {
    const way = mayEnter(open, options, "entering");
    const found = placeIn(open, place);
    const { entrances: into } = entrances(() => entrancesOf(open.snapshot, found, ["net"]));
    if (into.length === 0)
      throw new Refusal(
        `${inert(fullName(found.pod), 120)} shares the node's own network: its packets are the node's. There: tcpdump -i any -w FILE`,
      );
    const output = toStdout ? undefined : await wholeFile(options.w, over);
    const what = `${entrancesInWords(into)}${limits.filter === "" ? "" : `, filter ${inert(limits.filter, 200)}`}`;
    try {
      await journalled(open, "capture", found.pod, what, async () => {
        const words = entranceArguments(into).slice(1);
        const { packets, bytes, said, why } = await run(way, words, limits, output);
        output?.done();
        for (const line of said) say(line);
        if (options.json && !toStdout) printJson({ path: options.w, packets, bytes, ended: why });
        else say(`${packets} packets, ${bytes} bytes${toStdout ? "" : ` in ${options.w}`}; ${why}.`);
        return `${packets} packets, ${why}`;
      });
    } finally {
      await output?.close();
    }
  });
};

interface WholeFile {
  readonly handle: FileHandle;
  /** What was written is to be kept. */
  done(): void;
  close(): Promise<void>;
}

/** Written beside its place under another name, for nobody else to read, and put there when it is whole. Throws Refusal. */
async function wholeFile(path: string, over: boolean): Promise<WholeFile> {
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  const handle = await openFile(part, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`${path} cannot be written: ${error.message}`);
  });
  let keep = false;
  return {
    handle,
    done: () => {
      keep = true;
    },
    async close() {
      try {
        if (keep) await handle.sync();
        await handle.close();
        if (keep && over) renameSync(part, path);
        else if (keep) linkSync(part, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST")
          throw new Refusal(`${path} was made by another meanwhile, and is left as it is: the capture is lost.`);
        throw error;
      } finally {
        rmSync(part, { force: true });
      }
    },
  };
}

interface Limits {
  ms: number;
  snap: number;
  bytes: number;
  filter: string;
}

interface Captured {
  packets: number;
  bytes: number;
  /** What was said on the node, made harmless. */
  said: string[];
  /** Why it ended, in words. */
  why: string;
}

async function run(
  { connection, sudo }: WayToNode,
  namespace: readonly string[],
  { ms, snap, bytes, filter }: Limits,
  output: WholeFile | undefined,
): Promise<Captured> {
  const seconds = Math.ceil(ms / 1000) + GRACE_S;
  const args = [String(seconds), String(snap), filter, perl, python, ...namespace];
  const channel = await startScript(connection, captureScript, args, { sudo });
  const stream = new PcapStream(snap);
  let why: string | undefined;
  const stop = (reason: string) => (): void => {
    why ??= reason;
    channel.stdin.end();
  };
  const interrupted = stop("ended by you");
  const gone = stop("its reader has gone");
  const timer = setTimeout(stop(`${ms / 1000} s are over`), ms);
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupted);
  process.stdout.on("error", gone);
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
    throw error instanceof NoPcap ? new ReadingError(`${connection.label}: ${error.message}. ${lastOf(words)}`) : error;
  } finally {
    clearTimeout(timer);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, interrupted);
    process.stdout.off("error", gone);
  }
  channel.stdout.resume();
  const { code, signal } = await channel.exit;
  const said = words
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => inert(line, 300));
  if (code === null && signal === null) why ??= "the connection to the node was lost";
  if (stream.bytes === 0) throw new Refusal(said.at(-1) ?? `nothing came from ${connection.label}`);
  return { packets: stream.packets, bytes: stream.bytes, said, why: why ?? `the node ended it (${code ?? signal})` };
}

const lastOf = (words: string): string => inert(words.trim().split("\n").at(-1) ?? "", 300);
