/** Opens a recording: what there is to see, and the node as it was at any moment of it. */

import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { type Block, BlockWriter } from "../../src-shared/curves/block.ts";
import { groupsAt } from "../../src-shared/curves/metrics.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { Sequencer } from "../../src-shared/sequencer.ts";
import { ReadingError } from "../transport/transport.ts";
import { Chunk } from "./chunk.ts";
import { type Blocks, readCurves } from "./curves.ts";
import {
  type ChunkEntry,
  FIRST_LINE_PATTERN,
  type Head,
  type Index,
  LONGEST_MARK,
  type Mark,
  RECORD_BYTES,
  recordHead,
  VERSION,
} from "./format.ts";
import { readIndex } from "./index-of.ts";
import type { WantedGroups } from "./sections.ts";
import { bytesAt } from "./window.ts";

export interface RecordingInfo {
  path: string;
  label: string;
  /** Version of the format; a newer one than ours is shown as far as it is understood. */
  version: number;
  newer: boolean;
  redacted: boolean;
  /** Milliseconds since the epoch, by the node's clock. */
  startMs: number;
  endMs: number;
  frames: number;
  bytes: number;
  /** False: the writer ended in mid-recording; everything up to its last frame is here. */
  complete: boolean;
  /** Milliseconds from the start. */
  marks: Mark[];
}

export interface Recording extends Blocks {
  readonly info: RecordingInfo;
  /** The last frame at or before so many milliseconds from the start. Throws ReadingError. */
  at(ms: number): Promise<Snapshot>;
  /** Every frame in order, each with its milliseconds from the start. */
  frames(): AsyncGenerator<{ atMs: number; snapshot: Snapshot }>;
  close(): Promise<void>;
}

/** Throws ReadingError with a sentence where the file is not a recording or nothing of it can be read. */
export async function openRecording(path: string): Promise<Recording> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw new ReadingError(`${path} could not be opened: ${(error as Error).message}`, { cause: error });
  }
  try {
    return await RecordingFile.load(path, file);
  } catch (error) {
    await file.close();
    if (error instanceof ReadingError) throw error;
    throw new ReadingError(`${path} is not a recording that Podglass can read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

class RecordingFile implements Recording {
  readonly info: RecordingInfo;
  private readonly file: FileHandle;
  private readonly index: Index;
  private shown: Chunk | undefined;
  private readonly sequencer = new Sequencer();
  /** Curves that the file did not have. */
  private readonly made = new Map<number, Block>();

  private constructor(file: FileHandle, index: Index, info: RecordingInfo) {
    this.file = file;
    this.index = index;
    this.info = info;
  }

  static async load(path: string, file: FileHandle): Promise<RecordingFile> {
    const { size } = await file.stat();
    const start = await bytesAt(file, 0, Math.min(64, size));
    const match = FIRST_LINE_PATTERN.exec(start.toString("latin1"));
    if (!match) throw new Error("it does not begin as one does");
    const from = match[0].length;
    const version = Number(match[1]);
    const head = await readHead(file, from, size);
    const index = await readIndex(file, from, size);
    const [first, last] = [index.chunks[0], index.chunks.at(-1)];
    if (!first || !last) throw new Error("it holds no frame");
    return new RecordingFile(file, index, {
      path,
      label: head.label ?? basename(path),
      version,
      newer: version > VERSION,
      redacted: head.redacted === true,
      startMs: first.atMs,
      endMs: last.endMs,
      frames: index.frames,
      bytes: size,
      complete: index.complete,
      marks: index.marks.map((mark) => ({ atMs: mark.atMs - first.atMs, text: mark.text.slice(0, LONGEST_MARK) })),
    });
  }

  at(ms: number): Promise<Snapshot> {
    return this.inTurn(async () => {
      const wanted = this.info.startMs + ms;
      const entry = this.index.chunks.findLast((chunk) => chunk.atMs <= wanted) ?? this.index.chunks[0];
      if (!entry) throw new ReadingError(`${this.info.path} holds no frame`);
      const chunk = await this.chunk(entry);
      const frame = Math.max(
        0,
        chunk.times.findLastIndex((time) => time <= wanted),
      );
      return chunk.show(frame);
    });
  }

  async *frames(): AsyncGenerator<{ atMs: number; snapshot: Snapshot }> {
    for (const entry of this.index.chunks) yield* this.framesOf(entry);
  }

  private async *framesOf(entry: ChunkEntry): AsyncGenerator<{ atMs: number; snapshot: Snapshot }> {
    for (let frame = 0; ; frame++) {
      const one = await this.inTurn(async () => {
        const chunk = await this.chunk(entry);
        const time = chunk.times[frame];
        return time === undefined ? undefined : { atMs: time - this.info.startMs, snapshot: await chunk.show(frame) };
      });
      if (!one) return;
      yield one;
    }
  }

  get blocks(): number {
    return this.index.chunks.length;
  }

  async curves(block: number, wanted: WantedGroups): Promise<Block> {
    const entry = this.index.chunks[block];
    if (entry === undefined) throw new ReadingError(`${this.info.path} has no part ${block}`);
    const { curves } = entry;
    if (curves !== undefined) {
      const kept = await this.inTurn(() => readCurves(this.file, curves, this.info.bytes, wanted)).catch(
        () => undefined,
      );
      if (kept !== undefined) return kept;
    }
    // A recording of before there were curves, or the last chunk of a writer that was killed.
    const made = this.made.get(block) ?? (await this.madeOf(entry));
    this.made.set(block, made);
    return { times: made.times, groups: made.groups.filter(wanted) };
  }

  private async madeOf(entry: ChunkEntry): Promise<Block> {
    const writer = new BlockWriter();
    for await (const { atMs, snapshot } of this.framesOf(entry)) {
      writer.add(this.info.startMs + atMs, groupsAt(snapshot));
      // Half a minute of frames takes a while: others have their turn.
      await new Promise<void>((go) => setImmediate(go));
    }
    return writer.block;
  }

  close(): Promise<void> {
    this.shown = undefined;
    return this.inTurn(() => this.file.close());
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.sequencer.run(work).catch((error: unknown) => {
      if (error instanceof ReadingError) throw error;
      throw new ReadingError(`a part of ${this.info.path} cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    });
  }

  private async chunk(entry: ChunkEntry): Promise<Chunk> {
    if (this.shown?.entry === entry) return this.shown;
    this.shown = undefined;
    this.shown = await Chunk.read(this.file, entry, this.info.bytes);
    return this.shown;
  }
}

async function readHead(file: FileHandle, at: number, size: number): Promise<Partial<Head>> {
  const head = at + RECORD_BYTES <= size ? recordHead(await bytesAt(file, at, RECORD_BYTES)) : undefined;
  if (head?.tag !== "HEAD" || head.length > 65_536 || at + RECORD_BYTES + head.length > size)
    throw new Error("its header is missing");
  const value: unknown = JSON.parse((await bytesAt(file, at + RECORD_BYTES, head.length)).toString("utf8"));
  if (typeof value !== "object" || value === null) throw new Error("its header is not an object");
  const { label, redacted } = value as Partial<Head>;
  return { label: typeof label === "string" ? label.slice(0, 200) : undefined, redacted };
}
