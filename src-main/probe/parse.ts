/** A probe's output, from a stream or a file, to one Reading. */
import { setImmediate as breathe } from "node:timers/promises";
import type { Reading } from "../../src-shared/reading.ts";
import { ReadingError } from "../transport/transport.ts";
import { type Frame, FrameReader } from "./frames.ts";

/** Milliseconds of parsing before the thread is given back. */
const SLICE = 15;
/** Bytes parsed between two looks at the clock. */
const STEP = 64 * 1024;

/** Feeds a chunk in steps, so that a window that shares the thread stays alive. */
export async function* feedGently(reader: FrameReader, chunk: Uint8Array): AsyncGenerator<Frame> {
  let since = performance.now();
  const rest = async () => {
    if (performance.now() - since < SLICE) return;
    await breathe();
    since = performance.now();
  };
  for (let at = 0; at < chunk.length; at += STEP) {
    for (const frame of reader.feed(chunk.subarray(at, at + STEP))) {
      for (const _ of reader.state.settle()) await rest();
      yield frame;
    }
    await rest();
  }
}

/** What the reader knows at the end of a frame; what was lost on the way is a gap. */
export function readingOf(reader: FrameReader, frame: Pick<Frame, "takenAt" | "lost">): Reading {
  if (frame.lost > 0) {
    reader.state.addGap({ what: "records of the reading", why: "damaged or lost on the way", count: frame.lost });
  }
  return reader.state.reading(frame.takenAt);
}

/**
 * Reads the last frame of a probe's output. A cut one is read as far as it goes, with a gap. Throws ReadingError where
 * there is no probe's output at all.
 */
export async function parseProbeText(bytes: AsyncIterable<Uint8Array>, nonce?: string): Promise<Reading> {
  const reader = new FrameReader(nonce);
  let last: Frame | undefined;
  for await (const chunk of bytes) for await (const frame of feedGently(reader, chunk)) last = frame;
  if (!reader.started) throw new ReadingError("this is not the output of a Podglass probe: its first line is missing");
  const cut = reader.cut();
  if (cut) {
    reader.state.addGap({ what: "the end of the reading", why: "it was cut off before its end", count: 1 });
    return readingOf(reader, { takenAt: cut.takenAt, lost: 0 });
  }
  if (!last) throw new ReadingError("the probe's output ends before its first record");
  return readingOf(reader, last);
}
