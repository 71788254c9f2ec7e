/** A probe's output, from a stream or a file, to one Reading. */
import { setImmediate as yieldToEventLoop } from "node:timers/promises";
import type { Reading } from "../../src-shared/reading.ts";
import { ReadingError } from "../transport/transport.ts";
import { TooMuchError } from "./bounds.ts";
import { type Frame, FrameReader } from "./frames.ts";

/** Milliseconds of parsing before the thread is given back. */
const SLICE_MS = 12;

/** Feeds a chunk and gives the thread back by the clock, so that a window that shares it stays alive. */
export async function* feedSliced(reader: FrameReader, chunk: Uint8Array): AsyncGenerator<Frame> {
  let since = performance.now();
  for (const frame of reader.feed(chunk)) {
    if (frame) yield frame;
    if (performance.now() - since < SLICE_MS) continue;
    await yieldToEventLoop();
    since = performance.now();
  }
}

/** What to say of a node that says too much. */
export const beyond = (error: TooMuchError): string =>
  `${error.message}. No node has so much to tell: it is not read any further. What answered there is not the probe, or something on the node makes its records grow without end`;

/**
 * Reads the last frame of a probe's output. A cut one is read as far as it goes, with a gap. Throws ReadingError where
 * there is no probe's output at all.
 */
export async function parseProbeText(bytes: AsyncIterable<Uint8Array>, nonce?: string): Promise<Reading> {
  const reader = new FrameReader(nonce);
  let last: Frame | undefined;
  try {
    for await (const chunk of bytes) for await (const frame of feedSliced(reader, chunk)) last = frame;
  } catch (error) {
    if (error instanceof TooMuchError) throw new ReadingError(`this probe's output ${beyond(error)}`);
    throw error;
  }
  if (!reader.started) throw new ReadingError("this is not the output of a Podglass probe: its first line is missing");
  const cut = reader.cut();
  if (cut) {
    const gap = { what: "the end of the reading", why: "it was cut off before its end", count: 1 };
    return reader.reading({ takenAt: cut.takenAt, lost: 0 }, [gap]);
  }
  if (!last) throw new ReadingError("the probe's output ends before its first record");
  return reader.reading(last);
}
