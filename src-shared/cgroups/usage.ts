/**
 * Usage, weight, events, protection and pressure of one path, v1 and v2 in the same words and units.
 * The working set is usage less inactive_file: page cache that the kernel takes back first, so what remains is what
 * would have to fit (cAdvisor computes the kubelet's eviction signal so; v1 has the subtree's sum in total_inactive_file).
 */
import type { CgroupReport } from "../reports.ts";
import { type CgroupNode, fileOf, v2File } from "./tree.ts";
import { integer, keyed, limit, pressure, protectedBytes } from "./values.ts";

export const usageAt = (node: CgroupNode): CgroupReport["usage"] => {
  // v1's root adds up pages of the whole node without the kernel's own memory, which the groups below it count
  // (mm/memcontrol.c, mem_cgroup_usage): less than its children, so no sum of them. v2's root has no such file.
  const memoryBytes =
    node.path === "/"
      ? undefined
      : (limit(fileOf(node, "memory.usage_in_bytes")) ?? limit(v2File(node, "memory.current")));
  const stat = fileOf(node, "memory.stat");
  const inactive = keyed(stat, "total_inactive_file") ?? keyed(stat, "inactive_file");
  const nanoseconds = limit(fileOf(node, "cpuacct.usage"));
  return defined({
    memoryBytes,
    workingSetBytes:
      memoryBytes === undefined || inactive === undefined ? undefined : Math.max(0, memoryBytes - inactive),
    cpuUsec: nanoseconds === undefined ? keyed(v2File(node, "cpu.stat"), "usage_usec") : Math.floor(nanoseconds / 1000),
    pids: limit(fileOf(node, "pids.current")),
  });
};

/** The share of cpu time among siblings. The root has none. */
export const weightAt = (node: CgroupNode): CgroupReport["weight"] => {
  const weight = integer(v2File(node, "cpu.weight"));
  if (weight !== undefined) return { file: "cpu.weight", value: weight };
  const shares = integer(fileOf(node, "cpu.shares"));
  return shares === undefined ? undefined : { file: "cpu.shares", value: shares };
};

/**
 * What happened since the cgroup was made. v1 counts no "oom", its oom_kill is of this cgroup alone, and its throttled
 * time is in nanoseconds (cgroup-v1/memory.rst 10, scheduler/sched-bwc.rst).
 */
export const eventsAt = (node: CgroupNode): CgroupReport["events"] => {
  const events = v2File(node, "memory.events");
  const throttledNanoseconds = keyed(fileOf(node, "cpu.stat"), "throttled_time");
  return unlessEmpty({
    oom: keyed(events, "oom"),
    oomKill: keyed(fileOf(node, "memory.oom_control"), "oom_kill") ?? keyed(events, "oom_kill"),
    throttledUsec:
      throttledNanoseconds === undefined
        ? keyed(v2File(node, "cpu.stat"), "throttled_usec")
        : Math.floor(throttledNanoseconds / 1000),
  });
};

export const protectionAt = (node: CgroupNode): CgroupReport["protection"] => {
  return unlessEmpty({
    minBytes: protectedBytes(v2File(node, "memory.min")),
    lowBytes: protectedBytes(v2File(node, "memory.low")),
  });
};

/** PSI is v2's, and the v2 side of a hybrid node has it too. */
export const pressureAt = (node: CgroupNode): CgroupReport["pressure"] => {
  return unlessEmpty({
    cpu: pressure(v2File(node, "cpu.pressure")),
    memory: pressure(v2File(node, "memory.pressure")),
    io: pressure(v2File(node, "io.pressure")),
    irq: pressure(v2File(node, "irq.pressure")),
  });
};

/** A copy without the keys that are undefined, so that JSON and a person see only what is known. */
export const defined = <T extends object>(value: T): T => {
  // A copy and not delete: deleting makes V8 keep the object as a slow dictionary, and there are thousands.
  const copy = {} as T;
  for (const key in value) if (value[key] !== undefined) copy[key] = value[key];
  return copy;
};

const unlessEmpty = <T extends object>(value: T): T | undefined => {
  const kept = defined(value);
  for (const _ in kept) return kept;
  return undefined;
};
