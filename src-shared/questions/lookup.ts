/** Indexes over a snapshot, made once for each: questions are asked per pod, and a scan per question would be quadratic. */

import { openFiles } from "../assemble/namespaces.ts";
import {
  type Container,
  type Namespace,
  type NamespaceType,
  namespaceId,
  type Pod,
  type Process,
  type Snapshot,
} from "../model.ts";

export interface Lookup {
  process(pid: number): Process | undefined;
  namespace(type: NamespaceType, inode: number): Namespace | undefined;
  container(id: string): Container | undefined;
  pod(key: string): Pod | undefined;
  containerOfPid(pid: number): Container | undefined;
  /** The sandbox's container, where the snapshot has one. */
  sandboxOf(pod: Pod): Container | undefined;
  /** pid 1 of a PID namespace. */
  initOf(pidNamespace: number): Process | undefined;
  /** PID namespaces right below one. */
  below(pidNamespace: number): readonly number[];
  /** Namespaces that a user namespace owns, as far as the node could tell. */
  ownedBy(userNamespace: number): readonly Namespace[];
  /** Namespaces that a process holds without being in them: open files, threads, its next child's. */
  heldBeside(pid: number): readonly Namespace[];
  /** Namespaces that are mounted on a path, in any mount namespace. */
  pinnedAt(path: string): readonly Namespace[];
}

const lookups = new WeakMap<Snapshot, Lookup>();

export function lookup(snapshot: Snapshot): Lookup {
  const known = lookups.get(snapshot);
  if (known) return known;
  const made = makeLookup(snapshot);
  lookups.set(snapshot, made);
  return made;
}

function makeLookup(snapshot: Snapshot): Lookup {
  const processes = new Map(snapshot.processes.map((process) => [process.pid, process]));
  const namespaces = new Map(snapshot.namespaces.map((namespace) => [namespaceId(namespace), namespace]));
  const containers = new Map(snapshot.containers.map((container) => [container.id, container]));
  const pods = new Map(snapshot.pods.map((pod) => [pod.key, pod]));
  const containerByPid = new Map<number, Container>();
  const sandboxByPod = new Map<string, Container>();
  for (const container of snapshot.containers) {
    for (const pid of container.pids) containerByPid.set(pid, container);
    if (container.kind === "sandbox" && container.podKey) sandboxByPod.set(container.podKey, container);
  }
  const inits = initsOf(snapshot);
  const children = new Map<number, number[]>();
  const owned = new Map<number, Namespace[]>();
  const beside = new Map<number, Namespace[]>();
  const pinned = new Map<string, Namespace[]>();
  for (const namespace of snapshot.namespaces) {
    for (const { pid } of openFiles(namespace)) push(beside, pid, namespace);
    for (const { pid } of namespace.threads) push(beside, pid, namespace);
    for (const pid of namespace.forChildren) push(beside, pid, namespace);
    for (const { path } of namespace.pins) push(pinned, path, namespace);
    if (namespace.owner !== undefined) push(owned, namespace.owner, namespace);
    if (namespace.type !== "pid" || namespace.initial) continue;
    // Where the node could not tell the parent, it is the namespace of init's own parent: clone(2) CLONE_NEWPID.
    const parent = namespace.parent ?? processes.get(inits.get(namespace.inode)?.ppid ?? -1)?.namespaces.pid;
    if (parent !== undefined && parent !== namespace.inode) push(children, parent, namespace.inode);
  }
  return {
    process: (pid) => processes.get(pid),
    namespace: (type, inode) => namespaces.get(`${type}:${inode}`),
    container: (id) => containers.get(id),
    pod: (key) => pods.get(key),
    containerOfPid: (pid) => containerByPid.get(pid),
    sandboxOf: (pod) => sandboxByPod.get(pod.key),
    initOf: (inode) => inits.get(inode),
    below: (inode) => children.get(inode) ?? [],
    ownedBy: (inode) => owned.get(inode) ?? [],
    heldBeside: (pid) => beside.get(pid) ?? [],
    pinnedAt: (path) => pinned.get(path) ?? [],
  };
}

/** NSpid says who is pid 1 inside; where the kernel hides it, the oldest member is, for nobody can join before it. */
function initsOf(snapshot: Snapshot): Map<number, Process> {
  const inits = new Map<number, Process>();
  const certain = new Set<number>();
  for (const process of snapshot.processes) {
    const inode = process.namespaces.pid;
    if (inode === undefined || certain.has(inode)) continue;
    if (process.nsPids?.at(-1) === 1) {
      inits.set(inode, process);
      certain.add(inode);
    } else if (!process.nsPids) {
      const oldest = inits.get(inode);
      if (!oldest || process.startTicks < oldest.startTicks) inits.set(inode, process);
    }
  }
  return inits;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
