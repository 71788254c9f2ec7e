/** Finds the way in a recording: by the index at its end, else, after a crash, by passing over the heads of all records. */
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import {
  type Index,
  isMoment,
  LARGEST_INDEX,
  LONGEST_MARK,
  type Mark,
  MOST_CHUNKS,
  MOST_MARKS,
  RECORD_BYTES,
  recordHead,
  TAIL_BYTES,
} from "./format.ts";
import { bytesAt, Window } from "./window.ts";

export async function readIndex(file: FileHandle, from: number, size: number): Promise<Index & { complete: boolean }> {
  const kept = await keptIndex(file, size).catch(() => undefined);
  return kept ? { ...kept, complete: true } : { ...(await walk(file, from, size)), complete: false };
}

async function keptIndex(file: FileHandle, size: number): Promise<Index | undefined> {
  if (size < TAIL_BYTES) return undefined;
  const tail = await bytesAt(file, size - TAIL_BYTES, TAIL_BYTES);
  if (recordHead(tail)?.tag !== "TAIL") return undefined;
  const offset = Number(tail.readBigUInt64LE(RECORD_BYTES));
  if (offset + RECORD_BYTES > size) return undefined;
  const head = recordHead(await bytesAt(file, offset, RECORD_BYTES));
  if (head?.tag !== "INDX" || head.length > LARGEST_INDEX || offset + RECORD_BYTES + head.length > size)
    return undefined;
  const payload = await bytesAt(file, offset + RECORD_BYTES, head.length);
  if (crc32(payload) !== head.crc) return undefined;
  const index = JSON.parse(payload.toString("utf8")) as Index;
  return believable(index, size) ? index : undefined;
}

function believable(index: Index, size: number): boolean {
  const number = (value: unknown) => typeof value === "number" && Number.isFinite(value);
  if (
    !Array.isArray(index.chunks) ||
    !Array.isArray(index.marks) ||
    index.marks.length > MOST_MARKS ||
    index.chunks.length > MOST_CHUNKS ||
    !number(index.frames)
  )
    return false;
  let last = Number.NEGATIVE_INFINITY;
  for (const chunk of index.chunks) {
    if (![chunk.offset, chunk.frames].every(number) || ![chunk.atMs, chunk.endMs].every(isMoment)) return false;
    if (chunk.offset < 0 || chunk.offset >= size || chunk.atMs < last || chunk.endMs < chunk.atMs || chunk.frames < 1)
      return false;
    if (chunk.curves !== undefined && !(number(chunk.curves) && chunk.curves >= 0 && chunk.curves < size)) return false;
    last = chunk.endMs;
  }
  return index.marks.every((mark: Mark) => isMoment(mark.atMs) && typeof mark.text === "string");
}

/** Reads the file once in windows of 1 MiB; the payloads of frames are passed over, not read. */
async function walk(file: FileHandle, from: number, size: number): Promise<Index> {
  const index: Index = { chunks: [], marks: [], frames: 0 };
  const window = new Window(file, size);
  for (let at = from; at + RECORD_BYTES <= size; ) {
    const head = recordHead(await window.peek(at, RECORD_BYTES));
    if (!head || at + RECORD_BYTES + head.length > size) break;
    const chunk = index.chunks.at(-1);
    if (head.tag === "KEYF") {
      if ((chunk && head.atMs < chunk.endMs) || index.chunks.length >= MOST_CHUNKS) break;
      index.chunks.push({ offset: at, atMs: head.atMs, endMs: head.atMs, frames: 1 });
      index.frames += 1;
    } else if (head.tag === "STEP") {
      if (!chunk || head.atMs < chunk.endMs) break;
      chunk.endMs = head.atMs;
      chunk.frames += 1;
      index.frames += 1;
    } else if ((head.tag === "CURS" || head.tag === "CURV") && chunk) chunk.curves = at;
    else if (head.tag === "MARK" && head.length < 65_536) {
      // Frames come on, whatever else does.
      const room = MOST_MARKS - index.marks.length;
      if (room > 0)
        index.marks.push(...marksOf(await window.peek(at + RECORD_BYTES, head.length), head.atMs).slice(0, room));
    }
    at += RECORD_BYTES + head.length;
  }
  return index;
}

function marksOf(payload: Buffer, atMs: number): Mark[] {
  try {
    const texts: unknown = JSON.parse(payload.toString("utf8"));
    return Array.isArray(texts)
      ? texts.filter((text) => typeof text === "string").map((text) => ({ atMs, text: text.slice(0, LONGEST_MARK) }))
      : [];
  } catch {
    return [];
  }
}
