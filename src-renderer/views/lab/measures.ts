import type { BenchRow } from "../../../src-shared/api.ts";
import { bytesShort, duration } from "../../../src-shared/format.ts";
import { compareText } from "../../../src-shared/order.ts";

/** The measures in the order in which they answer "what does pause cost?"; others follow by name. */
const ORDER = [
  "createMs",
  "removeMs",
  "nodeCpuMs",
  "pssBytes",
  "rssBytes",
  "chargedBytes",
  "processes",
  "cgroups",
  "mounts",
];
const NAMES: Record<string, string> = {
  createMs: "time to make",
  removeMs: "time to remove",
  nodeCpuMs: "processor time",
  pssBytes: "memory, its share",
  rssBytes: "memory, resident",
  chargedBytes: "memory charged",
  processes: "processes",
  cgroups: "cgroups",
  mounts: "mounts",
};

export const measureName = (measure: string): string => NAMES[measure] ?? measure;

export function measuresOf(rows: readonly BenchRow[]): string[] {
  const found = new Set(rows.flatMap((row) => Object.keys(row.measures)));
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return [...found].sort((a, b) => rank(a) - rank(b) || compareText(a, b));
}

/** A figure in its unit: "12 ms", "0.6 M", "2". */
export function figure(value: number, unit: string): string {
  if (unit === "B") return bytesShort(value);
  if (unit === "ms") return duration(value * 1000);
  const shown = Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  return unit === "" ? String(shown) : `${shown} ${unit}`;
}

export interface Bar {
  kind: string;
  median: number;
  /** Ends of the bar and of the whisker, 0 to 1 across the plot. */
  at: number;
  low: number;
  high: number;
  words: string;
}

/** One measure as bars with whiskers; all start at nought, so lengths can be compared. */
export function plotOf(rows: readonly BenchRow[], measure: string): Bar[] {
  const own = rows.flatMap((row) => {
    const value = row.measures[measure];
    return value ? [{ kind: row.kind, ...value }] : [];
  });
  const most = Math.max(...own.map(({ high, median }) => Math.max(high, median)), 1e-12);
  return own.map(({ kind, median, low, high, unit }) => ({
    kind,
    median,
    at: Math.max(0, median / most),
    low: Math.max(0, low / most),
    high: Math.max(0, high / most),
    words: figure(median, unit),
  }));
}

/** How the second kind differs from the first, as "−38 %"; absent where the first is nought. */
export function saving(bars: readonly Bar[]): string | undefined {
  const [first, second] = bars;
  if (!first || !second || first.median === 0) return undefined;
  const change = Math.round((second.median / first.median - 1) * 100);
  return change === 0 ? "the same" : `${change < 0 ? "−" : "+"}${Math.abs(change)} %`;
}
