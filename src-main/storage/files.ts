/** Files that open like a node: a recording, a snapshot as `podglass snapshot` prints it, what the probe printed. */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { checkSnapshot } from "../../src-shared/recordings/check.ts";
import { parseProbeText } from "../probe/index.ts";
import { curvesOf } from "../recordings/curves.ts";
import { openRecording, type Recording } from "../recordings/reader.ts";
import { sniff } from "../recordings/sniff.ts";
import type { OpenSource } from "../targets/source.ts";
import { ReadingError } from "../transport/transport.ts";

/** A snapshot's file may be this long (bytes): 20,000 processes take about 20 MB. */
const LARGEST_SNAPSHOT = 256 * 1024 * 1024;

/** Throws ReadingError with what is wrong with the file. */
export async function openFile(path: string): Promise<OpenSource> {
  const kind = await sniff(path);
  if (kind === "recording") return recording(path);
  const snapshot =
    kind === "snapshot" ? await parseSnapshot(path) : assemble(await parseProbeText(createReadStream(path)));
  return { ...ending(), read: async () => snapshot };
}

/** `closed` and `close` of a source that ends only when it is told to. */
function ending(): Pick<OpenSource, "closed" | "close"> {
  let end: (why: null) => void = () => {};
  const closed = new Promise<null>((resolve) => {
    end = resolve;
  });
  return { closed, close: () => end(null) };
}

async function recording(path: string): Promise<OpenSource> {
  const file = await openRecording(path);
  const { closed, close } = ending();
  const { startMs, endMs, frames, marks } = file.info;
  let atMs = (await firstTrouble(file)) ?? endMs - startMs;
  return {
    closed,
    read: () => file.at(atMs),
    timeline: () => ({ startMs, endMs, atMs, frames, marks }),
    seek(ms) {
      atMs = Math.min(ms, endMs - startMs);
      return file.at(atMs);
    },
    at: (ms) => file.at(ms),
    curves: (wanted, from) => curvesOf(file, wanted, from),
    close() {
      close();
      void file.close();
    },
  };
}

/** Changes that are looked at; each takes two readings of the file. */
const MOST_LOOKED_AT = 12;

/** Where a recording opens: the first change with which something critical began; undefined when there is none. */
async function firstTrouble(file: Recording): Promise<number | undefined> {
  const moments = [...new Set(file.info.marks.map(({ atMs }) => atMs))].filter((atMs) => atMs > 0);
  for (const atMs of moments.slice(0, MOST_LOOKED_AT)) {
    const [before, after] = [await file.at(atMs - 1), await file.at(atMs)];
    const known = new Set(findings(before).map(({ rule, where }) => `${rule} ${where}`));
    const began = findings(after, before).some(
      ({ severity, rule, where }) => severity === "critical" && !known.has(`${rule} ${where}`),
    );
    if (began) return atMs;
  }
  return undefined;
}

async function parseSnapshot(path: string): Promise<Snapshot> {
  const { size } = await stat(path);
  if (size > LARGEST_SNAPSHOT) {
    throw new ReadingError(`${path} is ${size} bytes; a snapshot of more than ${LARGEST_SNAPSHOT} is not opened.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new ReadingError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return checkSnapshot(value);
  } catch (error) {
    throw new ReadingError(`${path} is not a snapshot that Podglass can read: ${(error as Error).message}`);
  }
}
