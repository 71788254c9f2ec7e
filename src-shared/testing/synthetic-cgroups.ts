/** Cgroup files as the kernel prints them, v1 and v2, for the synthetic node. */

export const NODE_MEMORY = 16 * 1024 ** 3;
export const HIERARCHIES_V1 = ["cpu,cpuacct", "memory", "pids"] as const;

export interface Limits {
  memoryMax?: number;
  cpuCores?: number;
  usage?: number;
  oomGroup?: boolean;
  /** Memory pressure, some avg10, percent. */
  pressure?: number;
}

const GIB = 1024 ** 3;
export const ROOTS_V2: Record<string, Limits> = {
  "/": {},
  "/init.scope": { usage: 12 * 1024 ** 2 },
  "/system.slice": { usage: 1.4 * GIB },
  "/system.slice/containerd.service": { usage: 0.5 * GIB },
  "/system.slice/kubelet.service": { usage: 0.3 * GIB },
  "/kubepods.slice": { memoryMax: 15 * GIB },
  "/kubepods.slice/kubepods-burstable.slice": {},
  "/kubepods.slice/kubepods-besteffort.slice": {},
};
export const ROOTS_V1: Record<string, Limits> = {
  "/": {},
  "/system.slice": { usage: 1.4 * GIB },
  "/kubepods": { memoryMax: 15 * GIB },
  "/kubepods/burstable": {},
  "/kubepods/besteffort": {},
};

/** v1 has no word for "none": memory.limit_in_bytes is the largest page-aligned number (memcontrol.c, PAGE_COUNTER_MAX). */
const V1_NONE = "9223372036854771712";

export function cgroupFiles(hierarchy: string, limits: Limits): Record<string, string> {
  const usage = String(Math.round(limits.usage ?? 0));
  const quota = limits.cpuCores === undefined ? undefined : Math.round(limits.cpuCores * 100_000);
  switch (hierarchy) {
    case "v2":
      return {
        "memory.current": usage,
        "memory.max": limits.memoryMax === undefined ? "max" : String(limits.memoryMax),
        "memory.high": "max",
        "memory.oom.group": limits.oomGroup ? "1" : "0",
        "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0",
        "memory.pressure": psi(limits.pressure ?? 0),
        "cpu.max": `${quota ?? "max"} 100000`,
        "cpu.weight": "100",
        "cpu.stat": "usage_usec 1000000\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0",
        "pids.current": "1",
        "pids.max": "max",
      };
    case "memory":
      return {
        "memory.usage_in_bytes": usage,
        "memory.limit_in_bytes": limits.memoryMax === undefined ? V1_NONE : String(limits.memoryMax),
        "memory.soft_limit_in_bytes": V1_NONE,
      };
    case "pids":
      return { "pids.current": "1", "pids.max": "max" };
    default:
      return {
        "cpu.shares": "1024",
        "cpu.cfs_quota_us": String(quota ?? -1),
        "cpu.cfs_period_us": "100000",
        "cpuacct.usage": "1000000000",
      };
  }
}

const psi = (avg10: number) =>
  `some avg10=${avg10.toFixed(2)} avg60=${(avg10 / 2).toFixed(2)} avg300=0.00 total=${Math.round(avg10 * 1000)}\n` +
  `full avg10=${(avg10 / 3).toFixed(2)} avg60=0.00 avg300=0.00 total=${Math.round(avg10 * 300)}`;
