/** Processes of a reading as the snapshot shows them. */
import { type CgroupMode, NAMESPACE_TYPES, type Process } from "../model.ts";
import type { RawProcess } from "../reading.ts";

/** What processes share, as it is shown, and whose it is (pids ascending). */
export interface Shared<V> {
  shown: V;
  pids: number[];
}

interface Shown {
  /** Ascending by pid. */
  processes: Process[];
  spaces: readonly Shared<Process["namespaces"]>[];
  places: readonly Shared<Process["cgroup"]>[];
}

/**
 * The processes of one node's last reading, as read and as shown. The reader gives the same object for what did not change
 * since (src-main/probe/processes.ts), so the same answer is given for it: a tick on a quiet node costs little, here and
 * where snapshots are compared. No weak map, which each collection of memory goes through: with 8,000 processes that was
 * what grew.
 */
export class ProcessMemory {
  raw: readonly RawProcess[] = [];
  shown: readonly Process[] = [];

  clear(): void {
    this.raw = [];
    this.shown = [];
  }
}

const PROCESSES_PER_STEP = 2000;

/** All that is asked of each process alone, in one pass. */
export function* showProcesses(read: readonly RawProcess[], memory: ProcessMemory): Generator<undefined, Shown> {
  const raw = [...read].sort((a, b) => a.pid - b.pid);
  const processes: Process[] = [];
  const spaces = new Sharing(madeNamespaces, toNamespaces);
  const places = new Sharing(madeCgroups, toCgroup);
  let before = 0;
  for (const one of raw) {
    const namespaces = spaces.put(one.ns, one.pid);
    const cgroup = places.put(one.cgroup, one.pid);
    while (before < memory.raw.length && memory.raw[before]!.pid < one.pid) before++;
    const known = memory.raw[before] === one ? memory.shown[before] : undefined;
    if (processes.push(known ?? toProcess(one, namespaces, cgroup)) % PROCESSES_PER_STEP === 0) yield;
  }
  memory.raw = raw;
  memory.shown = processes;
  return { processes, spaces: [...spaces.known.values()], places: [...places.known.values()] };
}

/** Few beside the processes that share them, and the same in the next reading. */
const madeNamespaces = new WeakMap<RawProcess["ns"], Process["namespaces"]>();
const madeCgroups = new WeakMap<RawProcess["cgroup"], Process["cgroup"]>();

class Sharing<K extends object, V> {
  readonly known = new Map<K, Shared<V>>();
  #lastKey: K | undefined;
  #last: Shared<V> | undefined;
  readonly #made: WeakMap<K, V>;
  readonly #make: (key: K) => V;

  constructor(made: WeakMap<K, V>, make: (key: K) => V) {
    this.#made = made;
    this.#make = make;
  }

  /** What `key` is shown as. */
  put(key: K, pid: number): V {
    // Neighbours by pid are mostly of one container.
    if (this.#last === undefined || this.#lastKey !== key) {
      this.#last = this.#of(key);
      this.#lastKey = key;
    }
    this.#last.pids.push(pid);
    return this.#last.shown;
  }

  #of(key: K): Shared<V> {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const shown = this.#made.get(key) ?? this.#make(key);
    this.#made.set(key, shown);
    const shared = { shown, pids: [] };
    this.known.set(key, shared);
    return shared;
  }
}

function toProcess(raw: RawProcess, namespaces: Process["namespaces"], cgroup: Process["cgroup"]): Process {
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
    namespaces,
    cgroup,
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
  return process;
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
