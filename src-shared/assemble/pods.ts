/** From drafts to pods: names, shares, sandbox, addresses. */
import { gap } from "../gaps.ts";
import { isLive } from "../liveness.ts";
import { pinTypes } from "../manifests.ts";
import {
  type Gap,
  NAMESPACE_TYPES,
  type NamespaceInodes,
  type NamespaceType,
  type Pod,
  type Process,
  type RuntimeConfiguration,
} from "../model.ts";
import { normalPath, pidOfPath } from "../namespace-paths.ts";
import { compareText } from "../order.ts";
import { ociType } from "../runtimes/oci.ts";
import { runtimeOf } from "../runtimes/table.ts";
import type { Member } from "./containers.ts";
import type { Draft } from "./drafts.ts";
import type { Namespaces } from "./namespaces.ts";
import { globalAddresses } from "./network.ts";
import { ownerOf } from "./owner.ts";
import { bundlePins, kindOf, sandboxOf } from "./sandbox.ts";
import { sharesOf } from "./shares.ts";
import type { Sight } from "./sight.ts";

export interface PodFacts {
  namespaces: Namespaces;
  initial: NamespaceInodes;
  configuration: readonly RuntimeConfiguration[];
  byPid: ReadonlyMap<number, Process>;
  sight: Sight;
  /** Namespace types that the node has. */
  types: readonly NamespaceType[];
  kubelet?: Process;
}

export interface BuiltPods {
  pods: Pod[];
  /** Ids of the containers of pods that are shown. */
  shown: Set<string>;
  gaps: Gap[];
}

/** Pods between two steps. */
const PODS_PER_STEP = 200;

export function* buildPods(drafts: readonly Draft[], facts: PodFacts): Generator<undefined, BuiltPods> {
  const pods: Pod[] = [];
  const shown = new Set<string>();
  let ended = 0;
  for (const draft of drafts) {
    const vm = kindOf(draft, facts.byPid) === "vm";
    if (vm) settleInside(draft);
    const live = vm ? [] : draft.members.filter((member) => member.process);
    const pinned = pinnedOf(draft, facts);
    const made = live.length > 0 || [draft.sandbox, ...draft.members].some((one) => one?.process ?? one?.making);
    const any = made || isLive(draft.standIn) || Object.keys(pinned).length > 0;
    if (!any) {
      ended += 1;
      continue;
    }
    setModes(draft);
    pods.push(buildPod(draft, live, pinned, facts));
    if (pods.length % PODS_PER_STEP === 0) yield;
    for (const member of [...draft.members, ...(draft.sandbox ? [draft.sandbox] : [])]) {
      member.container.podKey = draft.key;
      shown.add(member.container.id);
    }
  }
  pods.sort((a, b) => compareText(a.key, b.key));
  const gaps: Gap[] = [];
  if (ended > 0) gaps.push(gap({ code: "ended-pods" }, { code: "pods-ended" }, ended));
  const inside = pods.filter(({ within }) => within !== undefined).length;
  if (inside > 0) gaps.push(gap({ code: "pods-within" }, { code: "pods-within" }, inside, "open-container"));
  return { pods, shown, gaps };
}

function buildPod(draft: Draft, live: readonly Member[], pinned: NamespaceInodes, facts: PodFacts): Pod {
  const standIn = isLive(draft.standIn) ? draft.standIn : undefined;
  const sandboxProcess = standIn ?? draft.sandbox?.process;
  const shares = sharesOf({
    sandbox: sandboxProcess,
    ...(standIn ? { standsFor: heldBy(standIn, facts.initial) } : {}),
    sandboxMember: draft.sandbox,
    machine: kindOf(draft, facts.byPid) === "vm",
    live,
    ended: draft.members.filter((member) => !member.process),
    hasSandbox: draft.sandboxId !== undefined || draft.manifestNamespaces !== undefined,
    pinned,
    initial: facts.initial,
    types: facts.types,
  });
  const pod: Pod = {
    key: draft.key,
    name: draft.pod.name ?? nameOf(draft),
    runtime: draft.runtime,
    sandbox: sandboxOf({ draft, live, shared: shares.namespaces, unread: shares.unread, ...facts }),
    containers: draft.members.map((member) => member.container.id).sort(compareText),
    namespaces: shares.namespaces,
    host: shares.host,
    ips: addresses(draft, live, shares.namespaces, facts),
  };
  if (shares.disagree.length > 0) pod.disagree = shares.disagree;
  if (shares.unread.length > 0) pod.unread = shares.unread;
  if (draft.pod.namespace) pod.namespace = draft.pod.namespace;
  const owner = (draft.sandbox ?? draft.members[0])?.owner;
  const uid = draft.pod.uid ?? owner?.podUid;
  if (uid) pod.uid = uid;
  const made = ownerOf(draft, uid, facts);
  if (made) pod.owner = made;
  if (made?.static) pod.staticPod = true;
  const within = [draft.sandbox, ...draft.members].find((member) => member?.within)?.within;
  if (within) pod.within = within;
  if (owner?.qos) pod.qos = owner.qos;
  const cgroupPath = draft.pod.cgroupPath ?? podCgroup(draft);
  if (cgroupPath) pod.cgroupPath = cgroupPath;
  const modes = podModes(draft);
  if (modes) pod.modes = modes;
  if (draft.pod.labels && Object.keys(draft.pod.labels).length > 0) pod.labels = draft.pod.labels;
  const networkMode =
    draft.sandbox?.record?.networkMode ?? (modes ? (modes.network === "NODE" ? "host" : "cni") : undefined);
  if (networkMode) pod.networkMode = networkMode;
  return pod;
}

const nameOf = ({ key }: Draft): string => key.slice(key.indexOf("/") + 1).slice(0, 12);

/** What a stand-in of ours holds for its pod: what else it is in, it was started in. */
const heldBy = ({ namespaces }: Process, initial: NamespaceInodes): NamespaceInodes =>
  Object.fromEntries(
    pinTypes.flatMap((type) => {
      const inode = namespaces[type];
      return inode === undefined || inode === initial[type] ? [] : [[type, inode]];
    }),
  );

/**
 * Containers in a machine have no process of their own on the node: gVisor's shim writes the sandbox's pid down for each
 * (and a gofer, in empty namespaces, is in the container's group), Kata's the hypervisor's.
 */
function settleInside({ sandbox, members }: Draft): void {
  for (const { container, record } of members)
    container.pid = record?.pid === sandbox!.process!.pid ? record.pid : null;
}

/** Namespaces that a pin keeps for this pod: by the paths in its records, and by our own manifests. */
function pinnedOf(draft: Draft, { namespaces, initial }: PodFacts): NamespaceInodes {
  const found: NamespaceInodes = {};
  const members = draft.sandbox ? [draft.sandbox, ...draft.members] : draft.members;
  for (const member of members) {
    for (const entry of member.record?.oci?.namespaces ?? []) {
      const type = ociType(entry.type);
      if (!type || !entry.path || found[type] !== undefined) continue;
      const pin = namespaces.pinned(normalPath(entry.path));
      if (pin?.type === type && pin.inode !== initial[type]) found[type] = pin.inode;
    }
  }
  for (const { type, inode } of bundlePins(draft, namespaces)) found[type] ??= inode;
  for (const type of NAMESPACE_TYPES) {
    const inode = draft.manifestNamespaces?.[type];
    if (inode !== undefined && found[type] === undefined && namespaces.get(type, inode)?.pins.length)
      found[type] = inode;
  }
  return found;
}

/** Addresses of every network namespace of its own that the pod's live members are in. */
function addresses(
  draft: Draft,
  live: readonly Member[],
  shared: NamespaceInodes,
  { namespaces, initial }: PodFacts,
): string[] {
  const inodes = new Set<number>();
  if (shared.net !== undefined) inodes.add(shared.net);
  for (const process of [draft.sandbox?.process, ...live.map((member) => member.process)]) {
    const inode = process?.namespaces.net;
    if (inode !== undefined && inode !== initial.net) inodes.add(inode);
  }
  const found = [...inodes].flatMap((inode) => globalAddresses(namespaces.get("net", inode)?.network));
  return [...new Set(found)];
}

/** The pod's own group: by the pattern of a path, else as its runtime tells it from the groups of the containers. */
function podCgroup(draft: Draft): string | undefined {
  const members = draft.sandbox ? [draft.sandbox, ...draft.members] : draft.members;
  for (const member of members) if (member.owner.podPath) return member.owner.podPath;
  return runtimeOf(draft.runtime).podGroup?.(members.map(({ container }) => container.cgroupPath));
}

/**
 * The CRI's modes of each container, from its own spec: no runtime keeps what was asked for. A pid path that leads to
 * another container of the pod (containerd) or to a pin under pidns/ (CRI-O internal/factory/container) is TARGET.
 */
function setModes(draft: Draft): void {
  const pids = new Set(draft.members.flatMap((member) => [member.record?.pid ?? [], member.process?.pid ?? []].flat()));
  for (const { record, container } of draft.members) {
    if (!record?.oci || !record.modes) continue;
    const entry = record.oci.namespaces.find(({ type }) => type === "pid");
    const joined = pidOfPath(entry?.path);
    const target = entry?.path?.includes("/pidns/") || (joined !== undefined && pids.has(joined));
    const pid = !entry ? "NODE" : target ? "TARGET" : entry.path ? "POD" : "CONTAINER";
    container.modes = { ...draft.sandbox?.record?.modes, ...record.modes, pid };
  }
}

function podModes(draft: Draft): Pod["modes"] {
  const own = draft.sandbox?.record?.modes;
  // An ephemeral container's TARGET is its own affair.
  const usual = draft.members.find(({ container }) => container.modes && container.modes.pid !== "TARGET");
  const joined = (usual ?? draft.members.find(({ container }) => container.modes))?.container.modes;
  if (!own && !joined) return undefined;
  // How a sandbox's own spec is written says nothing of PIDs before a container is there to join or not.
  return { ...joined, ...own, ...(joined?.pid ? { pid: joined.pid } : {}) };
}
