/** Processes of a reading as the snapshot shows them. */
import { type CgroupMode, NAMESPACE_TYPES, type Process } from "../model.ts";
import type { RawProcess } from "../reading.ts";

/**
 * The reader gives the same object for what did not change since the last reading (src-main/probe/state.ts), so the same
 * answer is given for it: a tick on a quiet node costs little, here and where snapshots are compared.
 */
const made = new WeakMap<RawProcess, Process>();
const madeNamespaces = new WeakMap<RawProcess["ns"], Process["namespaces"]>();
const madeCgroups = new WeakMap<RawProcess["cgroup"], Process["cgroup"]>();

export function toProcess(raw: RawProcess): Process {
  const known = made.get(raw);
  if (known) return known;
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
    namespaces: once(madeNamespaces, raw.ns, toNamespaces),
    cgroup: once(madeCgroups, raw.cgroup, toCgroup),
  };
  if (raw.nsPids) process.nsPids = raw.nsPids;
  if (raw.smaps) {
    process.pssBytes = raw.smaps.pss;
    process.privateBytes = raw.smaps.private;
  }
  const swap = raw.smaps?.swap ?? raw.swapBytes;
  if (swap !== undefined) process.swapBytes = swap;
  if (raw.pageTableBytes !== undefined) process.pageTableBytes = raw.pageTableBytes;
  if (raw.oomScore !== undefined) process.oomScore = raw.oomScore;
  if (raw.threads !== undefined) process.threads = raw.threads;
  if (raw.stuck) process.stuck = true;
  if (raw.security) process.security = raw.security;
  made.set(raw, process);
  return process;
}

function once<K extends object, V>(known: WeakMap<K, V>, key: K, make: (key: K) => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = make(key);
    known.set(key, value);
  }
  return value;
}

function toNamespaces(links: RawProcess["ns"]): Process["namespaces"] {
  const namespaces: Process["namespaces"] = {};
  for (const type of NAMESPACE_TYPES) {
    const inode = links[type];
    if (inode !== undefined) namespaces[type] = inode;
  }
  return namespaces;
}

function toCgroup(lines: RawProcess["cgroup"]): Process["cgroup"] {
  const cgroup: Process["cgroup"] = {};
  for (const [hierarchy, path] of Object.entries(lines)) {
    if (hierarchy === "") cgroup.v2 = path;
    else {
      cgroup.v1 ??= {};
      cgroup.v1[hierarchy] = path;
    }
  }
  return cgroup;
}

/** Pids by what they share, ascending where the processes are: many processes have one set of namespaces, one place. */
export function pidsBy<K extends object>(
  processes: readonly Process[],
  keyOf: (process: Process) => K,
): Map<K, number[]> {
  const groups = new Map<K, number[]>();
  for (const process of processes) {
    const key = keyOf(process);
    const pids = groups.get(key);
    if (pids) pids.push(process.pid);
    else groups.set(key, [process.pid]);
  }
  return groups;
}

/** v2 where it alone is mounted on /sys/fs/cgroup; hybrid where both kinds are (systemd's CGROUP_DELEGATION.md). */
export function cgroupModeOf(mounts: readonly { hierarchy: string }[]): CgroupMode {
  const v2 = mounts.some((mount) => mount.hierarchy === "v2");
  const v1 = mounts.some((mount) => mount.hierarchy !== "v2");
  return v1 ? (v2 ? "hybrid" : "v1") : "v2";
}

/** v1 hierarchies in the order in which they are asked where a container lives: devices stops at the pod's slice. */
const V1_ORDER = ["memory", "pids", "cpu,cpuacct", "cpu", "freezer", "name=systemd"];

/** The path that places a process: v2's on a v2 node, else memory's; with the others behind it for v1 nodes. */
export function cgroupPaths({ v1, v2 }: Process["cgroup"], mode: CgroupMode): string[] {
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
