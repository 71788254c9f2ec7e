/** A chunk of a recording in memory: its frames' texts, unpacked as far as they were asked for. */
import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress, brotliDecompressSync, constants, crc32 } from "node:zlib";
import type { Snapshot } from "../../src-shared/model.ts";
import { checkSnapshot } from "../../src-shared/recordings/check.ts";
import { applyStep, type Step } from "../../src-shared/recordings/frame.ts";
import { type ChunkEntry, LARGEST_CHUNK, LONGEST_PAYLOAD, RECORD_BYTES, recordHead, STRIDE } from "./format.ts";
import { Window } from "./window.ts";

const unpackInTurns = promisify(brotliDecompress);
/** As long as our writer makes a chunk of, and a large keyframe: a few milliseconds, less than waiting for a thread. */
const AT_ONCE = 24 * 1024 * 1024;
/** Output is handed over in pieces of this size; the default of 16 KiB makes 500 of them. */
const PIECE = 2 * 1024 * 1024;

/** What is larger than any chunk of ours is unpacked beside the main thread. Throws above LARGEST_CHUNK. */
async function unpack(packed: Buffer): Promise<Buffer> {
  const options = { finishFlush: constants.BROTLI_OPERATION_FLUSH, chunkSize: PIECE };
  try {
    return brotliDecompressSync(packed, { ...options, maxOutputLength: AT_ONCE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    return unpackInTurns(packed, { ...options, maxOutputLength: LARGEST_CHUNK });
  }
}

const NEWLINE = 10;

export class Chunk {
  readonly entry: ChunkEntry;
  /** Of its frames, milliseconds since the epoch. */
  readonly times: readonly number[];
  private readonly packed: readonly Buffer[];
  private text: Buffer = Buffer.alloc(0);
  /** Where each unpacked frame begins in `text`, and where the last one ends. */
  private starts: number[] = [];
  private key: Snapshot | undefined;
  /** The frame that was shown last: the next one is one step away. */
  private at = -1;
  private snapshot: Snapshot | undefined;

  private constructor(entry: ChunkEntry, times: number[], packed: Buffer[]) {
    this.entry = entry;
    this.times = times;
    this.packed = packed;
  }

  /** Takes a chunk's records as far as they are whole. @param size bytes of the file */
  static async read(file: FileHandle, entry: ChunkEntry, size: number): Promise<Chunk> {
    const window = new Window(file, size);
    const packed: Buffer[] = [];
    const times: number[] = [];
    let bytes = 0;
    for (let at = entry.offset; times.length < entry.frames && at + RECORD_BYTES <= size; ) {
      const head = recordHead(await window.peek(at, RECORD_BYTES));
      if (!head || (head.tag === "KEYF" && times.length > 0) || at + RECORD_BYTES + head.length > size) break;
      if (head.tag === "KEYF" || head.tag === "STEP") {
        const payload = await window.peek(at + RECORD_BYTES, head.length);
        if (crc32(payload) !== head.crc) break;
        bytes += head.length;
        if (bytes > LONGEST_PAYLOAD) throw new Error("a chunk is longer than any that Podglass writes");
        packed.push(Buffer.from(payload));
        times.push(head.atMs);
      }
      at += RECORD_BYTES + head.length;
    }
    return new Chunk(entry, times, packed);
  }

  /** The snapshot of a frame. Throws Error where the chunk does not hold together. */
  async show(frame: number): Promise<Snapshot> {
    await this.unpackTo(frame);
    const base = frame - (frame % STRIDE);
    let { at, snapshot } = this;
    if (snapshot === undefined || at < base || at > frame) {
      this.key ??= this.parsed<Snapshot>(0);
      at = base;
      snapshot = base === 0 ? this.key : applyStep(this.key, this.parsed<Step>(base));
    }
    for (at += 1; at <= frame; at++) snapshot = applyStep(snapshot, this.parsed<Step>(at));
    // Looked at before it is shown: what a file says is believed of no frame.
    checkSnapshot(snapshot);
    this.snapshot = snapshot;
    this.at = frame;
    return snapshot;
  }

  private parsed<T>(frame: number): T {
    const [from, to] = [this.starts[frame], this.starts[frame + 1]];
    if (from === undefined || to === undefined) throw new Error(`a chunk has no frame ${frame}`);
    return JSON.parse(this.text.toString("utf8", from, to)) as T;
  }

  /**
   * Payloads are one stream, so a frame takes all before it. The first frame that is asked for is unpacked so far and no
   * further (that is a seek); when another one beyond it is wanted (that is playing), the whole chunk.
   */
  private async unpackTo(frame: number): Promise<void> {
    if (this.starts.length > frame + 1) return;
    const frames = this.starts.length === 0 ? frame + 1 : this.packed.length;
    this.text = await unpack(Buffer.concat(this.packed.slice(0, frames)));
    this.starts = [0];
    for (let at = 0; this.starts.length <= frames; ) {
      at = this.text.indexOf(NEWLINE, at) + 1;
      if (at === 0) break;
      this.starts.push(at);
    }
  }
}
