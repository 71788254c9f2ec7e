/** What is drawn: a group's numbers over all blocks, with every place where a line must not go on. */
import { type Block, type GroupBlock, valuesIn } from "./block.ts";
import { METRIC_NAMES, METRICS, type MetricName } from "./metrics.ts";

export interface Series {
  /** Of the readings, milliseconds since the epoch by the node's clock, ascending. */
  times: number[];
  /** NaN: not known. */
  values: Record<MetricName, Float64Array>;
  /** Readings that do not go on from the one before: the node was away meanwhile, or it is another group. */
  breaks: ReadonlySet<number>;
}

/** One curve of it: a level as it was, a counter as its growth a second. */
export interface Line {
  times: readonly number[];
  values: Float64Array;
  breaks: ReadonlySet<number>;
}

/** Which groups make the series: one by its path, or whichever was a container's in turn. */
export type Wanted = (group: GroupBlock) => boolean;

/**
 * A series over blocks in the order in which they were kept. Where the node's clock was set back, what it had said of that
 * time before gives way. Throws RangeError where a block is damaged.
 */
export function seriesOf(blocks: readonly Block[], wanted: Wanted): Series {
  const most = blocks.reduce((sum, { times }) => sum + times.length, 0);
  const lists = METRIC_NAMES.map(() => new Float64Array(most).fill(Number.NaN));
  const times: number[] = [];
  const others = new Set<number>();
  let last: string | undefined;
  for (const block of blocks) {
    const [first = 0] = block.times;
    const start = times.findLastIndex((time) => time < first) + 1;
    if (start < times.length) {
      for (const list of lists) list.fill(Number.NaN, start, times.length);
      times.length = start;
      others.add(start);
    }
    for (const time of block.times) times.push(time);
    const groups = block.groups.filter(wanted).map((group) => ({ group, values: valuesIn(group, block.times.length) }));
    for (let at = 0; groups.length > 0 && at < block.times.length; at++) {
      // Of two groups of one container the newer is the one that lives.
      const one = groups.findLast(({ values }) => values.some((list) => !Number.isNaN(list[at])));
      if (one === undefined) continue;
      if (last !== undefined && one.group.path !== last) others.add(start + at);
      last = one.group.path;
      for (let i = 0; i < lists.length; i++) (lists[i] as Float64Array)[start + at] = one.values[i]?.[at] ?? Number.NaN;
    }
  }
  const breaks = gapsIn(times);
  for (const at of others) if (at > 0 && at < times.length) breaks.add(at);
  const values = METRIC_NAMES.map((name, i) => [name, (lists[i] as Float64Array).slice(0, times.length)]);
  return { times, values: Object.fromEntries(values) as Series["values"], breaks };
}

/** So much longer than its neighbours is an interval in which the node was away; less than this (ms) never is. */
const TIMES_LONGER = 3;
const LEAST_GAP_MS = 3_000;
const NEIGHBOURS = 4;

/** Readings before which the node was away: read every second before or after, say, and not for ten. How often it is read may change. */
export function gapsIn(times: readonly number[]): Set<number> {
  const gaps = new Set<number>();
  for (let at = 1; at < times.length; at++) {
    const took = (times[at] ?? 0) - (times[at - 1] ?? 0);
    if (took < LEAST_GAP_MS) continue;
    const usual = [usually(times, at - NEIGHBOURS, at - 1), usually(times, at + 1, at + NEIGHBOURS)];
    const most = Math.max(...usual.filter((one) => one !== undefined));
    if (most > 0 && took > TIMES_LONGER * most) gaps.add(at);
  }
  return gaps;
}

/** The median of the intervals that end at readings from `first` to `last`; undefined where there is none. */
function usually(times: readonly number[], first: number, last: number): number | undefined {
  const near: number[] = [];
  for (let at = Math.max(1, first); at <= Math.min(times.length - 1, last); at++)
    near.push((times[at] ?? 0) - (times[at - 1] ?? 0));
  return near.sort((a, b) => a - b)[near.length >> 1];
}

/** A counter's growth a second since the reading before; a level as it is. NaN after a break, a reset, or an unknown. */
export function lineOf({ times, values, breaks }: Series, name: MetricName): Line {
  const list = values[name];
  if (METRICS[name].kind === "level") return { times, values: list, breaks };
  const rates = new Float64Array(list.length).fill(Number.NaN);
  for (let at = 1; at < list.length; at++) {
    const [before, now] = [list[at - 1] as number, list[at] as number];
    const tookMs = (times[at] ?? 0) - (times[at - 1] ?? 0);
    // A counter that fell belongs to a group that was made anew: what happened in between nobody knows.
    if (!breaks.has(at) && now >= before && tookMs > 0) rates[at] = ((now - before) * 1000) / tookMs;
  }
  return { times, values: rates, breaks };
}

/** How much a counter grew from reading to reading, for events that are counted: kills, restarts. */
export function stepsOf({ times, values }: Series, name: MetricName): { atMs: number; by: number }[] {
  const list = values[name];
  const steps: { atMs: number; by: number }[] = [];
  let before = Number.NaN;
  for (const [at, now] of list.entries()) {
    if (now > before) steps.push({ atMs: times[at] ?? 0, by: now - before });
    if (!Number.isNaN(now)) before = now;
  }
  return steps;
}

/** The reading that a moment is nearest to; undefined where the node was away then, or nothing is kept. */
export function readingAt({ times, breaks }: Pick<Line, "times" | "breaks">, atMs: number): number | undefined {
  const [first, end] = [times[0], times.at(-1)];
  if (first === undefined || end === undefined) return undefined;
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] ?? 0) <= atMs) low = middle;
    else high = middle - 1;
  }
  if (atMs <= first) return 0;
  if (low === times.length - 1) return low;
  const [before, after] = [times[low] ?? 0, times[low + 1] ?? 0];
  if (breaks.has(low + 1) && atMs !== before && after - before > LEAST_GAP_MS) return undefined;
  return atMs - before <= after - atMs ? low : low + 1;
}
