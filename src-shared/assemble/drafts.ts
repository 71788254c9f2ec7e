/** Which containers belong together: docs/pods.md, "What is a pod". */
import type { NamespaceInodes, Process } from "../model.ts";
import { type RuntimeName, runtimeOfKey } from "../runtimes/names.ts";
import type { Claim, PodRecord } from "../runtimes/record.ts";
import type { Grouped, Tools } from "../runtimes/runtime.ts";
import { runtimeOf, runtimes } from "../runtimes/table.ts";
import type { Member, Members } from "./containers.ts";
import type { FoundPins } from "./manifests.ts";

/** A pod while it is being put together. */
export interface Draft {
  key: string;
  runtime: RuntimeName;
  sandboxId?: string;
  sandbox?: Member;
  /** Without the sandbox. */
  members: Member[];
  pod: PodRecord;
  /** Path of the empty group that marks a dropped infra container. */
  mark?: string;
  pins?: FoundPins;
  standIn?: Process;
  /** The record of the pod itself, where its runtime keeps one. */
  claim?: Claim;
  /** Namespaces that a manifest of ours names. */
  manifestNamespaces?: NamespaceInodes;
}

export interface DraftSources {
  members: Members;
  tools: Tools;
  claims: readonly (Claim & { runtime: RuntimeName })[];
  pins: readonly FoundPins[];
  byPid: ReadonlyMap<number, Process>;
}

export function draftPods(sources: DraftSources): Draft[] {
  const drafts = new Map<string, Draft>();
  const at = (runtime: RuntimeName, id: string): Draft => {
    const key = `${runtime}/${id}`;
    const known = drafts.get(key);
    if (known) return known;
    const made: Draft = { key, runtime, members: [], pod: {} };
    drafts.set(key, made);
    return made;
  };
  for (const claim of sources.claims) addClaim(at(claim.runtime, claim.podId), claim);
  for (const [member, { podId, sandboxId, pod }] of grouped(sources)) {
    const draft = at(member.container.runtime, podId);
    if (sandboxId) draft.sandboxId = sandboxId;
    if (draft.sandboxId === member.container.id) {
      draft.sandbox = member;
      member.container.kind = "sandbox";
    } else draft.members.push(member);
    draft.pod = { ...defined(member.record?.pod), ...defined(draft.pod), ...defined(pod) };
    if (member.container.kind === "sandbox") draft.pod = { ...draft.pod, ...defined(member.record?.pod) };
  }
  addByGroup(drafts, sources.members);
  // A sandbox that its containers name, and whose own record says nothing of it.
  for (const draft of drafts.values()) {
    const member = draft.sandboxId === undefined ? undefined : sources.members.byId.get(draft.sandboxId);
    if (!member || draft.sandbox || draft.members.includes(member)) continue;
    draft.sandbox = member;
    member.container.kind = "sandbox";
  }
  for (const [id, { runtime, path }] of sources.members.droppedMarks) {
    const draft = drafts.get(`${runtime}/${id}`);
    if (!draft) continue;
    draft.mark = path;
    if (draft.sandbox) draft.sandbox.container.cgroupPath = path;
  }
  for (const manifest of sources.pins) {
    const draft = drafts.get(manifest.key) ?? orphan(manifest, at);
    if (!draft) continue;
    draft.pins = manifest;
    draft.manifestNamespaces = { ...manifest.namespaces, ...draft.manifestNamespaces };
    const restored = manifest.restored;
    const process = restored && sources.byPid.get(restored.pid);
    if (process && process.startTicks === restored.startTicks) draft.standIn = process;
  }
  return [...drafts.values()];
}

/** A container of which no record and no monitor tells, in the group of the one pod of that uid: that is whose it is. */
function addByGroup(drafts: ReadonlyMap<string, Draft>, { byId }: Members): void {
  const known = new Set(
    [...drafts.values()].flatMap(({ sandbox, members }) => (sandbox ? [sandbox, ...members] : members)),
  );
  const lost = [...byId.values()].filter(
    (one) => !known.has(one) && !one.record?.oci && one.owner.podUid !== undefined,
  );
  if (lost.length === 0) return;
  const byUid = new Map<string, Draft[]>();
  for (const draft of drafts.values()) {
    const uids = new Set([
      draft.pod.uid,
      draft.sandbox?.owner.podUid,
      ...draft.members.map(({ owner }) => owner.podUid),
    ]);
    for (const uid of uids) if (uid !== undefined) byUid.set(uid, [...(byUid.get(uid) ?? []), draft]);
  }
  for (const member of lost) {
    const pods = byUid.get(member.owner.podUid!) ?? [];
    const [pod] = pods;
    if (pods.length !== 1 || !pod || pod.sandboxId === member.container.id) continue;
    if (pod.runtime === member.container.runtime) pod.members.push(member);
  }
}

function addClaim(draft: Draft, claim: Claim): void {
  draft.claim = claim;
  draft.pod = claim.pod;
  draft.manifestNamespaces = { ...claim.namespaces };
  if (claim.sandboxId) draft.sandboxId = claim.sandboxId;
}

/** Each container that is in a pod, with that pod: by its runtime's own rule, else by the sandbox that its record names. */
function* grouped({ members, tools }: DraftSources): Generator<[Member, Grouped]> {
  const own = new Map<RuntimeName, Map<string, Grouped>>();
  for (const { name, podsOf } of runtimes) {
    if (!podsOf) continue;
    const known = [...members.byId.values()].flatMap(({ container, record, owner, monitor }) =>
      container.runtime === name
        ? { id: container.id, record, groupPodId: owner.podId, monitorName: monitor?.name }
        : [],
    );
    own.set(name, podsOf(known, tools));
  }
  for (const member of members.byId.values()) {
    const { runtime, id } = member.container;
    const pod = runtimeOf(runtime).podsOf ? own.get(runtime)?.get(id) : byRecord(member);
    if (pod) yield [member, pod];
  }
}

function byRecord({ record }: Member): Grouped | undefined {
  const { podId, sandboxId } = record?.pod ?? {};
  const id = podId ?? sandboxId;
  return id === undefined ? undefined : { podId: id, sandboxId };
}

/** Nothing is left of a pod but our own pins: it is shown as long as they hold something, so that they can be taken away. */
function orphan(manifest: FoundPins, at: (runtime: RuntimeName, id: string) => Draft): Draft | undefined {
  const runtime = runtimeOfKey(manifest.key);
  const id = runtime && manifest.key.slice(runtime.length + 1);
  if (!runtime || !id) return undefined;
  const draft = at(runtime, id);
  draft.pod.name ??= manifest.pod;
  return draft;
}

function defined<T extends object>(value: T | undefined): Partial<T> {
  if (!value) return {};
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>;
}
