/** One pod: its containers, and who holds each namespace that it shares. */

import { openFiles } from "../assemble/namespaces.ts";
import { type Lookup, lookup } from "../lookup.ts";
import { type Holder, NAMESPACE_TYPES, type Namespace, type Pod, type PodReport, type Snapshot } from "../model.ts";
import { aftermath } from "./aftermath.ts";

/** @throws Error where the snapshot has no pod of that key */
export function podReport(snapshot: Snapshot, key: string): PodReport {
  const find = lookup(snapshot);
  const pod = find.pod(key);
  if (!pod) throw new Error(`no pod ${key} in this snapshot: look for it with "podglass pods"`);
  const sandbox = find.sandboxOf(pod);
  const containers = [...(sandbox ? [sandbox] : []), ...pod.containers.flatMap((id) => find.container(id) ?? [])];
  const report: PodReport = { pod, containers, holders: {} };
  const freed = new Set<Namespace>(
    pod.sandbox.pid === undefined ? [] : aftermath(snapshot, { pids: [pod.sandbox.pid] }).freed,
  );
  for (const type of NAMESPACE_TYPES) {
    const inode = pod.namespaces[type] ?? (pod.host.includes(type) ? initialInode(snapshot, type) : undefined);
    const namespace = inode === undefined ? undefined : find.namespace(type, inode);
    if (!namespace) continue;
    report.holders[type] = {
      inode: namespace.inode,
      initial: namespace.initial,
      heldBy: holdersOf(namespace, pod, find),
      diesWithPause: freed.has(namespace),
      pins: [...new Set(namespace.pins.map((pin) => pin.path))],
    };
  }
  return report;
}

const initialInode = (snapshot: Snapshot, type: Namespace["type"]): number | undefined =>
  snapshot.namespaces.find((namespace) => namespace.type === type && namespace.initial)?.inode;

/** Who holds a namespace, as one pod sees it; in the contract's order. */
export function holdersOf(namespace: Namespace, pod: Pod, find: Lookup): Holder[] {
  const kinds = new Set<Holder>();
  const addPid = (pid: number) => {
    const container = find.containerOfPid(pid);
    if (pid === pod.sandbox.pid || (container?.kind === "sandbox" && container.podKey === pod.key))
      kinds.add("sandbox");
    else if (container?.podKey === pod.key) kinds.add("container");
    else kinds.add("process");
  };
  for (const pid of namespace.pids) addPid(pid);
  for (const { pid } of namespace.threads) addPid(pid);
  for (const pid of namespace.forChildren) addPid(pid);
  if (namespace.pins.length > 0) kinds.add("pin");
  if (openFiles(namespace).length > 0) kinds.add("fd");
  return (["sandbox", "container", "process", "pin", "fd"] as const).filter((kind) => kinds.has(kind));
}
