/**
 * What was asked of which node, when, how long it took and what failed, for who looks later: the newest of it, in memory
 * alone. What comes back every second is one line with a count.
 */
import type { LogEntry, NodeState } from "../../src-shared/api.ts";
import { inert } from "../../src-shared/format.ts";
import type { Told } from "../transport/traced.ts";

const MOST_LINES = 1000;
/** Sentences may quote a node. */
const LONGEST = 500;
/** So far back a line of the same kind is counted on: a tick is a few lines. */
const ROUND = 6;

export class Log {
  readonly #lines: LogEntry[] = [];
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Newest last. */
  get lines(): readonly LogEntry[] {
    return this.#lines;
  }

  add(target: string, told: Told): void {
    const what = inert(told.what, LONGEST);
    const mine = this.#lines.filter((line) => line.target === target);
    const open =
      told.state === "begins" ? undefined : last(mine, (line) => line.state === "begins" && line.what === what);
    if (open !== undefined) {
      this.#lines.splice(this.#lines.indexOf(open), 1);
      mine.splice(mine.indexOf(open), 1);
    }
    const atMs = this.#now();
    const same = last(
      mine.slice(-ROUND),
      (line) => line.state === told.state && line.what === what && line.status === told.status,
    );
    if (same !== undefined && told.state !== "begins") {
      same.times += 1;
      same.lastMs = atMs;
      if (told.ms !== undefined) same.longestMs = Math.max(same.longestMs ?? 0, told.ms);
      same.ms = told.ms;
      return;
    }
    this.#lines.push({
      target,
      atMs,
      lastMs: atMs,
      what,
      state: told.state,
      times: 1,
      ...(told.ms === undefined ? {} : { ms: told.ms, longestMs: told.ms }),
      ...(told.status === undefined ? {} : { status: told.status }),
    });
    this.#lines.splice(0, this.#lines.length - MOST_LINES);
  }

  /** Why a node was refused, lost or is tried again. */
  heed(state: NodeState): void {
    if (state.detail === undefined || (state.phase !== "refused" && state.phase !== "stale")) return;
    const { target, detail: what } = state;
    const newest = last(this.#lines, (line) => line.target === target);
    if (newest?.what !== inert(what, LONGEST)) this.add(target, { what, state: "failed" });
  }
}

const last = (lines: readonly LogEntry[], is: (line: LogEntry) => boolean): LogEntry | undefined => lines.findLast(is);
