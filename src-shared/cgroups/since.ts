/**
 * What happened in each cgroup between two readings: kills by the OOM killer, throttling, cpu used. Counters belong to
 * a cgroup's life: where one is lower than before, the cgroup was made anew and its count starts there.
 */
import type { CgroupReport } from "../reports.ts";

export interface Since {
  path: string;
  elapsedMs: number;
  oomKills: number;
  throttledUsec: number;
  /** Cores used on average, e.g. 0.25; undefined where it was not read twice. */
  cpuCores?: number;
  memoryChangeBytes?: number;
}

/** In the order of `now`; cgroups that were not there before are left out. `elapsedMs` is by the node's clock, above 0. */
export const sinceLast = (now: CgroupReport[], before: Map<string, CgroupReport>, elapsedMs: number): Since[] =>
  now.flatMap((one) => {
    const last = before.get(one.path);
    if (!last || !(elapsedMs > 0)) return [];
    const used = grown(one.usage.cpuUsec, last.usage.cpuUsec);
    const memory = one.usage.memoryBytes;
    const memoryBefore = last.usage.memoryBytes;
    return [
      {
        path: one.path,
        elapsedMs,
        oomKills: grown(one.events?.oomKill, last.events?.oomKill) ?? 0,
        throttledUsec: grown(one.events?.throttledUsec, last.events?.throttledUsec) ?? 0,
        ...(used === undefined ? {} : { cpuCores: used / (elapsedMs * 1000) }),
        ...(memory === undefined || memoryBefore === undefined ? {} : { memoryChangeBytes: memory - memoryBefore }),
      },
    ];
  });

const grown = (now: number | undefined, before: number | undefined): number | undefined => {
  if (now === undefined || before === undefined) return undefined;
  return now >= before ? now - before : now;
};
