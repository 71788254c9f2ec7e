/** The demo node's control groups: one tree of limits and counters, whatever the version that cgroup-files.ts writes it as. */
import type { Task } from "./task.ts";

export interface Limits {
  /** Bytes. */
  memoryMax?: number;
  memoryHigh?: number;
  memoryMin?: number;
  memoryLow?: number;
  oomGroup?: boolean;
  /** Microseconds of CPU per period. */
  cpuQuota?: number;
  cpuPeriod?: number;
  /** As the OCI runtime is asked; v2's weight is computed from it. */
  cpuShares?: number;
  /** Set by hand, past the formula. */
  cpuWeight?: number;
  pidsMax?: number;
}

export interface Group {
  path: string;
  limits: Limits;
  /** File cache: charged to the group, given back under pressure. Bytes. */
  cacheBytes: number;
  /** Used by the group itself and by all below. Microseconds. */
  cpuUsec: number;
  throttledUsec: number;
  nrPeriods: number;
  nrThrottled: number;
  /** memory.events, of the group and all below, and of the group alone. */
  events: Events;
  local: Events;
  /** Share of the last ten seconds in percent: cpu, memory, io. */
  pressure: { cpu: number; memory: number; io: number };
  peakBytes: number;
  frozen?: boolean;
  /** A controller that its parent does not hand down (v2: not in the parent's cgroup.subtree_control). */
  withheld?: string;
  /** cgroup.type is "domain invalid": made below a threaded group (v2). */
  invalid?: boolean;
}

export interface Events {
  high: number;
  max: number;
  oom: number;
  oomKill: number;
}

const noEvents = (): Events => ({ high: 0, max: 0, oom: 0, oomKill: 0 });

export class CgroupTree {
  readonly groups = new Map<string, Group>();

  constructor() {
    this.make("/");
  }

  /** mkdir -p, with limits for the last one. */
  make(path: string, limits: Limits = {}): Group {
    const parent = parentOf(path);
    if (parent !== undefined && !this.groups.has(parent)) this.make(parent);
    const group = this.groups.get(path);
    if (group) {
      Object.assign(group.limits, limits);
      return group;
    }
    const made: Group = {
      path,
      limits: { ...limits },
      cacheBytes: 0,
      cpuUsec: 0,
      throttledUsec: 0,
      nrPeriods: 0,
      nrThrottled: 0,
      events: noEvents(),
      local: noEvents(),
      pressure: { cpu: 0, memory: 0, io: 0 },
      peakBytes: 0,
    };
    this.groups.set(path, made);
    return made;
  }

  need(path: string): Group {
    return this.groups.get(path) ?? this.make(path);
  }

  /** rmdir, the empty ones below it as well. */
  remove(path: string): void {
    for (const group of this.below(path)) this.groups.delete(group.path);
  }

  isBelow(path: string, ancestor: string): boolean {
    return ancestor === "/" || path === ancestor || path.startsWith(`${ancestor}/`);
  }

  below(path: string): Group[] {
    return [...this.groups.values()].filter((group) => this.isBelow(group.path, path));
  }

  /** Itself and all above, nearest first. */
  ancestors(path: string): Group[] {
    const up: Group[] = [];
    for (let at: string | undefined = path; at !== undefined; at = parentOf(at)) {
      const group = this.groups.get(at);
      if (group) up.push(group);
    }
    return up;
  }

  /** memory.events counts upwards; memory.events.local does not (cgroup-v2.rst). */
  count(path: string, event: keyof Events): void {
    const own = this.groups.get(path);
    if (own) own.local[event] += 1;
    for (const group of this.ancestors(path)) group.events[event] += 1;
  }

  /** Spends milliseconds: each process what it wants, each group at most its quota. */
  spend(tasks: Iterable<Task>, ms: number): void {
    const wants = new Map<string, number>();
    for (const task of tasks) if (task.cores > 0) wants.set(task.cgroup, (wants.get(task.cgroup) ?? 0) + task.cores);
    const deepestFirst = [...this.groups.values()].sort((a, b) => depth(b.path) - depth(a.path));
    for (const group of deepestFirst) {
      const wanted = wants.get(group.path) ?? 0;
      const { cpuQuota, cpuPeriod = 100_000 } = group.limits;
      const most = cpuQuota === undefined ? Number.POSITIVE_INFINITY : cpuQuota / cpuPeriod;
      const got = Math.min(wanted, most);
      group.cpuUsec += Math.round(got * ms * 1000);
      if (cpuQuota !== undefined && wanted > 0) {
        const periods = Math.max(0, Math.round((ms * 1000) / cpuPeriod));
        group.nrPeriods += periods;
        if (wanted > got) {
          group.nrThrottled += periods;
          group.throttledUsec += Math.round((wanted - got) * ms * 1000);
        }
      }
      group.pressure.cpu =
        wanted > got && wanted > 0 ? Math.min(99, (100 * (wanted - got)) / wanted) : group.pressure.cpu * 0.8;
      const parent = parentOf(group.path);
      if (parent !== undefined && got > 0) wants.set(parent, (wants.get(parent) ?? 0) + got);
    }
  }
}

export function parentOf(path: string): string | undefined {
  if (path === "/") return undefined;
  const cut = path.lastIndexOf("/");
  return cut === 0 ? "/" : path.slice(0, cut);
}

const depth = (path: string): number => (path === "/" ? 0 : path.split("/").length - 1);
