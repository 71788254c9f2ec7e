/**
 * The file of a recording: a first line that names it, then records. A record is a tag of four letters, the length and
 * the CRC-32 of what follows (little endian), a time (double, milliseconds since the epoch), and the payload. Readers pass over tags that they do
 * not know. Between a KEYF and the next, payloads are one Brotli stream, flushed after each frame: what was written can
 * be read whatever happened next.
 */
import { constants, crc32 } from "node:zlib";

export const FIRST_LINE = "podglass.recording/1\n";
export const FIRST_LINE_PATTERN = /^podglass\.recording\/(\d{1,4})\n/;
/** What this Podglass understands. */
export const VERSION = 1;

/**
 * HEAD: JSON about the recording. KEYF: starts a chunk with a whole snapshot. STEP: the next frame of the chunk.
 * MARK: JSON list of texts for the timeline. CURS: after the last frame of a chunk, its curves in parts (sections.ts); CURV:
 * the same in one (src-shared/curves/block.ts, Brotli), in older files. INDX: JSON, where chunks start. TAIL: the last record; its payload is the
 * offset of INDX in 8 bytes.
 */
export type Tag = "HEAD" | "KEYF" | "STEP" | "MARK" | "CURS" | "CURV" | "INDX" | "TAIL";

export const RECORD_BYTES = 20;
/** Payloads above this are not believed. */
export const LONGEST_PAYLOAD = 64 * 1024 * 1024;
/** A chunk that unpacks to more is taken for a bomb. */
export const LARGEST_CHUNK = 256 * 1024 * 1024;
export const TAIL_BYTES = RECORD_BYTES + 8;

/**
 * Every so many frames a step tells what changed since the chunk's keyframe instead of since the frame before, so that
 * going to a frame takes the keyframe and at most this many steps.
 */
export const STRIDE = 8;

/**
 * A window of 1 MiB: of a node of 2,000 processes a dozen frames, beyond which 16 MiB found nothing more (an hour was as
 * small), and took 11 MB more of each node that is open.
 */
export const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 20 },
};

/** A timeline of more marks than that could not be read by anybody; days of recording have fewer. Bytes of an index that is believed. */
export const MOST_MARKS = 50_000;
export const LONGEST_MARK = 200;
export const MOST_CHUNKS = 100_000;
export const LARGEST_INDEX = 16 * 1024 * 1024;

export interface Head {
  schema: string;
  /** Who wrote it. */
  app: string;
  label: string;
  startedAt: string;
  redacted: boolean;
}

export interface ChunkEntry {
  offset: number;
  atMs: number;
  endMs: number;
  frames: number;
  /** Where its curves are; absent in files that were made before there were any, or whose writer was killed. */
  curves?: number;
}

export interface Mark {
  atMs: number;
  text: string;
}

export interface Index {
  chunks: ChunkEntry[];
  marks: Mark[];
  frames: number;
}

export function record(tag: Tag, atMs: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(RECORD_BYTES);
  head.write(tag, 0, "latin1");
  head.writeUInt32LE(payload.length, 4);
  head.writeUInt32LE(crc32(payload), 8);
  head.writeDoubleLE(atMs, 12);
  return Buffer.concat([head, payload]);
}

export interface RecordHead {
  tag: string;
  length: number;
  crc: number;
  atMs: number;
}

/** A moment that a Date can say: ECMAScript, Time Values and Time Range (ms since the epoch). */
export const isMoment = (value: unknown): value is number => typeof value === "number" && Math.abs(value) <= 8.64e15;

/** undefined where this cannot be the head of a record. */
export function recordHead(bytes: Buffer): RecordHead | undefined {
  if (bytes.length < RECORD_BYTES) return undefined;
  const tag = bytes.toString("latin1", 0, 4);
  const length = bytes.readUInt32LE(4);
  const atMs = bytes.readDoubleLE(12);
  if (!/^[A-Z]{4}$/.test(tag) || length > LONGEST_PAYLOAD || !isMoment(atMs)) return undefined;
  return { tag, length, crc: bytes.readUInt32LE(8), atMs };
}
