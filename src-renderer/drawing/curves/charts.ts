/** Which curves stand in which chart, and what they are called. Data in, data out: the window and a report draw the same. */
import type { Block } from "../../../src-shared/curves/block.ts";
import type { MetricName } from "../../../src-shared/curves/metrics.ts";
import {
  type Line,
  lineOf,
  readingAt,
  type Series,
  seriesOf,
  stepsOf,
  type Wanted,
} from "../../../src-shared/curves/series.ts";
import { bytesShort, cores, count, percent } from "../../../src-shared/format.ts";

/** Whose curves, as a person calls it. */
export interface Subject {
  name: string;
  wanted: Wanted;
  /** The whole node: its limits are its size. */
  node?: true;
}

export interface Curve {
  name: string;
  line: Line;
  /** main: what one looks at; part: what lies in it, told apart by `place`; limit: what it must stay below. */
  role: "main" | "part" | "limit";
  place: number;
}

export interface Chart {
  title: string;
  curves: Curve[];
  words(value: number): string;
}

export interface Step {
  atMs: number;
  /** "2 OOM kills", "1 restart". */
  text: string;
}

export interface Charts {
  /** Of the first reading and the last; absent where nothing is kept. */
  span?: { fromMs: number; toMs: number };
  charts: Chart[];
  /** Stretches in which the node was away. */
  away: { fromMs: number; toMs: number }[];
  steps: Step[];
}

/** Containers of a pod that have curves of their own; more would be no picture. */
const MOST_PARTS = 6;
/** A break shorter than this (ms) is no stretch that could be seen. */
const LEAST_AWAY_MS = 3_000;

/** Throws RangeError where a block is damaged. */
export function chartsOf(blocks: readonly Block[], main: Subject, parts: readonly Subject[] = []): Charts {
  const series = seriesOf(blocks, main.wanted);
  const others = parts.slice(0, MOST_PARTS).map(({ name, wanted }) => ({ name, series: seriesOf(blocks, wanted) }));
  const [fromMs, toMs] = [series.times[0], series.times.at(-1)];
  const of = (metric: MetricName, by = 1): Curve[] =>
    known([
      curve(main.name, "main", 0, series, metric, by),
      ...others.map((one, i) => curve(one.name, "part", i + 1, one.series, metric, by)),
    ]);
  const limit = (name: string, metric: MetricName, by = 1): Curve[] =>
    known([curve(name, "limit", 0, series, metric, by)]);
  const charts: Chart[] = [
    { title: "Memory", curves: [...of("memory"), ...memoryLimits(series, limit, main.node)], words: bytesShort },
    {
      title: "CPU",
      curves: [...of("cpuUsec", 1e-6), ...limit(main.node ? "cores there are" : "quota", "cpuMax", 1e-3)],
      words: cores,
    },
    // Counted on each processor: with several it may be more than a second in a second.
    { title: "Throttled", curves: felt(of("throttledUsec", 1e-6)), words: (value) => `${value.toFixed(2)} s/s` },
    { title: "Stalled", curves: felt(stalls(series)), words: percent },
    { title: "Processes", curves: [...of("pids"), ...limit("limit", "pidsMax")], words: whole },
  ];
  return {
    ...(fromMs === undefined || toMs === undefined ? {} : { span: { fromMs, toMs } }),
    charts: charts.filter(({ curves }) => curves.some(({ role }) => role !== "limit")),
    away: [...series.breaks].flatMap((at) => {
      const [left, back] = [series.times[at - 1] ?? 0, series.times[at] ?? 0];
      return back - left > LEAST_AWAY_MS ? [{ fromMs: left, toMs: back }] : [];
    }),
    steps: [...counted(series, "oomKills", "OOM kill"), ...counted(series, "restarts", "restart")],
  };
}

const whole = (value: number): string => String(Math.round(value));

const curve = (
  name: string,
  role: Curve["role"],
  place: number,
  series: Series,
  metric: MetricName,
  by: number,
): Curve => {
  const line = lineOf(series, metric);
  return { name, role, place, line: by === 1 ? line : { ...line, values: line.values.map((value) => value * by) } };
};

const known = (curves: Curve[]): Curve[] =>
  curves.filter(({ line }) => line.values.some((value) => !Number.isNaN(value)));

/** Nothing but zeros is not worth a picture. */
const felt = (curves: Curve[]): Curve[] =>
  curves.some(({ line }) => line.values.some((value) => value > 0)) ? curves : [];

/** What holds is told apart from what is set here only where the two differ. */
function memoryLimits(series: Series, limit: (name: string, metric: MetricName) => Curve[], node?: true): Curve[] {
  if (node) return limit("memory there is", "memoryHolds");
  const { memoryMax, memoryHolds } = series.values;
  const same = memoryHolds.every((value, at) => Object.is(value, memoryMax[at]));
  return [
    ...limit("slowed at", "memoryHigh"),
    ...(same
      ? limit("limit", "memoryMax")
      : [...limit("limit set here", "memoryMax"), ...limit("limit that holds", "memoryHolds")]),
  ];
}

const STALLS: [string, MetricName][] = [
  ["memory, some", "memorySome"],
  ["memory, all", "memoryFull"],
  ["cpu, some", "cpuSome"],
  ["cpu, all", "cpuFull"],
  ["io, some", "ioSome"],
  ["io, all", "ioFull"],
];

/** Shares of time, from the kernel's own sums: what its averages over 10 s smear out is seen. */
const stalls = (series: Series): Curve[] =>
  STALLS.flatMap(([name, metric], i) => felt(known([curve(name, "part", i + 1, series, metric, 1e-6)])));

const counted = (series: Series, metric: MetricName, noun: string): Step[] =>
  stepsOf(series, metric).map(({ atMs, by }) => ({ atMs, text: count(by, noun) }));

/** A curve's value at a moment in words; what was not read says so. */
export function valueAt({ words }: Pick<Chart, "words">, { line }: Curve, atMs: number): string {
  const reading = readingAt(line, atMs);
  const value = reading === undefined ? Number.NaN : (line.values[reading] ?? Number.NaN);
  return Number.isNaN(value) ? "–" : words(value);
}
