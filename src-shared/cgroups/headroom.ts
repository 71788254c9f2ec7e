/**
 * How much memory may still be taken before a limit hits, level by level. The smallest limit is not always the first
 * to hit: a roomy container in a crowded pod meets the pod's limit. Measured against the working set, because page
 * cache is given back before anybody is killed; against usage where memory.stat was not read, and then said so.
 */
import type { CgroupReport } from "../reports.ts";
import { parentPath } from "./tree.ts";

export interface Headroom {
  path: string;
  name: string;
  limitBytes: number;
  usedBytes: number;
  /** "usage" counts page cache too, so the true headroom is larger. */
  measure: "working set" | "usage";
  /** May be negative for a moment: the kernel lets a charge pass while it reclaims. */
  leftBytes: number;
}

/** By path, made once for many questions. */
export const reportsByPath = (reports: CgroupReport[]): Map<string, CgroupReport> =>
  new Map(reports.map((one) => [one.path, one]));

/** The path itself and every ancestor that was read, nearest first. */
export const lineage = (byPath: ReadonlyMap<string, CgroupReport>, path: string): CgroupReport[] => {
  const line: CgroupReport[] = [];
  for (let at: string | undefined = path; at !== undefined; at = parentPath(at)) {
    const report = byPath.get(at);
    if (report) line.push(report);
  }
  return line;
};

/** Every level with a memory limit, the one with least left first; a tie goes to the nearest. */
export const headroom = (byPath: ReadonlyMap<string, CgroupReport>, path: string): Headroom[] =>
  lineage(byPath, path)
    .flatMap((one): Headroom[] => {
      const limitBytes = one.limits.memoryMaxBytes;
      const usedBytes = one.usage.workingSetBytes ?? one.usage.memoryBytes;
      if (limitBytes === undefined || usedBytes === undefined) return [];
      const measure = one.usage.workingSetBytes === undefined ? "usage" : "working set";
      return [{ path: one.path, name: one.name, limitBytes, usedBytes, measure, leftBytes: limitBytes - usedBytes }];
    })
    .sort((a, b) => a.leftBytes - b.leftBytes);
