/** Processes of a reading as the snapshot shows them. */
import { type CgroupMode, NAMESPACE_TYPES, type Process } from "../model.ts";
import type { RawProcess } from "../reading.ts";

export function toProcess(raw: RawProcess): Process {
  const process: Process = {
    pid: raw.pid,
    ppid: raw.ppid,
    startTicks: raw.startTicks,
    state: raw.state,
    uid: raw.uid,
    comm: raw.comm,
    cmdline: raw.cmdline,
    rssBytes: raw.smaps?.rss ?? raw.rssBytes,
    oomScoreAdj: raw.oomScoreAdj,
    namespaces: {},
    cgroup: {},
  };
  for (const type of NAMESPACE_TYPES) {
    const inode = raw.ns[type];
    if (inode !== undefined) process.namespaces[type] = inode;
  }
  for (const [hierarchy, path] of Object.entries(raw.cgroup)) {
    if (hierarchy === "") process.cgroup.v2 = path;
    else {
      process.cgroup.v1 ??= {};
      process.cgroup.v1[hierarchy] = path;
    }
  }
  if (raw.nsPids) process.nsPids = raw.nsPids;
  if (raw.smaps) {
    process.pssBytes = raw.smaps.pss;
    process.privateBytes = raw.smaps.private;
  }
  const swap = raw.smaps?.swap ?? raw.swapBytes;
  if (swap !== undefined) process.swapBytes = swap;
  if (raw.pageTableBytes !== undefined) process.pageTableBytes = raw.pageTableBytes;
  if (raw.oomScore !== undefined) process.oomScore = raw.oomScore;
  return process;
}

/** A zombie has ended: it holds a pid and nothing else (proc_pid_stat(5), states Z and X). */
export const isLive = (process: Process | undefined): process is Process =>
  process !== undefined && process.state !== "Z" && process.state !== "X" && process.state !== "x";

/** v2 where it alone is mounted on /sys/fs/cgroup; hybrid where both kinds are (systemd's CGROUP_DELEGATION.md). */
export function cgroupModeOf(mounts: readonly { hierarchy: string }[]): CgroupMode {
  const v2 = mounts.some((mount) => mount.hierarchy === "v2");
  const v1 = mounts.some((mount) => mount.hierarchy !== "v2");
  return v1 ? (v2 ? "hybrid" : "v1") : "v2";
}

/** v1 hierarchies in the order in which they are asked where a container lives: devices stops at the pod's slice. */
const V1_ORDER = ["memory", "pids", "cpu,cpuacct", "cpu", "freezer", "name=systemd"];

/** The path that places a process: v2's on a v2 node, else memory's; with the others behind it for v1 nodes. */
export function cgroupPaths(process: Process, mode: CgroupMode): string[] {
  const { v1, v2 } = process.cgroup;
  if (mode === "v2" || !v1) return v2 === undefined ? [] : [v2];
  const paths: string[] = [];
  for (const hierarchy of V1_ORDER) {
    const path = v1[hierarchy];
    if (path !== undefined) paths.push(path);
  }
  if (paths.length === 0) paths.push(...Object.values(v1));
  if (v2 !== undefined) paths.push(v2);
  return paths;
}
