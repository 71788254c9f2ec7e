/**
 * What the kernel would free or kill if some holders went: nothing is simulated but reference counts.
 * A namespace lives while a member, a bind mount, an open file, a socket, a thread, a process that will put its next child there,
 * or (user, pid) a namespace below it does: namespaces(7). pid 1 takes all of its PID namespace with it, and all below:
 * pid_namespaces(7), kernel/pid_namespace.c zap_pid_ns_processes.
 */

import { openFiles } from "../assemble/namespaces.ts";
import { type Lookup, lookup } from "../lookup.ts";
import type { Namespace, NamespaceType, Snapshot } from "../model.ts";

export interface Loss {
  pids?: readonly number[];
  /** Bind mounts that are unmounted, by path. */
  pins?: readonly string[];
  fds?: readonly { pid: number; fd: number }[];
}

/** Where a PID namespace ends, a process that did not show its own may end with it: does such a one alone hold this? */
export function isHeldByUnread(find: Lookup, after: Aftermath, namespace: Namespace): boolean {
  if (!after.freed.some(({ type }) => type === "pid") || after.freed.includes(namespace)) return false;
  if (namespace.pins.length > 0 || openFiles(namespace).length > 0 || namespace.threads.length > 0) return false;
  const on = namespace.pids.filter((pid) => !after.died.has(pid));
  return on.length > 0 && on.every((pid) => find.process(pid)?.namespaces.pid === undefined);
}

export interface Aftermath {
  /** Every process that ends, those that the loss names included. */
  died: Set<number>;
  /** Namespaces that the kernel frees; pid ones also where only their members are killed. */
  freed: Namespace[];
}

/** Every process that ends with these, themselves included, and the PID namespaces that end with them. */
export function deathsOf(snapshot: Snapshot, pids: readonly number[]) {
  const find = lookup(snapshot);
  const died = new Set<number>();
  const deadPidNamespaces = new Set<number>();
  const waiting = [...pids];
  const killNamespace = (inode: number): void => {
    if (deadPidNamespaces.has(inode)) return;
    deadPidNamespaces.add(inode);
    waiting.push(...(find.namespace("pid", inode)?.pids ?? []));
    for (const below of find.below(inode)) killNamespace(below);
  };
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (died.has(pid)) continue;
    died.add(pid);
    const inode = find.process(pid)?.namespaces.pid;
    if (inode === undefined || find.namespace("pid", inode)?.initial) continue;
    if (find.initOf(inode)?.pid === pid) killNamespace(inode);
  }
  return { died, deadPidNamespaces };
}

export function aftermath(snapshot: Snapshot, loss: Loss): Aftermath {
  const find = lookup(snapshot);
  const { died, deadPidNamespaces } = deathsOf(snapshot, loss.pids ?? []);
  const goneFds = new Set((loss.fds ?? []).map(({ pid, fd }) => `${pid}/${fd}`));
  const gonePins = new Set(loss.pins);
  const freed = new Map<Namespace, boolean>();
  const isFreed = (namespace: Namespace): boolean => {
    const known = freed.get(namespace);
    if (known !== undefined) return known;
    freed.set(namespace, false); // an owner chain has no loops, but a hostile reading may
    const free = !namespace.initial && !isHeld(namespace);
    freed.set(namespace, free);
    return free;
  };
  const isHeld = (namespace: Namespace): boolean => {
    if (namespace.type === "pid" && deadPidNamespaces.has(namespace.inode)) return false;
    if (namespace.pids.some((pid) => !died.has(pid))) return true;
    if (namespace.pins.some((pin) => !gonePins.has(pin.path))) return true;
    if (openFiles(namespace).some(({ pid, fd }) => !died.has(pid) && !goneFds.has(`${pid}/${fd}`))) return true;
    if (namespace.threads.some(({ pid }) => !died.has(pid))) return true;
    if (namespace.forChildren.some((pid) => !died.has(pid))) return true;
    return namespace.type === "user" && find.ownedBy(namespace.inode).some((owned) => !isFreed(owned));
  };
  // Only what the loss touches can be freed by it: a namespace that nothing holds now is none of its doing.
  const touched = new Set<Namespace>();
  const touch = (type: NamespaceType, inode: number | undefined) => {
    const namespace = inode === undefined ? undefined : find.namespace(type, inode);
    if (namespace) touched.add(namespace);
  };
  for (const pid of died) {
    for (const [type, inode] of Object.entries(find.process(pid)?.namespaces ?? {}))
      touch(type as NamespaceType, inode);
  }
  for (const pid of died) for (const namespace of find.heldBeside(pid)) touched.add(namespace);
  for (const { pid } of loss.fds ?? []) for (const namespace of find.heldBeside(pid)) touched.add(namespace);
  for (const path of gonePins) for (const namespace of find.pinnedAt(path)) touched.add(namespace);
  for (const namespace of [...touched]) {
    if (isFreed(namespace)) touch("user", namespace.owner);
  }
  return { died, freed: [...touched].filter(isFreed) };
}
