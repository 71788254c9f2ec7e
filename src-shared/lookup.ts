/** The indexes of a snapshot, made once for each: questions are asked per pod, and a scan per question would be quadratic. */

import { openFiles } from "./assemble/namespaces.ts";
import { isLive } from "./liveness.ts";
import type { Container, Namespace, NamespaceType, Pod, Process, Snapshot } from "./model.ts";

export interface Lookup {
  process(pid: number): Process | undefined;
  namespace(type: NamespaceType, inode: number): Namespace | undefined;
  container(id: string): Container | undefined;
  pod(key: string): Pod | undefined;
  containerOfPid(pid: number): Container | undefined;
  /** Of a pod, its sandbox's too, in the snapshot's order. */
  containersOf(podKey: string): readonly Container[];
  /** The sandbox's container, where the snapshot has one. */
  sandboxOf(pod: Pod): Container | undefined;
  /** A live process of no known group is in the pod's namespaces: it may be a container of the pod of which nothing was read. */
  mayHaveMore(pod: Pod): boolean;
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

/** Each index is made when it is first asked for: many ask for one of them only, of a snapshot that is large. */
function makeLookup(snapshot: Snapshot): Lookup {
  const processes = lazy(() => indexed(snapshot.processes, ({ pid }) => pid));
  const namespaces = lazy(() => {
    const types = grouped(snapshot.namespaces, ({ type }) => [type]);
    return new Map([...types].map(([type, all]) => [type, indexed(all, ({ inode }) => inode)]));
  });
  const containers = lazy(() => indexed(snapshot.containers, ({ id }) => id));
  const pods = lazy(() => indexed(snapshot.pods, ({ key }) => key));
  const containerByPid = lazy(() => {
    const found = new Map<number, Container>();
    for (const container of snapshot.containers) for (const pid of container.pids) found.set(pid, container);
    return found;
  });
  const byPod = lazy(() => grouped(snapshot.containers, ({ podKey }) => (podKey === undefined ? [] : [podKey])));
  const groupless = lazy(() =>
    snapshot.processes.filter(
      (process) => isLive(process) && process.cgroup.v1 === undefined && process.cgroup.v2 === undefined,
    ),
  );
  const inits = lazy(() => initsOf(snapshot));
  const below = lazy(() =>
    grouped(snapshot.namespaces, ({ type, initial, inode, parent }) => {
      if (type !== "pid" || initial) return [];
      // Where the node could not tell the parent, it is the namespace of init's own parent: clone(2) CLONE_NEWPID.
      const above = parent ?? processes().get(inits().get(inode)?.ppid ?? -1)?.namespaces.pid;
      return above === undefined || above === inode ? [] : [above];
    }),
  );
  const owned = lazy(() => grouped(snapshot.namespaces, ({ owner }) => (owner === undefined ? [] : [owner])));
  const beside = lazy(() =>
    grouped(snapshot.namespaces, (namespace) => [
      ...openFiles(namespace).map(({ pid }) => pid),
      ...namespace.threads.map(({ pid }) => pid),
      ...namespace.forChildren,
    ]),
  );
  const pinned = lazy(() => grouped(snapshot.namespaces, ({ pins }) => pins.map(({ path }) => path)));
  return {
    process: (pid) => processes().get(pid),
    namespace: (type, inode) => namespaces().get(type)?.get(inode),
    container: (id) => containers().get(id),
    pod: (key) => pods().get(key),
    containerOfPid: (pid) => containerByPid().get(pid),
    containersOf: (podKey) => byPod().get(podKey) ?? [],
    sandboxOf: (pod) =>
      byPod()
        .get(pod.key)
        ?.findLast(({ kind }) => kind === "sandbox"),
    mayHaveMore: ({ namespaces: own }) =>
      groupless().some((process) =>
        (Object.keys(own) as NamespaceType[]).some((type) => process.namespaces[type] === own[type]),
      ),
    initOf: (inode) => inits().get(inode),
    below: (inode) =>
      below()
        .get(inode)
        ?.map((namespace) => namespace.inode) ?? [],
    ownedBy: (inode) => owned().get(inode) ?? [],
    heldBeside: (pid) => beside().get(pid) ?? [],
    pinnedAt: (path) => pinned().get(path) ?? [],
  };
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
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

function indexed<K, V>(items: readonly V[], keyOf: (item: V) => K): Map<K, V> {
  const found = new Map<K, V>();
  for (const item of items) found.set(keyOf(item), item);
  return found;
}

/** Items by each of their keys, in their order. */
function grouped<K, V>(items: readonly V[], keysOf: (item: V) => readonly K[]): Map<K, V[]> {
  const found = new Map<K, V[]>();
  for (const item of items)
    for (const key of keysOf(item)) {
      const known = found.get(key);
      if (known) known.push(item);
      else found.set(key, [item]);
    }
  return found;
}
