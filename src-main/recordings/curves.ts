/** Curves as they stand in a recording: a block of them behind each chunk of frames. */
import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress, crc32 } from "node:zlib";
import { type Block, packBlock, unpackBlock } from "../../src-shared/curves/block.ts";
import { LONGEST_PAYLOAD, RECORD_BYTES, recordHead } from "./format.ts";
import { unpackSections, type WantedGroups } from "./sections.ts";
import { bytesAt } from "./window.ts";

export interface CurveBlocks {
  /** The number of the oldest block that is kept. */
  first: number;
  blocks: { number: number; packed: Uint8Array }[];
  /** There are later ones, which were not looked at yet. */
  more: boolean;
}

/** Groups of these paths, and all of these pods. */
export function wantedGroups(paths: readonly string[], pods: readonly string[]): WantedGroups {
  const [byPath, byPod] = [new Set(paths), new Set(pods)];
  return ({ path, pod }) => byPath.has(path) || (pod !== undefined && byPod.has(pod));
}

const decompress = promisify(brotliDecompress);

/** The curves of some groups at a place in a file of `size` bytes. Throws where there are none, or damaged ones. */
export async function readCurves(file: FileHandle, at: number, size: number, wanted: WantedGroups): Promise<Block> {
  const head = at + RECORD_BYTES <= size ? recordHead(await bytesAt(file, at, RECORD_BYTES)) : undefined;
  if (!head || !["CURS", "CURV"].includes(head.tag) || at + RECORD_BYTES + head.length > size)
    throw new RangeError("there are no curves");
  const packed = await bytesAt(file, at + RECORD_BYTES, head.length);
  if (crc32(packed) !== head.crc) throw new RangeError("the curves are damaged");
  if (head.tag === "CURS") return unpackSections(packed, wanted);
  const { times, groups } = unpackBlock(await decompress(packed, { maxOutputLength: LONGEST_PAYLOAD }));
  return { times, groups: groups.filter(wanted) };
}

/** Blocks that a recording does not have are made of its frames, for so long at a time (ms): whoever asks, asks again. */
const MOST_MS = 400;

/** The part of a recording that has its curves. */
export interface Blocks {
  /** How many blocks of curves there are, one after the other. */
  readonly blocks: number;
  /** The curves of some groups in one. Throws ReadingError. */
  curves(block: number, wanted: WantedGroups): Promise<Block>;
}

/** The curves of some groups over a whole recording. Throws ReadingError. */
export async function curvesOf(recording: Blocks, wanted: WantedGroups, from: number): Promise<CurveBlocks> {
  const blocks: CurveBlocks["blocks"] = [];
  const began = performance.now();
  let number = from < 0 ? Math.max(0, recording.blocks + from) : from;
  for (; number < recording.blocks && performance.now() - began < MOST_MS; number++)
    blocks.push({ number, packed: packBlock(await recording.curves(number, wanted)) });
  return { first: 0, blocks, more: number < recording.blocks };
}
