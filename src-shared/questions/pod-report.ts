/** One pod: its containers, and who holds each namespace that it shares. */

import { openFiles } from "../assemble/namespaces.ts";
import { type Lookup, lookup } from "../lookup.ts";
import { NAMESPACE_TYPES, type Namespace, type Pod, type Snapshot, type Verdict } from "../model.ts";
import { isNotKnown } from "../reasons.ts";
import type { Holder, PodReport } from "../reports.ts";
import { unread } from "../unread.ts";
import { aftermath, isHeldByUnread } from "./aftermath.ts";

/** @throws Error where the snapshot has no pod of that key */
export function podReport(snapshot: Snapshot, key: string): PodReport {
  const find = lookup(snapshot);
  const pod = find.pod(key);
  if (!pod) throw new Error(`no pod ${key} in this snapshot: look for it with "podglass pods"`);
  const sandbox = find.sandboxOf(pod);
  const containers = [...(sandbox ? [sandbox] : []), ...pod.containers.flatMap((id) => find.container(id) ?? [])];
  const report: PodReport = { pod, containers, holders: {} };
  const ends = endsWithPause(snapshot, pod);
  for (const type of NAMESPACE_TYPES) {
    const inode = pod.namespaces[type] ?? (pod.host.includes(type) ? initialInode(snapshot, type) : undefined);
    const namespace = inode === undefined ? undefined : find.namespace(type, inode);
    if (!namespace) continue;
    const verdict = ends(namespace);
    report.holders[type] = {
      inode: namespace.inode,
      initial: namespace.initial,
      heldBy: holdersOf(namespace, pod, find),
      diesWithPause: verdict === "yes",
      verdict,
      pins: [...new Set(namespace.pins.map((pin) => pin.path))],
    };
  }
  return report;
}

/** Should the sandbox process end now: would the kernel free a namespace, or kill the members of a PID namespace? */
function endsWithPause(snapshot: Snapshot, { sandbox, unread: hidden = [] }: Pod): (namespace: Namespace) => Verdict {
  const find = lookup(snapshot);
  const { pid } = sandbox;
  // Without a process of the sandbox nothing ends with it, if it is known that there is none.
  if (pid === undefined) return ({ initial }) => (isNotKnown(sandbox) && !initial ? "unknown" : "no");
  const after = aftermath(snapshot, { pids: [pid] });
  const pause = find.process(pid);
  // Who is pid 1 inside is said by NSpid; where the kernel hides it, the oldest member is a guess.
  const place = pause?.namespaces.pid === undefined || pause.nsPids === undefined ? "unknown" : "known";
  return (namespace) => {
    if (namespace.initial) return "no";
    const freed = after.freed.includes(namespace);
    if (namespace.type === "pid") return place === "unknown" ? "unknown" : freed ? "yes" : "no";
    if (freed) return unread(snapshot).holders(namespace.type) ? "unknown" : "yes";
    if (namespace.pins.length > 0) return "no";
    const killed = place === "unknown" || hidden.includes("pid");
    return killed || isHeldByUnread(find, after, namespace) ? "unknown" : "no";
  };
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
