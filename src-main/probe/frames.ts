/** From bytes to frames: finds the probe's header among whatever else was printed, counts what was damaged. */
import { isoTime } from "../../src-shared/format.ts";
import type { Gap } from "../../src-shared/model.ts";
import type { Reading } from "../../src-shared/reading.ts";
import { BOUNDS, type Bounds, TooMuchError } from "./bounds.ts";
import { NodeState } from "./state.ts";
import { HEADER, LineSplitter, recordOf } from "./wire.ts";

export interface Frame {
  seq: number;
  whole: boolean;
  deep: boolean;
  takenAt: string;
  /** Records that the probe wrote and that did not arrive whole. 0: nothing was lost. */
  lost: number;
}

const BEGIN = /^begin (\d+) (whole|delta) (quick|deep) (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)(?: .*)?$/;
const END = /^end (\d+) (\d+)(?: .*)?$/;

export class FrameReader {
  readonly state: NodeState;
  private readonly bounds: Bounds;
  private readonly splitter = new LineSplitter();
  private tag: string | undefined;
  private open: { seq: number; whole: boolean; deep: boolean; takenAt: string } | undefined;
  private records = 0;
  private bytes = 0;
  private lines = 0;
  private refused = 0;
  private anchor: { epoch: number; uptime: number } | undefined;

  /**
   * With a nonce only the session that was given it is believed, header or not; without (a file), the first header's.
   */
  constructor(nonce?: string, bounds = BOUNDS) {
    this.bounds = bounds;
    this.state = new NodeState(bounds);
    if (nonce !== undefined) this.tag = `${nonce}.`;
  }

  /** True once it is known whose records to believe. */
  get started(): boolean {
    return this.tag !== undefined;
  }

  /**
   * Feeds bytes; yields a frame at each end, and undefined wherever the thread may be given back: after each line, whose
   * cost is no more than its length's. Throws TooMuchError where a frame is longer than any can be.
   */
  *feed(chunk: Uint8Array): Generator<Frame | undefined> {
    const { frameBytes, frameLines } = this.bounds;
    this.bytes += chunk.length;
    if (this.bytes > frameBytes)
      throw new TooMuchError(`sent more than ${frameBytes / 1024 / 1024} MiB for one reading`);
    for (const line of this.splitter.feed(chunk)) {
      if (++this.lines > frameLines) throw new TooMuchError(`sent more than ${frameLines} lines for one reading`);
      if (this.tag === undefined) this.header(line);
      else {
        const frame = this.line(line, this.tag);
        if (frame === "compute") yield* this.state.computeRaw((error) => this.refuse(error));
        else if (frame) {
          this.bytes = 0;
          this.lines = 0;
          yield* this.state.compute();
          yield frame;
        }
      }
      yield undefined;
    }
  }

  /** What is known at the end of a frame; what was lost on the way is a gap, and so is `more`. */
  reading({ takenAt, lost }: Pick<Frame, "takenAt" | "lost">, more: readonly Gap[] = []): Reading {
    const damaged = {
      what: "records of the reading",
      why: "damaged, lost on the way, or newer than this Podglass",
      count: lost,
    };
    return this.state.reading(takenAt, lost > 0 ? [damaged, ...more] : more);
  }

  /** The frame that was cut off before its end, where one was begun. */
  cut(): Omit<Frame, "lost"> | undefined {
    return this.open;
  }

  private header(line: string): void {
    const at = line.indexOf(HEADER);
    if (at < 0) return;
    const nonce = line.slice(at + HEADER.length).trimEnd();
    if (!/^[0-9A-Za-z]{4,64}$/.test(nonce)) return;
    this.tag = `${nonce}.`;
  }

  private refuse(error: unknown): void {
    if (!(error instanceof RangeError)) throw error;
    this.refused++;
    if (this.refused > this.bounds.refused)
      throw new TooMuchError(`sent more than ${this.bounds.refused} damaged records for one reading`);
  }

  private line(line: string, tag: string): Frame | "compute" | undefined {
    const found = recordOf(line, tag);
    if (typeof found === "string") {
      try {
        if (found === "noise") this.state.applyRaw(line);
      } catch (error) {
        this.refuse(error);
      }
      return undefined;
    }
    const { record } = found;
    this.records++;
    if (record === "raw end") return "compute";
    const begin = record.startsWith("begin ") ? BEGIN.exec(record) : null;
    if (begin) {
      this.open = {
        seq: Number(begin[1]),
        whole: begin[2] === "whole",
        deep: begin[3] === "deep",
        takenAt: this.time(Number(begin[4]), Number(begin[5])),
      };
      this.records = 1;
      this.refused = 0;
      this.state.begin(this.open.whole, this.open.deep, begin[5]!);
      return undefined;
    }
    const end = record.startsWith("end ") ? END.exec(record) : null;
    if (!end) {
      try {
        this.state.apply(record);
      } catch (error) {
        this.refuse(error);
      }
      return undefined;
    }
    const open = this.open ?? { seq: Number(end[1]), whole: false, deep: false, takenAt: this.time(0, 0) };
    this.open = undefined;
    // "end" counts every record before it, begin among them.
    const lost = Math.abs(Number(end[2]) - (this.records - 1)) + this.refused + (open.seq === Number(end[1]) ? 0 : 1);
    this.records = 0;
    this.refused = 0;
    return { ...open, lost };
  }

  /**
   * The node's clock. A whole frame tells its fraction where there is a date that can; whole seconds after it are made
   * finer by the uptime's hundredths, since rates need them. A clock that was set meanwhile moves the anchor, which with
   * busybox alone runs up to a second early.
   */
  private time(epoch: number, uptime: number): string {
    if (this.anchor && Number.isInteger(epoch)) {
      const derived = this.anchor.epoch + (uptime - this.anchor.uptime);
      if (derived > epoch - 0.05 && derived < epoch + 1.05) return isoTime(Math.round(derived * 1000));
    }
    this.anchor = { epoch, uptime };
    return isoTime(Math.round(epoch * 1000));
  }
}
