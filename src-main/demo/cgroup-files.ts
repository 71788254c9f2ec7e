/** Writes the demo's groups as the kernel shows them: one tree of files on v2, the same paths in each hierarchy on v1. */
import type { CgroupMode } from "../../src-shared/model.ts";
import { compareText } from "../../src-shared/order.ts";
import type { RawCgroup } from "../../src-shared/reading.ts";
import { type Group, parentOf } from "./cgroups.ts";
import type { Kernel } from "./kernel.ts";

/** v1 hierarchies as the second field of /proc/PID/cgroup names them. */
export const V1_HIERARCHIES = [
  "cpu,cpuacct",
  "cpuset",
  "devices",
  "freezer",
  "memory",
  "pids",
  "name=systemd",
] as const;
const UNLIMITED_V1 = "9223372036854771712";

interface Sum {
  bytes: number;
  cache: number;
  pids: number;
  /** Where a child waits its parents wait (kernel/sched/psi.c counts a task in each group above it). */
  waits: Group["pressure"];
}

/** All groups with their files, sorted by hierarchy and path. */
export function cgroupFiles(kernel: Kernel, mode: CgroupMode): RawCgroup[] {
  const sums = sumUp(kernel);
  const groups = [...kernel.cgroups.groups.values()].sort((a, b) => compareText(a.path, b.path));
  const raw: RawCgroup[] = [];
  const none: Sum = { bytes: 0, cache: 0, pids: 0, waits: { cpu: 0, memory: 0, io: 0 } };
  if (mode !== "v1")
    for (const group of groups)
      raw.push({
        hierarchy: "v2",
        path: group.path,
        files: mode === "v2" ? v2Files(group, sums.get(group.path) ?? none) : { "cgroup.controllers": "" },
      });
  if (mode !== "v2")
    for (const hierarchy of V1_HIERARCHIES)
      for (const group of groups)
        raw.push({ hierarchy, path: group.path, files: v1Files(hierarchy, group, sums.get(group.path) ?? none) });
  return raw;
}

function sumUp(kernel: Kernel): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const group of kernel.cgroups.groups.values())
    sums.set(group.path, { bytes: group.cacheBytes, cache: group.cacheBytes, pids: 0, waits: { ...group.pressure } });
  for (const task of kernel.tasks.values()) {
    const sum = sums.get(task.cgroup);
    if (!sum) continue;
    sum.bytes += task.rssBytes;
    // A zombie is charged to pids until it is waited for.
    sum.pids += 1;
  }
  const deepestFirst = [...sums.keys()].sort((a, b) => b.split("/").length - a.split("/").length);
  for (const path of deepestFirst) {
    const parent = parentOf(path);
    const sum = sums.get(path);
    const up = parent === undefined || path === "/" ? undefined : sums.get(parent);
    if (!sum || !up) continue;
    up.bytes += sum.bytes;
    up.cache += sum.cache;
    up.pids += sum.pids;
    for (const what of ["cpu", "memory", "io"] as const) up.waits[what] = Math.max(up.waits[what], sum.waits[what]);
  }
  for (const group of kernel.cgroups.groups.values())
    group.peakBytes = Math.max(group.peakBytes, sums.get(group.path)?.bytes ?? 0);
  return sums;
}

/** `full`: how much of it everybody waited at once. */
const pressure = (percent: number, full: number, usec: number): string => {
  const line = (share: number) =>
    `avg10=${share.toFixed(2)} avg60=${(share * 0.7).toFixed(2)} avg300=${(share * 0.3).toFixed(2)}`;
  return `some ${line(percent)} total=${usec}\nfull ${line(full)} total=${Math.round(usec * (percent > 0 ? full / percent : 0))}`;
};

const orMax = (value: number | undefined): string => (value === undefined ? "max" : String(value));

function memoryStat(sum: Sum): string {
  const anon = sum.bytes - sum.cache;
  const inactive = Math.floor((sum.cache * 0.6) / 4096) * 4096;
  return [
    `anon ${anon}`,
    `file ${sum.cache}`,
    "kernel 0",
    "shmem 0",
    "inactive_anon 0",
    `active_anon ${anon}`,
    `inactive_file ${inactive}`,
    `active_file ${sum.cache - inactive}`,
    "unevictable 0",
  ].join("\n");
}

const CONTROLLERS = ["cpuset", "cpu", "io", "memory", "hugetlb", "pids"];

function v2Files(group: Group, sum: Sum): Record<string, string> {
  const { limits, events, local } = group;
  const all = CONTROLLERS.filter((name) => name !== group.withheld).join(" ");
  // Above the group that waits others go on: only "some" of what is below waits.
  const stalls = (what: keyof Sum["waits"], usec: number) =>
    pressure(sum.waits[what], group.pressure[what] * 0.6, usec);
  const common: Record<string, string> = {
    "cgroup.controllers": all,
    "cpu.stat":
      `usage_usec ${group.cpuUsec}\nuser_usec ${Math.round(group.cpuUsec * 0.7)}\nsystem_usec ${Math.round(group.cpuUsec * 0.3)}\n` +
      `nr_periods ${group.nrPeriods}\nnr_throttled ${group.nrThrottled}\nthrottled_usec ${group.throttledUsec}`,
    "cpu.pressure": stalls("cpu", group.throttledUsec),
    "memory.pressure": stalls("memory", Math.round(sum.waits.memory * 12_000)),
    "io.pressure": stalls("io", Math.round(sum.waits.io * 12_000)),
    "memory.stat": memoryStat(sum),
  };
  // The root has no limits and no events of its own (cgroup-v2.rst).
  if (group.path === "/") return common;
  const count = (e: typeof events) =>
    `low 0\nhigh ${e.high}\nmax ${e.max}\noom ${e.oom}\noom_kill ${e.oomKill}\noom_group_kill 0`;
  const files: Record<string, string> = {
    ...common,
    ...(group.invalid ? { "cgroup.type": "domain invalid" } : {}),
    "cgroup.events": `populated ${sum.pids > 0 ? 1 : 0}\nfrozen ${group.frozen ? 1 : 0}`,
    "cpu.max": `${orMax(limits.cpuQuota)} ${limits.cpuPeriod ?? 100_000}`,
    "cpu.weight": String(limits.cpuWeight ?? weightOf(limits.cpuShares ?? 1024)),
    "memory.current": String(sum.bytes),
    "memory.peak": String(group.peakBytes),
    "memory.max": orMax(limits.memoryMax),
    "memory.high": orMax(limits.memoryHigh),
    "memory.min": String(limits.memoryMin ?? 0),
    "memory.low": String(limits.memoryLow ?? 0),
    "memory.events": count(events),
    "memory.events.local": count(local),
    "memory.oom.group": limits.oomGroup ? "1" : "0",
    "memory.swap.current": "0",
    "memory.swap.max": limits.memoryMax === undefined ? "max" : "0",
    "pids.current": String(sum.pids),
    "pids.max": orMax(limits.pidsMax),
  };
  // Without the controller its files are not there; pressure is not a controller's.
  for (const name of Object.keys(files))
    if (group.withheld && name.startsWith(`${group.withheld}.`) && !name.endsWith(".pressure")) delete files[name];
  return files;
}

function v1Files(hierarchy: (typeof V1_HIERARCHIES)[number], group: Group, sum: Sum): Record<string, string> {
  const { limits, local } = group;
  const root = group.path === "/";
  if (hierarchy === "cpu,cpuacct")
    return {
      "cpu.shares": String(limits.cpuShares ?? 1024),
      "cpu.cfs_quota_us": String(limits.cpuQuota ?? -1),
      "cpu.cfs_period_us": String(limits.cpuPeriod ?? 100_000),
      "cpu.stat": `nr_periods ${group.nrPeriods}\nnr_throttled ${group.nrThrottled}\nthrottled_time ${group.throttledUsec * 1000}`,
      "cpuacct.usage": String(group.cpuUsec * 1000),
    };
  if (hierarchy === "memory")
    return {
      "memory.usage_in_bytes": String(sum.bytes),
      "memory.max_usage_in_bytes": String(group.peakBytes),
      "memory.limit_in_bytes": limits.memoryMax === undefined ? UNLIMITED_V1 : String(limits.memoryMax),
      "memory.soft_limit_in_bytes": UNLIMITED_V1,
      "memory.failcnt": String(local.max),
      "memory.oom_control": `oom_kill_disable 0\nunder_oom 0\noom_kill ${local.oomKill}`,
      "memory.stat": memoryStat(sum).replace(/^anon .*\nfile/, `rss ${sum.bytes - sum.cache}\ncache`),
    };
  if (hierarchy === "pids") return root ? {} : { "pids.current": String(sum.pids), "pids.max": orMax(limits.pidsMax) };
  if (hierarchy === "freezer") return root ? {} : { "freezer.state": group.frozen ? "FROZEN" : "THAWED" };
  if (hierarchy === "cpuset") return { "cpuset.cpus": "0-3" };
  return {};
}

/** cpu.shares to cpu.weight as runc since 1.3.2 and crun since 1.23 compute it (opencontainers/cgroups utils.go). */
function weightOf(shares: number): number {
  if (shares <= 2) return 1;
  if (shares >= 262_144) return 10_000;
  const l = Math.log2(shares);
  return Math.ceil(10 ** ((l * l + 125 * l) / 612 - 7 / 34));
}
