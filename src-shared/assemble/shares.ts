/** What a pod shares, with itself and with the node: docs/pods.md, "What is a pod". */
import { pinTypes } from "../manifests.ts";
import { NAMESPACE_TYPES, type NamespaceInodes, type NamespaceType, type Process } from "../model.ts";
import { ociType } from "../runtimes/oci.ts";
import { runtimeOf } from "../runtimes/table.ts";
import type { Member } from "./containers.ts";

export interface Shares {
  namespaces: NamespaceInodes;
  host: NamespaceType[];
  disagree: NamespaceType[];
  /** Types of which a member could not be read. */
  unread: NamespaceType[];
}

export interface Sharing {
  /** The sandbox process, where one lives. */
  sandbox?: Process;
  /** Live containers, without the sandbox. */
  live: readonly Member[];
  /** Its containers that have no process: what they join when they run again, their records say. */
  ended: readonly Member[];
  /** Whether a sandbox or a manifest of ours names this pod, so that a path in a record leads to what the pod shares. */
  hasSandbox: boolean;
  /** Pinned namespaces of a pod without a live process. */
  pinned: NamespaceInodes;
  initial: NamespaceInodes;
  /** Types that the node has: a kernel may be older than one. */
  types: readonly NamespaceType[];
  /** Set where the sandbox process is a stand-in of ours: it holds these, and what else it is in says nothing of the pod. */
  standsFor?: NamespaceInodes;
  /** The sandbox process is a machine that the containers run in. */
  machine?: boolean;
  /** The sandbox with its record, alive or not. */
  sandboxMember?: Member;
}

export function sharesOf(pod: Sharing): Shares {
  const members: { process: Process; member?: Member }[] = pod.live.map((member) => ({
    process: member.process!,
    member,
  }));
  if (pod.sandbox && !pod.standsFor) members.push({ process: pod.sandbox, member: pod.sandboxMember });
  const result: Shares = { namespaces: {}, host: [], disagree: [], unread: [] };
  if (members.length === 0) {
    for (const type of NAMESPACE_TYPES) {
      const inode = pod.standsFor?.[type] ?? pod.pinned[type];
      if (inode !== undefined && type !== "mnt" && inode !== pod.initial[type]) result.namespaces[type] = inode;
    }
    if (!pod.standsFor) result.host = hostBySpec(pod);
    else result.unread = pinTypes.filter((type) => pod.sandbox?.namespaces[type] === undefined);
    return result;
  }
  if (pod.machine) {
    // A hypervisor is where its runtime put it, which says nothing of what runs in its machine: its network alone is the pod's.
    for (const type of ["net", "ipc", "uts"] as const) {
      const inode = pod.sandbox?.namespaces[type];
      if (inode === undefined) result.unread.push(type);
      else if (inode !== pod.initial[type]) result.namespaces[type] = inode;
    }
    result.host = hostBySpec(pod);
    return result;
  }
  // Between two runs of its only container a CRI pod shares what it shared: every container joins the sandbox's net, ipc
  // and uts (containerd internal/cri/opts WithPodNamespaces, CRI-O's pinned namespaces), and has a cgroup namespace of its own.
  // Elsewhere the records of those that have ended say what they join.
  const single = members.length === 1 && pod.live.length === 0;
  const alone = single && isCri(pod.sandboxMember);
  const waits = single && !alone ? pod.ended : [];
  for (const type of pod.types) {
    if (alone && OF_EACH.has(type)) continue;
    const inodes = members.map(({ process }) => process.namespaces[type]);
    if (pod.standsFor?.[type] !== undefined) inodes.push(pod.sandbox!.namespaces[type]);
    const inode = inodes[0];
    if (inodes.includes(undefined)) {
      if (type !== "mnt") result.unread.push(type);
    } else if (inodes.some((other) => other !== inode)) {
      if (disagrees(type, pod)) result.disagree.push(type);
    } else if (inode === pod.initial[type]) {
      result.host.push(type);
    } else if (
      type !== "mnt" &&
      (inodes.length > 1 ||
        (alone && JOINED.has(type)) ||
        waits.some((one) => joins(one, type)) ||
        (pod.hasSandbox && joins(members[0]!.member, type)))
    ) {
      result.namespaces[type] = inode;
    }
  }
  return result;
}

/**
 * The node's own by what the sandbox's spec leaves out: what it names is made anew or joined (runtime-spec, namespaces).
 * Not so for pid: a sandbox without a process of the pod's has none, whatever its containers get.
 */
function hostBySpec({ sandboxMember, types }: Sharing): NamespaceType[] {
  const made = sandboxMember?.record?.oci?.namespaces ?? [];
  if (made.length === 0) return [];
  return types.filter(
    (type) => !OF_EACH.has(type) && type !== "pid" && !made.some((entry) => ociType(entry.type) === type),
  );
}

/** What each container has for itself, whatever its pod shares. */
const OF_EACH: ReadonlySet<NamespaceType> = new Set(["mnt", "cgroup"]);
const JOINED: ReadonlySet<NamespaceType> = new Set(["net", "ipc", "uts"]);
const isCri = (sandbox: Member | undefined): boolean =>
  sandbox?.record !== undefined && runtimeOf(sandbox.record.runtime).cri === true;

/** Does its record join a namespace of this type by path, or another container's by name? */
function joins(member: Member | undefined, type: NamespaceType): boolean {
  if (member?.record?.joins?.[type]) return true;
  if (member?.record?.namespaces?.[type] !== undefined) return true;
  return Boolean(member?.record?.oci?.namespaces.some((entry) => ociType(entry.type) === type && entry.path));
}

/** Containers that by record join the pod's namespace, and yet are not in one. Own namespaces by choice are no quarrel. */
function disagrees(type: NamespaceType, pod: Sharing): boolean {
  if (type === "mnt" || type === "cgroup" || type === "time" || !pod.hasSandbox) return false;
  const inodes = new Set<number>();
  let joined = 0;
  for (const member of pod.live) {
    // A debugging container is in its target's PID namespace on purpose (CRI NamespaceMode TARGET), not in the pod's.
    if (!joins(member, type) || (type === "pid" && member.container.modes?.pid === "TARGET")) continue;
    joined += 1;
    const inode = member.process?.namespaces[type];
    if (inode !== undefined) inodes.add(inode);
  }
  const own = pod.sandbox?.namespaces[type];
  if (joined > 0 && own !== undefined) inodes.add(own);
  return inodes.size > 1;
}

/** Types in which two or more live containers are in one namespace that is not the node's. */
export function sharedBetween(
  live: readonly Member[],
  types: readonly NamespaceType[],
  initial: NamespaceInodes,
): { type: NamespaceType; inode: number }[] {
  const result: { type: NamespaceType; inode: number }[] = [];
  for (const type of types) {
    const seen = new Map<number, number>();
    for (const member of live) {
      const inode = member.process?.namespaces[type];
      if (inode !== undefined && inode !== initial[type]) seen.set(inode, (seen.get(inode) ?? 0) + 1);
    }
    for (const [inode, count] of seen) if (count > 1) result.push({ type, inode });
  }
  return result;
}
