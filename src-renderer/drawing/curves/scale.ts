/** Where a moment and a value stand in a chart. */
import { firstAfter } from "../../../src-shared/curves/thin.ts";
import type { Chart } from "./charts.ts";

/** A limit this much above what is used would make a flat line of it: it is told in words. */
const LIMIT_IN_SIGHT = 3;

/** The value at a chart's upper edge between two moments: round, above all that is drawn. */
export function topOf({ curves }: Chart, fromMs: number, toMs: number): number {
  const highest = (role: (one: Chart["curves"][number]) => boolean): number => {
    let most = 0;
    for (const { line } of curves.filter(role)) {
      const end = Math.min(line.times.length, firstAfter(line.times, toMs) + 1);
      for (let at = Math.max(0, firstAfter(line.times, fromMs) - 1); at < end; at++)
        if ((line.values[at] ?? 0) > most) most = line.values[at] ?? 0;
    }
    return most;
  };
  const used = highest(({ role }) => role !== "limit");
  const limit = highest(({ role, line }) => role === "limit" && (line.values.at(-1) ?? 0) <= LIMIT_IN_SIGHT * used);
  return Math.max(used, limit) * 1.08 || 1;
}

/** Round moments of the clock on the axis, at most so many; a step of seconds, minutes or hours. */
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

export function ticksOf(fromMs: number, toMs: number, most: number): { atMs: number; seconds: boolean }[] {
  const span = (toMs - fromMs) / 1000;
  const step = STEPS_S.find((one) => span / one <= most) ?? 86_400;
  // Round by the clock on the wall, which is not always whole hours from UTC.
  const shift = new Date(fromMs).getTimezoneOffset() * 60_000;
  const first = Math.ceil((fromMs - shift) / (step * 1000)) * step * 1000 + shift;
  const ticks: { atMs: number; seconds: boolean }[] = [];
  for (let atMs = first; atMs <= toMs && ticks.length <= most; atMs += step * 1000)
    ticks.push({ atMs, seconds: step < 60 });
  return ticks;
}
