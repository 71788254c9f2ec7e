/**
 * For tests: the recorded nodes (src-shared/fixtures). Each is a recording like any other, which opens in the app, with
 * one record more: RAWS, what was read from the node as the texts that it was read in. Readers pass over it.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, crc32 } from "node:zlib";
import type { Snapshot } from "../../src-shared/model.ts";
import { RECORD_BYTES, recordHead } from "../recordings/format.ts";
import { openRecording } from "../recordings/reader.ts";

/** Captures of files, in `==> path <==` blocks as `tail -v` writes them; a NUL in a cmdline is written \0. */
export const CAPTURED = ["bookworm-v2", "modern-v2", "cri-o-dropped", "cri-o-pause", "cri-o-after-kill"] as const;
/** Readings as our own probe took them: a modern node, and one with cgroup v1 beside v2. */
export const READ = ["probe-v2", "hybrid-v1"] as const;
/** What our probe printed, and for two of them what `grep -rH ""` said of the limit files in the same minute. */
export const PRINTED = [
  "printed-bookworm-v2",
  "printed-modern-v2",
  "printed-broken",
  "printed-kubelet",
  // Under a real kubelet, with its truth beside them: kubelet-truth.json. "resized" is the same node a little later.
  "kubelet-cri-o",
  "kubelet-containerd",
  "kubelet-containerd-resized",
] as const;

export const RECORDED = [...CAPTURED, ...READ, ...PRINTED];
export type RecordedName = (typeof RECORDED)[number];
/** By name: "proc.txt" and such, "reading.json", or "probe.txt" and "cat.txt". */
export type Texts = Record<string, string>;

export const recordedPath = (name: RecordedName): string =>
  fileURLToPath(new URL(`../../src-shared/fixtures/${name}.podglass`, import.meta.url));

export function recordedTexts(name: RecordedName): Texts {
  const file = readFileSync(recordedPath(name));
  for (let at = file.indexOf("\n") + 1; at < file.length; ) {
    const head = recordHead(file.subarray(at, at + RECORD_BYTES));
    if (!head) break;
    const payload = file.subarray(at + RECORD_BYTES, at + RECORD_BYTES + head.length);
    if (head.tag === "RAWS" && crc32(payload) === head.crc)
      return JSON.parse(brotliDecompressSync(payload).toString("utf8")) as Texts;
    at += RECORD_BYTES + head.length;
  }
  throw new Error(`${name} holds nothing that was read`);
}

/** The node as it was recorded, by the reader of the app. */
export async function recordedSnapshot(name: RecordedName): Promise<Snapshot> {
  const recording = await openRecording(recordedPath(name));
  try {
    return await recording.at(0);
  } finally {
    await recording.close();
  }
}
