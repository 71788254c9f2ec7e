/**
 * The last hour of a live node, kept on disk as a flight recorder does: recordings in segments, the oldest removed when
 * time or size is used up. What goes wrong here never holds up the reading: the history says so and ends.
 */

import { mkdir, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { HistoryInfo } from "../../src-shared/api.ts";
import { packBlock } from "../../src-shared/curves/block.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { clockMark, fewMarks } from "../../src-shared/recordings/marks.ts";
import { Sequencer } from "../../src-shared/sequencer.ts";
import { isAlive } from "../storage/alive.ts";
import { type CurveBlocks, readCurves } from "./curves.ts";
import { SUFFIX } from "./list.ts";
import { openRecording, type Recording } from "./reader.ts";
import type { WantedGroups } from "./sections.ts";
import { RecordingWriter } from "./writer.ts";

export interface HistoryLimits {
  /** What is older goes (ms). */
  spanMs: number;
  /** All segments together (bytes on disk). */
  bytes: number;
}

const DEFAULT_MINUTES = 60;
const DEFAULT_MEGABYTES = 64;

/** The settings historyMinutes and historyMegabytes; 0 keeps nothing, and what is no sensible number is the default. */
export function historyLimits(settings: { get(name: string): unknown }): HistoryLimits {
  const number = (name: string, most: number, other: number) => {
    const value = settings.get(name);
    return typeof value === "number" && value >= 0 && value <= most ? value : other;
  };
  return {
    spanMs: number("historyMinutes", 24 * 60, DEFAULT_MINUTES) * 60_000,
    bytes: number("historyMegabytes", 4096, DEFAULT_MEGABYTES) * 1024 * 1024,
  };
}

/** A segment is this share of what is kept, in time and in bytes: so much is lost when the oldest goes. */
const SHARE = 1 / 12;
/** A snapshot waits for the one before it; more than this many are not kept, so that a slow disk costs moments, not memory. */
const MOST_WAITING = 4;

interface Segment {
  path: string;
  startMs: number;
  endMs: number;
  /** By a clock of ours that only goes forward: a node's may be set by a day, and takes no history with it. */
  ownStartMs: number;
  ownEndMs: number;
  bytes: number;
  marks: { atMs: number; text: string }[];
  /** The number of its first block of curves, counted from the history's beginning, and where in the file each is. */
  firstBlock: number;
  blocksAt: readonly number[];
}

export class History {
  readonly #root: string;
  readonly #label: string;
  readonly #limits: HistoryLimits;
  readonly #now: () => number;
  #folder: string | undefined;
  #segments: Segment[] = [];
  #writer: RecordingWriter | undefined;
  #number = 0;
  #waiting = 0;
  readonly #sequencer = new Sequencer();
  #trouble: string | undefined;
  #closed = false;
  #reader: { path: string; bytes: number; recording: Recording } | undefined;
  /** What happened since the last moment that was kept: a moment that is let go leaves its events. */
  #told: string[] = [];
  /** The most that one snapshot took: so much is kept free for the next. */
  #mostAtOnce = 0;

  /** @param root the folder below which each history has one of its own, 0700 */
  constructor(root: string, label: string, limits: HistoryLimits, now = () => performance.now()) {
    this.#root = root;
    this.#label = label;
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Takes a snapshot to be written soon, with what happened since the one before; never throws and never waits.
   */
  take(snapshot: Snapshot, told: readonly string[]): void {
    if (this.#closed || this.#trouble !== undefined) return;
    const all = fewMarks([...this.#told, ...told]);
    if (this.#waiting >= MOST_WAITING) {
      this.#told = all;
      return;
    }
    this.#told = [];
    this.#waiting += 1;
    void this.#sequencer
      .run(async () => {
        this.#waiting -= 1;
        if (!this.#closed && this.#trouble === undefined) await this.#write(snapshot, all);
      })
      .catch(async (error: unknown) => {
        this.#trouble = `The history of ${this.#label} ended: ${error instanceof Error ? error.message : String(error)}.`;
        const writer = this.#writer;
        this.#writer = undefined;
        await writer?.close().catch(() => {});
        // A segment that could only be begun holds no moment, and would open to nobody.
        if (writer?.frames !== 0) return;
        this.#segments = this.#segments.filter(({ path }) => path !== writer.path);
        await rm(writer.path, { force: true }).catch(() => {});
      });
  }

  /** Nobody looks at the node: what was written last is let go, and what comes next begins a segment. */
  pause(): void {
    void this.#sequencer.run(() => this.#endSegment()).catch(() => {});
  }

  async #write(snapshot: Snapshot, told: readonly string[]): Promise<void> {
    const { spanMs, bytes } = this.#limits;
    const last = this.#segments.at(-1);
    const full =
      last !== undefined && (last.bytes >= bytes * SHARE || last.ownEndMs - last.ownStartMs >= spanMs * SHARE);
    // A clock that was set back begins a segment of its own: within one, times only grow.
    const atMs = Date.parse(snapshot.takenAt);
    if (this.#writer === undefined || last === undefined || full || atMs < last.endMs) await this.#begin(atMs);
    const [writer, segment] = [this.#writer, this.#segments.at(-1)];
    if (writer === undefined || segment === undefined) return;
    const back = last === undefined ? [] : clockMark(Math.min(0, atMs - last.endMs));
    await writer.write(snapshot, undefined, [...back, ...told]);
    this.#measure(writer, segment);
    Object.assign(segment, { endMs: Math.max(segment.endMs, atMs), ownEndMs: this.#now(), marks: [...writer.told] });
    await this.#prune();
  }

  #measure(writer: RecordingWriter, segment: Segment): void {
    this.#mostAtOnce = Math.max(this.#mostAtOnce, writer.bytes - segment.bytes);
    Object.assign(segment, { bytes: writer.bytes, blocksAt: writer.placesOfCurves });
  }

  async #endSegment(): Promise<Segment | undefined> {
    const last = this.#segments.at(-1);
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
    if (writer !== undefined && last !== undefined) this.#measure(writer, last);
    return last;
  }

  async #begin(atMs: number): Promise<void> {
    const last = await this.#endSegment();
    if (this.#folder === undefined) {
      await mkdir(this.#root, { recursive: true, mode: 0o700 });
      this.#folder = await mkdtemp(join(this.#root, `${process.pid}-`));
    }
    this.#number += 1;
    const path = join(this.#folder, `${String(this.#number).padStart(6, "0")}${SUFFIX}`);
    this.#writer = await RecordingWriter.create(path, { label: this.#label });
    const own = this.#now();
    const firstBlock = last === undefined ? 0 : last.firstBlock + last.blocksAt.length;
    this.#segments.push({
      path,
      startMs: atMs,
      endMs: atMs,
      ownStartMs: own,
      ownEndMs: own,
      bytes: 0,
      marks: [],
      firstBlock,
      blocksAt: [],
    });
  }

  async #prune(): Promise<void> {
    const total = () => this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
    const newest = this.#segments.at(-1)?.ownEndMs ?? 0;
    while (this.#segments.length > 1) {
      const oldest = this.#segments[0];
      if (oldest === undefined) return;
      if (total() + this.#mostAtOnce <= this.#limits.bytes && newest - oldest.ownEndMs <= this.#limits.spanMs) return;
      await this.#closeReader(oldest.path);
      await rm(oldest.path, { force: true });
      this.#segments.shift();
    }
  }

  get info(): HistoryInfo {
    const [first, last] = [this.#segments[0], this.#segments.at(-1)];
    return {
      ...(first === undefined || last === undefined ? {} : { startMs: first.startMs, endMs: last.endMs }),
      bytes: this.#segments.reduce((sum, { bytes }) => sum + bytes, 0),
      marks: this.#segments.flatMap(({ marks }) => marks),
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
    };
  }

  /** The node as it was at a moment (ms since the epoch, by the node's clock). Throws where nothing is kept of it. */
  at(atMs: number): Promise<Snapshot> {
    return this.#sequencer.run(async () => {
      const segment = this.#segments.findLast(({ startMs }) => startMs <= atMs) ?? this.#segments[0];
      if (segment === undefined) throw new Error(`Nothing is kept of ${this.#label} yet.`);
      const recording = await this.#open(segment);
      return recording.at(Math.max(0, atMs - recording.info.startMs));
    });
  }

  /**
   * The curves of some groups, in blocks that have a number each; those before `from` are left out, or all but so many. The last one grows.
   * Throws where one cannot be read.
   */
  curves(wanted: WantedGroups, from: number): Promise<CurveBlocks> {
    return this.#sequencer.run(async () => {
      const blocks: CurveBlocks["blocks"] = [];
      const newest = this.#segments.at(-1);
      const end = newest === undefined ? 0 : newest.firstBlock + newest.blocksAt.length + 1;
      const start = from < 0 ? end + from : from;
      for (const segment of this.#segments) {
        const old = segment.blocksAt.map((at, i) => ({ at, number: segment.firstBlock + i }));
        const asked = old.filter(({ number }) => number >= start);
        if (asked.length === 0) continue;
        const file = await open(segment.path, "r");
        try {
          const read = asked.map(async ({ at, number }) => {
            return { number, packed: packBlock(await readCurves(file, at, segment.bytes, wanted)) };
          });
          blocks.push(...(await Promise.all(read)));
        } finally {
          await file.close();
        }
      }
      if (this.#writer !== undefined)
        blocks.push({ number: end - 1, packed: packBlock(this.#writer.latestCurves, wanted) });
      return { first: this.#segments[0]?.firstBlock ?? 0, blocks, more: false };
    });
  }

  /**
   * Saves a stretch as a recording of its own, with the moment that held at its beginning and all that was told since.
   * Throws the file system's error, EEXIST where there is a file of that name.
   */
  keep(path: string, fromMs: number, toMs: number, redact: boolean): Promise<{ frames: number; bytes: number }> {
    return this.#sequencer.run(async () => {
      const wanted = this.#segments.filter(({ startMs, endMs }) => endMs >= fromMs && startMs <= toMs);
      if (wanted.length === 0) throw new Error(`Nothing is kept of ${this.#label} between those two moments.`);
      const writer = await RecordingWriter.create(path, { label: this.#label, redact });
      try {
        let held: Snapshot | undefined;
        for (const segment of wanted) {
          const recording = await this.#open(segment);
          const marks = [...segment.marks];
          for await (const { atMs, snapshot } of recording.frames()) {
            const at = recording.info.startMs + atMs;
            if (at > toMs) break;
            // A mark stands at the time of the frame that showed it.
            const later = marks.findIndex((mark) => mark.atMs > at);
            const told = marks.splice(0, later < 0 ? marks.length : later).map(({ text }) => text);
            if (at <= fromMs) held = snapshot;
            else {
              if (held !== undefined) await writer.write(held, undefined, []);
              held = undefined;
              await writer.write(snapshot, undefined, told);
            }
          }
        }
        if (held !== undefined) await writer.write(held, undefined, []);
        return await writer.close();
      } catch (error) {
        await writer.close().catch(() => {});
        await rm(path, { force: true });
        throw error;
      }
    });
  }

  /** Ends it and removes what was kept. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#sequencer.run(async () => {
      await this.#closeReader();
      await this.#writer?.close().catch(() => {});
      this.#writer = undefined;
      this.#segments = [];
      if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    });
  }

  async #open({ path, bytes }: Segment): Promise<Recording> {
    if (this.#reader?.path === path && this.#reader.bytes === bytes) return this.#reader.recording;
    await this.#closeReader();
    const recording = await openRecording(path);
    this.#reader = { path, bytes, recording };
    return recording;
  }

  async #closeReader(path?: string): Promise<void> {
    if (this.#reader === undefined || (path !== undefined && this.#reader.path !== path)) return;
    const { recording } = this.#reader;
    this.#reader = undefined;
    await recording.close();
  }
}

/** Removes what apps that ended without a word left behind: folders named by the pid of a process that is gone. */
export async function removeForsaken(root: string, lives: (pid: number) => boolean = isAlive): Promise<void> {
  for (const name of await readdir(root).catch(() => [] as string[])) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    if (Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && !lives(pid))
      await rm(join(root, name), { recursive: true, force: true });
  }
}
