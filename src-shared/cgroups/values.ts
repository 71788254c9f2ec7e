/**
 * What the texts in cgroup files mean. Every reader answers undefined for a text that is not what the kernel writes:
 * a file may vanish or change while it is read.
 * Sources: Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst, scheduler/sched-bwc.rst, accounting/psi.rst.
 */
import type { Psi } from "../reports.ts";

/** From here on a v1 limit means none: the kernel's "unlimited" is LONG_MAX rounded down to a page. */
export const V1_UNLIMITED = 2 ** 62;
/** What "max" in memory.min or memory.low protects: everything the kernel can count (PAGE_COUNTER_MAX). */
const ALL_MEMORY = 2 ** 63 - 4096;

export const integer = (text: string | undefined): number | undefined => {
  const trimmed = text?.trim();
  return trimmed !== undefined && /^-?\d{1,20}$/.test(trimmed) ? Number(trimmed) : undefined;
};

/** memory.max, memory.high, memory.swap.max, pids.max: "max" is no limit. */
export const limit = (text: string | undefined): number | undefined => {
  const value = integer(text);
  return value === undefined || value < 0 ? undefined : value;
};

/** memory.limit_in_bytes and its kind. */
export const v1Limit = (text: string | undefined): number | undefined => {
  const value = limit(text);
  return value === undefined || value >= V1_UNLIMITED ? undefined : value;
};

/** memory.min, memory.low in bytes; undefined where nothing is protected. */
export const protectedBytes = (text: string | undefined): number | undefined => {
  if (text?.trim() === "max") return ALL_MEMORY;
  return limit(text) || undefined;
};

/** Cores of "50000 100000" (cpu.max); undefined for "max 100000". */
export const cpuMax = (text: string | undefined): number | undefined => {
  const [quota, period] = (text ?? "").trim().split(/\s+/);
  return ratio(limit(quota), limit(period) ?? 100_000);
};

/** Cores of cpu.cfs_quota_us and cpu.cfs_period_us; a quota of -1 is none. */
export const cfsQuota = (quota: string | undefined, period: string | undefined): number | undefined =>
  ratio(limit(quota), limit(period));

const ratio = (quota: number | undefined, period: number | undefined): number | undefined =>
  quota === undefined || period === undefined || period === 0 ? undefined : quota / period;

/** One number of a flat keyed file: `keyed("oom 0\noom_kill 2", "oom_kill")` is 2. */
export const keyed = (text: string | undefined, key: string): number | undefined => {
  if (text === undefined) return undefined;
  let from = 0;
  while (from <= text.length) {
    const end = text.indexOf("\n", from);
    const stop = end === -1 ? text.length : end;
    if (text.startsWith(key, from) && text[from + key.length] === " ") {
      return integer(text.slice(from + key.length + 1, stop));
    }
    from = stop + 1;
  }
  return undefined;
};

/** A PSI file: "some avg10=0.81 avg60=0.74 avg300=0.44 total=3026832" and "full …". */
export const pressure = (text: string | undefined): { some?: Psi; full?: Psi } | undefined => {
  if (!text) return undefined;
  // Most groups of a node are idle and say the same few texts.
  const hit = seen.get(text);
  if (hit) return hit;
  const found: { some?: Psi; full?: Psi } = {};
  for (const line of text.split("\n", 4)) {
    const match = /^(some|full) avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)$/.exec(line.trim());
    if (!match) continue;
    found[match[1] as "some" | "full"] = {
      avg10: Number(match[2]),
      avg60: Number(match[3]),
      avg300: Number(match[4]),
      totalUsec: Number(match[5]),
    };
  }
  if (!found.some && !found.full) return undefined;
  if (seen.size >= 4096) seen.clear();
  seen.set(text, found);
  return found;
};

const seen = new Map<string, { some?: Psi; full?: Psi }>();
