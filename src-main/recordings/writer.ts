/** Writes a recording as it goes: whatever ends the program, all frames but the one being written can be read. */

import { once } from "node:events";
import { type FileHandle, open, rm } from "node:fs/promises";
import { type BrotliCompress, createBrotliCompress } from "node:zlib";
import { type Block, BlockWriter } from "../../src-shared/curves/block.ts";
import { groupsAt } from "../../src-shared/curves/metrics.ts";
import { isSorted } from "../../src-shared/diff/delta.ts";
import { Follower } from "../../src-shared/events/follow.ts";
import { UNSEEN_SAID } from "../../src-shared/events/unseen.ts";
import { count } from "../../src-shared/format.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { applyStep, stepBetween } from "../../src-shared/recordings/frame.ts";
import { clockMark, fewMarks } from "../../src-shared/recordings/marks.ts";
import { Sequencer } from "../../src-shared/sequencer.ts";
import {
  BROTLI,
  type ChunkEntry,
  FIRST_LINE,
  type Head,
  type Mark,
  MOST_MARKS,
  record,
  STRIDE,
  type Tag,
} from "./format.ts";
import { newSalt, type Redactor, redactor } from "./redact.ts";
import { packSections } from "./sections.ts";

/** A seek unpacks one chunk: so many frames and characters at most. */
const CHUNK_FRAMES = 128;
const CHUNK_CHARACTERS = 12 * 1024 * 1024;

export interface WriterOptions {
  /** For messages and the list: the node's label. With `redact` it is replaced as well. */
  label: string;
  redact?: boolean;
  /** With `redact`: words that may stay. */
  keep?: readonly string[];
}

export class RecordingWriter {
  readonly path: string;
  frames = 0;
  bytes = 0;
  private readonly file: FileHandle;
  private readonly redacted: Redactor | undefined;
  /** For whoever does not tell what happened, and for what is told under other names. */
  private readonly follower = new Follower("");
  private last: Snapshot | undefined;
  /** When the last frame was taken: by the timeline, by the node's clock, and by ours where the caller told. */
  private lastAt: { ms: number; nodeMs: number; ownMs: number | undefined } | undefined;
  private failure: Error | undefined;
  private key: Snapshot | undefined;
  private stream: BrotliCompress | undefined;
  private packed: Buffer[] = [];
  private characters = 0;
  private readonly chunks: ChunkEntry[] = [];
  private readonly marks: Mark[] = [];
  private readonly sequencer = new Sequencer();
  /** Of the chunk that is being written. */
  private curves = new BlockWriter();
  private readonly curvesAt: number[] = [];
  private closed = false;

  private constructor(path: string, file: FileHandle, redacted: RecordingWriter["redacted"]) {
    this.path = path;
    this.file = file;
    this.redacted = redacted;
  }

  /**
   * Makes the file, readable for its owner only. Throws the file system's error, EEXIST where there is one already, and a
   * sentence where the disk has no room for a beginning: there is no file then.
   */
  static async create(path: string, options: WriterOptions): Promise<RecordingWriter> {
    const file = await open(path, "wx", 0o600);
    const redacted = options.redact ? redactor(newSalt(), options.keep) : undefined;
    const writer = new RecordingWriter(path, file, redacted);
    const head: Head = {
      schema: FIRST_LINE.trim(),
      app: "podglass",
      label: options.redact ? "redacted node" : options.label,
      startedAt: new Date().toISOString(),
      redacted: options.redact ?? false,
    };
    try {
      await writer.append(Buffer.from(FIRST_LINE));
      await writer.append(record("HEAD", Date.parse(head.startedAt), Buffer.from(JSON.stringify(head))));
      return writer;
    } catch (error) {
      await file.close().catch(() => {});
      await rm(path, { force: true });
      throw error;
    }
  }

  /** What happened so far, milliseconds since the epoch. */
  get told(): readonly Mark[] {
    return this.marks;
  }

  /** Where in the file the curves of the chunks before are. */
  get placesOfCurves(): readonly number[] {
    return this.curvesAt;
  }

  /** Of the chunk that is being written: they come into the file at its end. */
  get latestCurves(): Block {
    return this.curves.block;
  }

  /**
   * Adds a frame. Frames are written in the order of the calls; a snapshot that was written last is left out. Throws with
   * a sentence where the disk took no more of it: what was written before can be read.
   * @param ownMs when it was taken by a clock of ours that only goes forward: the timeline follows it, since a node's
   *   clock may be set. Without it the node's own times are the timeline.
   * @param told what happened since the frame before, where somebody has found out already; left out: it is found out
   *   here. With `redact` it is so as well, under the new names, and what no reading shows is taken from what is told.
   */
  write(snapshot: Snapshot, ownMs?: number, told?: readonly string[]): Promise<void> {
    return this.sequencer.run(() => this.frame(snapshot, ownMs, told));
  }

  /** Where a frame stands on the timeline, and by how much the node's clock jumped since the one before (ms). */
  private time(nodeMs: number, ownMs: number | undefined): { ms: number; jump: number } {
    const before = this.lastAt;
    if (!before) return { ms: nodeMs, jump: 0 };
    const moved = nodeMs - before.nodeMs;
    if (ownMs === undefined || before.ownMs === undefined)
      return { ms: before.ms + Math.max(moved, 1), jump: Math.min(moved, 0) };
    const passed = Math.max(1, ownMs - before.ownMs);
    return { ms: before.ms + passed, jump: moved - passed };
  }

  private async frame(given: Snapshot, ownMs: number | undefined, told?: readonly string[]): Promise<void> {
    if (this.failure) throw this.failure;
    if (this.closed) throw new Error(`the recording ${this.path} is closed`);
    if (this.last && given.takenAt === this.last.takenAt) return;
    const snapshot = this.redacted?.(given) ?? given;
    const nodeMs = Date.parse(snapshot.takenAt);
    const { ms: atMs, jump } = this.time(nodeMs, ownMs);
    const last = this.last;
    const chunk = this.chunks.at(-1);
    // What a reader will have: places in the next step are places in its lists, in whatever order they came to us.
    let shown = snapshot;
    if (!last || !chunk || chunk.frames >= CHUNK_FRAMES || this.characters >= CHUNK_CHARACTERS) {
      await this.begin(snapshot, atMs);
    } else {
      const base = chunk.frames % STRIDE === 0 ? (this.key ?? last) : last;
      const step = stepBetween(base, snapshot);
      // In order on both sides, each item is at its place already: a copy of it would be kept, of every node.
      if (!isSorted(base) || !isSorted(snapshot)) shown = applyStep(base, step);
      const text = JSON.stringify(step);
      this.characters += text.length;
      await this.append(record("STEP", atMs, await this.pack(text)));
      chunk.frames += 1;
      chunk.endMs = atMs;
    }
    await this.mark(atMs, fewMarks([...clockMark(jump), ...this.happened(snapshot, told)]));
    this.curves.add(atMs, groupsAt(snapshot));
    this.last = shown;
    this.lastAt = { ms: atMs, nodeMs, ownMs };
    this.frames += 1;
  }

  private happened(snapshot: Snapshot, told: readonly string[] | undefined): readonly string[] {
    if (told !== undefined && this.redacted === undefined) return told;
    const done = told?.flatMap((text) => this.redacted?.said(UNSEEN_SAID, text) ?? []) ?? [];
    return [...done, ...this.follower.next(snapshot).map(({ text }) => text)];
  }

  private async begin(snapshot: Snapshot, atMs: number): Promise<void> {
    await this.endCurves();
    this.key = snapshot;
    this.stream?.destroy();
    const stream = createBrotliCompress(BROTLI);
    stream.on("data", (part: Buffer) => this.packed.push(part));
    this.stream = stream;
    this.characters = 0;
    this.chunks.push({ offset: this.bytes, atMs, endMs: atMs, frames: 1 });
    await this.append(record("KEYF", atMs, await this.pack(JSON.stringify(snapshot))));
  }

  private async endCurves(): Promise<void> {
    const chunk = this.chunks.at(-1);
    if (chunk === undefined || this.curves.readings === 0) return;
    const packed = await packSections(this.curves.block);
    const at = this.bytes;
    await this.append(record("CURS", chunk.endMs, packed));
    chunk.curves = at;
    this.curvesAt.push(at);
    this.curves = new BlockWriter();
  }

  private async pack(text: string): Promise<Buffer> {
    const { stream } = this;
    if (!stream) throw new Error("a frame was written before the first keyframe");
    if (!stream.write(`${text}\n`)) await once(stream, "drain");
    await new Promise<void>((resolve) => stream.flush(() => resolve()));
    const packed = Buffer.concat(this.packed);
    this.packed = [];
    return packed;
  }

  private async mark(atMs: number, texts: string[]): Promise<void> {
    if (texts.length === 0 || this.marks.length + texts.length > MOST_MARKS) return;
    this.marks.push(...texts.map((text) => ({ atMs, text })));
    await this.append(record("MARK", atMs, Buffer.from(JSON.stringify(texts))));
  }

  /** All of it or none: a disk that is almost full takes a part of a write without an error. */
  private async append(bytes: Buffer): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, this.bytes + done);
        if (bytesWritten === 0) throw new Error("nothing was written");
        done += bytesWritten;
      }
    } catch (error) {
      await this.file.truncate(this.bytes).catch(() => {});
      this.failure = new Error(
        `The recording ${this.path} ended: ${(error as Error).message}. What was written before, ${count(this.frames, "frame")}, can be read.`,
        { cause: error },
      );
      throw this.failure;
    }
    this.bytes += bytes.length;
  }

  /**
   * Writes the index and closes. Without it a reader passes over all records to find its way, and finds the same: so a
   * disk that took no more costs nothing here.
   */
  async close(): Promise<{ frames: number; bytes: number }> {
    await this.sequencer.run(() => {});
    if (!this.closed) {
      this.closed = true;
      this.stream?.destroy();
      const atMs = this.chunks.at(-1)?.endMs ?? 0;
      const write = (tag: Tag, payload: Buffer) => this.append(record(tag, atMs, payload));
      if (!this.failure) {
        await this.endCurves().catch(() => {});
        const at = Buffer.alloc(8);
        at.writeBigUInt64LE(BigInt(this.bytes));
        const index = JSON.stringify({ chunks: this.chunks, marks: this.marks, frames: this.frames });
        await write("INDX", Buffer.from(index))
          .then(() => write("TAIL", at))
          .catch(() => {});
      }
      await this.file.close();
    }
    return { frames: this.frames, bytes: this.bytes };
  }
}
