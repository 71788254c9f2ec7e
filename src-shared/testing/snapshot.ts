/**
 * Small snapshots for tests: say only what matters, get a whole value. Nothing that ships imports this.
 */

import type { Cgroup, Container, Namespace, NamespaceType, Pod, Process, Snapshot } from "../model.ts";
import { SNAPSHOT_SCHEMA } from "../model.ts";
import { runtimeOfKey } from "../runtimes/names.ts";

export const GiB = 2 ** 30;
export const MiB = 2 ** 20;

/** The node's own namespaces: inodes below 100. */
const HOST: Record<NamespaceType, number> = {
  net: 1,
  ipc: 2,
  uts: 3,
  pid: 4,
  mnt: 5,
  cgroup: 6,
  user: 7,
  time: 8,
};

export const processOf = (pid: number, more: Partial<Process> = {}): Process => ({
  pid,
  ppid: 1,
  startTicks: 1000 + pid,
  state: "S",
  uid: 0,
  comm: `p${pid}`,
  cmdline: [`/bin/p${pid}`],
  rssBytes: MiB,
  oomScoreAdj: 0,
  cgroup: { v2: "/" },
  ...more,
  namespaces: { ...HOST, ...more.namespaces },
});

export const cgroupOf = (path: string, files: Record<string, string> = {}, more: Partial<Cgroup> = {}): Cgroup => ({
  path,
  hierarchy: "v2",
  pids: [],
  files,
  ...more,
});

export const containerOf = (id: string, more: Partial<Container> = {}): Container => ({
  id,
  name: id,
  runtime: "containerd",
  kind: "app",
  pid: null,
  pids: [],
  cgroupPath: "",
  ...more,
});

export const podOf = (key: string, more: Partial<Pod> = {}): Pod => ({
  key,
  name: key.slice(key.indexOf("/") + 1),
  runtime: runtimeOfKey(key) ?? "lab",
  sandbox: { state: "none", why: "" },
  containers: [],
  namespaces: {},
  host: [],
  ips: [],
  ...more,
});

export const namespaceOf = (type: NamespaceType, inode: number, more: Partial<Namespace> = {}): Namespace => ({
  type,
  inode,
  initial: inode < 100,
  pids: [],
  pins: [],
  fds: [],
  threads: [],
  forChildren: [],
  ...more,
});

/** A snapshot; namespaces of its processes are filled in unless given. */
export const snapshotOf = (
  more: Partial<Omit<Snapshot, "node">> & { node?: Partial<Snapshot["node"]> } = {},
): Snapshot => ({
  schema: SNAPSHOT_SCHEMA,
  takenAt: "2026-11-21T10:00:00.000Z",
  processes: [],
  cgroups: [],
  containers: [],
  pods: [],
  gaps: [],
  ...more,
  namespaces: mergeNamespaces(more.namespaces ?? [], more.processes ?? []),
  node: {
    hostname: "node-a",
    kernel: "6.1.0",
    os: "Debian GNU/Linux 12",
    bootId: "11111111-2222-3333-4444-555555555555",
    cgroupMode: "v2",
    cpus: 2,
    memoryBytes: 4 * GiB,
    pageSize: 4096,
    clockTicks: 100,
    privilege: "root",
    runtimes: [],
    ...more.node,
  },
});

const mergeNamespaces = (given: Namespace[], processes: Process[]): Namespace[] => {
  const all = new Map(given.map((one) => [`${one.type}:${one.inode}`, { ...one, pids: [...one.pids] }]));
  for (const process of processes) {
    for (const [type, inode] of Object.entries(process.namespaces) as [NamespaceType, number][]) {
      const id = `${type}:${inode}`;
      const found = all.get(id) ?? namespaceOf(type, inode);
      if (!found.pids.includes(process.pid)) found.pids.push(process.pid);
      all.set(id, found);
    }
  }
  return [...all.values()].sort((a, b) => a.inode - b.inode);
};
