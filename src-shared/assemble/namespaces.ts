/** Every namespace of a reading, with all that holds it. */
import { NAMESPACE_TYPES, type Namespace, type NamespaceInodes, type NamespaceType } from "../model.ts";
import { normalPath } from "../namespace-paths.ts";
import { compareText } from "../order.ts";
import type { RawProcess, Reading } from "../reading.ts";
import { holdersOf } from "./listeners.ts";
import { networkFacts } from "./network.ts";
import type { Shared } from "./processes.ts";
import { wiresOf, withInterfaces } from "./wires.ts";

const ROOT = /^(cgroup|ipc|mnt|net|pid|time|user|uts):\[(\d+)\]$/;

export interface Namespaces {
  list: Namespace[];
  /** How many the kernel lists that nothing else in the reading names. */
  unheld: number;
  get(type: NamespaceType, inode: number): Namespace | undefined;
  /** Inode of the namespace that is mounted on a path; in pid 1's mount namespace first, where runtimes make their pins. */
  pinned(path: string): { type: NamespaceType; inode: number } | undefined;
}

const NETWORKS_PER_STEP = 300;
const SETS_PER_STEP = 1000;
/** Each mount namespace has a copy of each pin: 500 of each are a quarter of a million. */
const PINS_PER_STEP = 5000;

/** @param spaces sets of namespaces, each with its processes
 * @param initial inodes of the node's own namespaces */
export function* collectNamespaces(
  reading: Reading,
  spaces: readonly Shared<NamespaceInodes>[],
  initial: NamespaceInodes,
): Generator<undefined, Namespaces> {
  const byType = Object.fromEntries(NAMESPACE_TYPES.map((type) => [type, new Map<number, Namespace>()])) as Record<
    NamespaceType,
    Map<number, Namespace>
  >;
  const mixed = new Set<Namespace>();
  const at = (type: NamespaceType, inode: number): Namespace => {
    const known = byType[type].get(inode);
    if (known) return known;
    const made: Namespace = {
      type,
      inode,
      initial: initial[type] === inode,
      pids: [],
      pins: [],
      fds: [],
      threads: [],
      forChildren: [],
    };
    byType[type].set(inode, made);
    return made;
  };

  let sets = 0;
  for (const { shown: inodes, pids } of spaces) {
    for (const type of NAMESPACE_TYPES) {
      const inode = inodes[type];
      if (inode === undefined) continue;
      const namespace = at(type, inode);
      if (namespace.pids.length === 0) namespace.pids = pids.slice();
      else mixed.add(appended(namespace, pids));
    }
    if (++sets % SETS_PER_STEP === 0) yield;
  }
  for (const namespace of mixed) namespace.pids.sort((a, b) => a - b);
  yield;
  for (const process of reading.processes) addForChildren(process, at);
  const paths = new Map<string, { type: NamespaceType; inode: number }>();
  let lines = 0;
  for (const { mountNamespace, mounts } of reading.mounts) {
    for (const mount of mounts) {
      if (++lines % PINS_PER_STEP === 0) yield;
      if (mount.fstype !== "nsfs") continue;
      const root = ROOT.exec(mount.root);
      if (!root) continue;
      const type = root[1] as NamespaceType;
      const inode = Number(root[2]);
      at(type, inode).pins.push({ path: mount.mountPoint, mountNamespace });
      // mountinfo lists a stack of mounts from the bottom up: the last one is what a path leads to.
      if (mountNamespace === initial.mnt || !paths.has(mount.mountPoint)) paths.set(mount.mountPoint, { type, inode });
    }
  }
  for (const { pid, fd, type, inode } of reading.fds) at(type, inode).fds.push({ pid, fd });
  for (const { pid, fd, inode } of reading.sockets ?? []) {
    const namespace = at("net", inode);
    namespace.sockets ??= [];
    namespace.sockets.push({ pid, fd });
  }
  for (const { pid, tid, type, inode } of reading.threads) at(type, inode).threads.push({ pid, tid });
  for (const { type, inode, owner, parent, ownerUid } of reading.relations) {
    const namespace = at(type, inode);
    if (ownerUid !== undefined) namespace.ownerUid = ownerUid;
    if (owner !== undefined) namespace.owner = owner;
    if (parent !== undefined) namespace.parent = parent;
  }
  yield;
  let parsed = 0;
  const wires = wiresOf(reading);
  const named = holdersOf(reading);
  for (const { inode, files } of reading.net) {
    const space = at("net", inode);
    space.network = named(networkFacts(files));
    const more = wires.get(inode);
    if (more) {
      const addresses = withInterfaces(space.network.addresses, more.routes);
      space.network = { ...space.network, ...more, addresses };
    }
    if (++parsed % NETWORKS_PER_STEP === 0) yield;
  }
  for (const { type, inode, values } of reading.sysctls) {
    if (inode === 0) continue;
    const namespace = at(type, inode);
    namespace.sysctls = { ...namespace.sysctls, ...values };
  }

  // A user namespace lives as long as what it owns does.
  const owners = new Set(reading.relations.map(({ owner }) => owner));
  let unheld = 0;
  for (const { type, inode, id } of reading.listed ?? []) {
    if (!byType[type].has(inode) && !(type === "user" && owners.has(inode))) unheld++;
    at(type, inode).kernelId = id;
  }

  yield;
  const list = NAMESPACE_TYPES.flatMap((type) => [...byType[type].values()]);
  let pins = 0;
  for (const namespace of list) {
    tidy(namespace);
    pins += namespace.pins.length;
    if (pins < PINS_PER_STEP) continue;
    pins = 0;
    yield;
  }
  list.sort((a, b) => a.inode - b.inode || compareText(a.type, b.type));
  return {
    list,
    unheld,
    get: (type, inode) => byType[type].get(inode),
    pinned: (path) => paths.get(normalPath(path)),
  };
}

function appended(namespace: Namespace, pids: readonly number[]): Namespace {
  for (const pid of pids) namespace.pids.push(pid);
  return namespace;
}

function addForChildren(process: RawProcess, at: (type: NamespaceType, inode: number) => Namespace): void {
  const pid = process.ns.pid_for_children;
  if (pid !== undefined && pid !== process.ns.pid) at("pid", pid).forChildren.push(process.pid);
  const time = process.ns.time_for_children;
  if (time !== undefined && time !== process.ns.time) at("time", time).forChildren.push(process.pid);
}

/** Sorts, and drops the same pin seen twice (a mount namespace may be read through two of its members). */
function tidy(namespace: Namespace): void {
  // In order first: as a key of its own each of them would be a text, 80,000 of them with 200 pods, at each tick.
  namespace.pins.sort((a, b) => compareText(a.path, b.path) || a.mountNamespace - b.mountNamespace);
  namespace.pins = namespace.pins.filter(({ path, mountNamespace }, at, pins) => {
    const before = pins[at - 1];
    return before === undefined || before.path !== path || before.mountNamespace !== mountNamespace;
  });
  namespace.fds.sort((a, b) => a.pid - b.pid || a.fd - b.fd);
  namespace.sockets?.sort((a, b) => a.pid - b.pid || a.fd - b.fd);
  namespace.threads.sort((a, b) => a.pid - b.pid || a.tid - b.tid);
  namespace.forChildren.sort((a, b) => a - b);
}

/** Open files and sockets that hold a namespace: each goes when it is closed, or its process ends. */
export const openFiles = ({ fds, sockets }: Namespace): readonly { pid: number; fd: number }[] =>
  sockets === undefined ? fds : [...fds, ...sockets];
