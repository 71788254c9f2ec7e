/**
 * What if a holder went: what the kernel would free or kill, what would go on, and what could not come back. Looking is
 * free; nothing here changes a node. The kernel's part is counted (aftermath.ts), the runtime's part is known (consequences.ts).
 */

import { listed } from "../format.ts";
import { type Lookup, lookup } from "../lookup.ts";
import {
  type Container,
  type Namespace,
  type NamespaceType,
  namespaceId,
  type Pod,
  processId,
  type Snapshot,
} from "../model.ts";
import { REMARKS } from "../reasons.ts";
import { type Said, say } from "../sentences.ts";
import { mayHidePods, unread } from "../unread.ts";
import { type Aftermath, aftermath, isHeldByUnread, type Loss } from "./aftermath.ts";
import { consequences } from "./consequences.ts";
import type { Effect, EffectReason } from "./effect.ts";

/** What may go. A pin without a path means all pins of that namespace. */
export type HolderRef =
  | { kind: "sandbox"; podKey: string }
  | { kind: "container"; id: string }
  | { kind: "process"; pid: number }
  | { kind: "pin"; type: NamespaceType; inode: number; path?: string }
  | { kind: "fd"; pid: number; fd: number };

export interface WhatIf {
  holder: HolderRef;
  title: string;
  dies: Effect[];
  goesOn: Effect[];
  cannotComeBack: Effect[];
  /** What could not be read: it may end, and it may go on. */
  notKnown: Effect[];
  /** All of it in one sentence. */
  sentence: string;
}

/** @throws Error where the snapshot has no such holder */
export function whatIf(snapshot: Snapshot, holder: HolderRef): WhatIf {
  const find = lookup(snapshot);
  const { loss, title, pod, pausePid } = meaning(find, holder);
  const after = aftermath(snapshot, loss);
  const affected = affectedPods(snapshot, find, after, pod);
  const dies = dying(snapshot, find, after, loss);
  const notKnown = unknowns(find, after, affected, loss);
  const open = new Set(notKnown.map(({ id }) => id));
  const goesOn = goingOn(find, after, affected, loss).filter(({ id }) => !open.has(id));
  const known = consequences({ snapshot, find, after, loss, pod, pausePid, affected });
  dies.push(...known.dies);
  const cannotComeBack = dedupe(known.cannotComeBack);
  return {
    holder,
    title,
    dies,
    goesOn,
    cannotComeBack,
    notKnown,
    sentence: sentenceOf({ title, dies, goesOn, cannotComeBack, notKnown, remark: known.remark }, sharedIds(affected), {
      loss,
      doubtful: after.freed.some(({ type }) => unread(snapshot).holders(type)),
      machine: pausePid !== undefined && pod?.sandbox.kind === "vm",
      members: mayHidePods(snapshot),
    }),
  };
}

/** What only waits; another program is called what it is. */
const isPause = ({ sandbox }: Pod): boolean => sandbox.kind === undefined || sandbox.kind === "pause";

interface Meaning {
  loss: Loss;
  title: string;
  pod?: Pod;
  /** Set when what goes is the pod's sandbox process. */
  pausePid?: number;
}

function meaning(find: Lookup, holder: HolderRef): Meaning {
  switch (holder.kind) {
    case "sandbox": {
      const pod = find.pod(holder.podKey);
      if (!pod) throw new Error(`no pod ${holder.podKey} in this snapshot`);
      const pid = pod.sandbox.pid;
      if (pid === undefined) throw new Error(`${pod.name} has no sandbox process: ${pod.sandbox.why}`);
      return {
        loss: { pids: [pid] },
        title: `${isPause(pod) ? "pause" : "the sandbox process"} of ${pod.name} (pid ${pid}) ends`,
        pod,
        pausePid: pid,
      };
    }
    case "container": {
      const container = find.container(holder.id);
      if (!container) throw new Error(`no container ${holder.id} in this snapshot`);
      const pod = container.podKey === undefined ? undefined : find.pod(container.podKey);
      const pausePid = container.kind === "sandbox" ? pod?.sandbox.pid : undefined;
      return { loss: { pids: container.pids }, title: `container ${container.name} ends`, pod, pausePid };
    }
    case "process": {
      const process = find.process(holder.pid);
      if (!process) throw new Error(`no process ${holder.pid} in this snapshot`);
      const podKey = find.containerOfPid(holder.pid)?.podKey;
      const pod = podKey === undefined ? undefined : find.pod(podKey);
      const pausePid = pod?.sandbox.pid === holder.pid ? holder.pid : undefined;
      return { loss: { pids: [holder.pid] }, title: `process ${process.comm} (pid ${holder.pid}) ends`, pod, pausePid };
    }
    case "pin": {
      const namespace = find.namespace(holder.type, holder.inode);
      const pins =
        namespace?.pins.map((pin) => pin.path).filter((path) => holder.path === undefined || path === holder.path) ??
        [];
      if (pins.length === 0)
        throw new Error(`${holder.type}:[${holder.inode}] has no pin${holder.path ? ` at ${holder.path}` : ""}`);
      return { loss: { pins }, title: `the pin ${[...new Set(pins)].join(", ")} is taken away` };
    }
    case "fd":
      return {
        loss: { fds: [{ pid: holder.pid, fd: holder.fd }] },
        title: `process ${holder.pid} closes its file ${holder.fd}`,
      };
  }
}

/** Pods that share, or whose members are in, anything that the loss touches. */
function affectedPods(snapshot: Snapshot, find: Lookup, after: Aftermath, pod: Pod | undefined): Pod[] {
  const keys = new Set<string>(pod ? [pod.key] : []);
  for (const pid of after.died) {
    const key = find.containerOfPid(pid)?.podKey;
    if (key !== undefined) keys.add(key);
  }
  const freed = new Set(after.freed.map(namespaceId));
  for (const entry of snapshot.pods) {
    if (Object.entries(entry.namespaces).some(([type, inode]) => freed.has(`${type}:${inode}`))) keys.add(entry.key);
  }
  return snapshot.pods.filter((entry) => keys.has(entry.key));
}

/** What a process that ends shares with others is counted only where both were read. */
function unknowns(find: Lookup, after: Aftermath, pods: readonly Pod[], loss: Loss): Effect[] {
  const effects: Effect[] = [];
  if (!loss.pids?.length) return effects;
  for (const pod of pods) {
    const types = (pod.unread ?? []).filter((type) => pod.namespaces[type] === undefined);
    effects.push(...heldByUnread(find, after, pod));
    if (types.length === 0) continue;
    for (const type of types)
      effects.push({
        kind: "namespace",
        id: `${type}:`,
        label: type,
        why: { code: "unread-shares" },
      });
    if (!types.includes("pid")) continue;
    const mayEnd = new Set(after.died);
    for (const id of pod.containers) {
      const container = find.container(id);
      if (!container || container.pid === null || after.died.has(container.pid)) continue;
      for (const pid of container.pids) mayEnd.add(pid);
      effects.push({
        kind: "container",
        id,
        label: container.name,
        why: { code: "unread-pid" },
      });
    }
    for (const [type, inode] of Object.entries(pod.namespaces)) {
      const namespace = find.namespace(type as NamespaceType, inode);
      if (!namespace || after.freed.includes(namespace) || namespace.pins.length > 0) continue;
      if (namespace.pids.some((pid) => !mayEnd.has(pid))) continue;
      effects.push({ kind: "namespace", id: namespaceId(namespace), label: type, why: { code: "unread-holders" } });
    }
  }
  return dedupe(effects);
}

function heldByUnread(find: Lookup, after: Aftermath, pod: Pod): Effect[] {
  return Object.entries(pod.namespaces).flatMap(([type, inode]) => {
    const namespace = find.namespace(type as NamespaceType, inode);
    if (!namespace || !isHeldByUnread(find, after, namespace)) return [];
    return [
      { kind: "namespace" as const, id: namespaceId(namespace), label: type, why: { code: "unread-holders" as const } },
    ];
  });
}

function dying(snapshot: Snapshot, find: Lookup, after: Aftermath, loss: Loss): Effect[] {
  const effects: Effect[] = [];
  const named = new Set(loss.pids);
  const containers = new Map<Container, number[]>();
  for (const pid of [...after.died].sort((a, b) => a - b)) {
    const container = find.containerOfPid(pid);
    if (container) containers.set(container, [...(containers.get(container) ?? []), pid]);
    const process = find.process(pid);
    if (!process) continue;
    const why: EffectReason = { code: named.has(pid) ? "named" : "killed-with-init" };
    effects.push({ kind: "process", id: processId(process), label: `${process.comm} (pid ${pid})`, why });
  }
  // What runs in a machine has no process of its own on the node: its pid is the machine's.
  for (const container of snapshot.containers) {
    const { pid, podKey } = container;
    const machine = podKey === undefined ? undefined : find.pod(podKey)?.sandbox;
    if (machine?.kind !== "vm" || machine.pid === undefined || container.kind === "sandbox") continue;
    if (pid === machine.pid && after.died.has(pid))
      effects.push({ kind: "container", id: container.id, label: container.name, why: { code: "machine-ends" } });
  }
  for (const [container, pids] of containers) {
    if (container.pid === null || !pids.includes(container.pid)) continue;
    const why: EffectReason = { code: named.has(container.pid) ? "ends" : "killed" };
    effects.push({ kind: "container", id: container.id, label: container.name, why });
  }
  for (const namespace of after.freed) {
    const why: EffectReason = {
      code:
        namespace.type === "pid" ? "init-ends" : unread(snapshot).holders(namespace.type) ? "freed-as-read" : "freed",
    };
    effects.push({ kind: "namespace", id: namespaceId(namespace), label: label(namespace), why });
  }
  return effects;
}

const label = (namespace: Namespace): string => `${namespace.type}:[${namespace.inode}]`;

function goingOn(find: Lookup, after: Aftermath, pods: readonly Pod[], loss: Loss): Effect[] {
  const effects: Effect[] = [];
  const gone = new Set(loss.pins);
  for (const pod of pods) {
    for (const id of pod.containers) {
      const container = find.container(id);
      if (!container || container.pid === null || after.died.has(container.pid)) continue;
      effects.push({ kind: "container", id, label: container.name, why: { code: "keeps" } });
    }
    for (const [type, inode] of Object.entries(pod.namespaces)) {
      const namespace = find.namespace(type as NamespaceType, inode);
      if (!namespace || after.freed.includes(namespace)) continue;
      const pin = namespace.pins.find((entry) => !gone.has(entry.path));
      const names = [
        ...new Set(
          namespace.pids.filter((pid) => !after.died.has(pid)).flatMap((pid) => find.containerOfPid(pid)?.name ?? []),
        ),
      ];
      effects.push({
        kind: "namespace",
        id: namespaceId(namespace),
        label: label(namespace),
        why: heldBy(pin?.path, names),
      });
    }
  }
  return dedupe(effects);
}

function heldBy(path: string | undefined, names: readonly string[]): EffectReason {
  if (path === undefined)
    return names.length > 0 ? { code: "held-names", names: listed(names) } : { code: "held-other" };
  return names.length > 0 ? { code: "held-both", path, names: listed(names) } : { code: "held-pin", path };
}

function dedupe(effects: readonly Effect[]): Effect[] {
  const seen = new Map<string, Effect>();
  for (const effect of effects) {
    const key = `${effect.kind} ${effect.id}`;
    if (!seen.has(key)) seen.set(key, effect);
  }
  return [...seen.values()];
}

/** What a process has for itself is freed with it, and nobody is surprised: the sentence speaks of what is shared. */
const sharedIds = (pods: readonly Pod[]): Set<string> =>
  new Set(pods.flatMap((pod) => Object.entries(pod.namespaces).map(([type, inode]) => `${type}:${inode}`)));

interface Circumstance {
  loss: Loss;
  /** What is freed may have a holder that was not read. */
  doubtful: boolean;
  /** What goes is a machine that the pod's containers run in. */
  machine: boolean;
  /** A pod may have members that were not read. */
  members: boolean;
}

function sentenceOf(
  told: Pick<WhatIf, "title" | "dies" | "goesOn" | "cannotComeBack" | "notKnown"> & { remark?: Said<typeof REMARKS> },
  shared: ReadonlySet<string>,
  { loss, doubtful, machine, members }: Circumstance,
): string {
  const labels = (effects: readonly Effect[], kind: Effect["kind"]) =>
    effects.flatMap((effect) => (effect.kind === kind ? effect.label : []));
  const parts: string[] = [];
  const freed = told.dies.flatMap((effect) =>
    effect.kind === "namespace" && shared.has(effect.id) ? effect.id.slice(0, effect.id.indexOf(":")) : [],
  );
  const killed = told.dies.flatMap((effect) =>
    effect.kind === "container" && effect.why.code !== "ends" ? effect.label : [],
  );
  if (machine) parts.push("every container in it ends with it");
  else if (killed.length > 0) parts.push(`${listed(killed)} ${killed.length === 1 ? "is" : "are"} killed with it`);
  if (freed.length > 0)
    parts.push(`the kernel frees ${listed([...new Set(freed)])}${doubtful ? ", as far as was read" : ""}`);
  const open = labels(told.notKnown, "namespace");
  const openContainers = labels(told.notKnown, "container");
  if (open.length > 0)
    parts.push(
      `what becomes of ${listed([...open, ...openContainers])} is not known, for what the pod shares could not be read`,
    );
  else if (killed.length === 0 && freed.length === 0 && !machine) parts.push("nothing that is shared is freed");
  const addresses = labels(told.dies, "address");
  if (addresses.length > 0) parts.push(`${listed(addresses)} is taken away all the same`);
  const on = labels(told.goesOn, "container");
  if (on.length > 0) parts.push(`${listed(on)} ${on.length === 1 ? "goes" : "go"} on`);
  const lost = labels(told.cannotComeBack, "container");
  if (lost.length > 0) parts.push(`${listed(lost)} could not be started again`);
  const next = labels(told.cannotComeBack, "pod");
  if (next.length > 0) parts.push(listed(next));
  // Of a kubelet's pod the remark says what becomes of it; and who is in a pod is said by groups and records.
  if (loss.pids && lost.length === 0 && next.length === 0 && open.length === 0 && told.remark?.code !== "kubelet")
    parts.push(
      members
        ? "whether all of it can be started again is not known, for not every group and record could be read"
        : "all of it can be started again",
    );
  return `When ${told.title}: ${parts.join("; ")}.${told.remark ? ` ${say(REMARKS, told.remark)}` : ""}`;
}
