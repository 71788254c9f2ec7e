/** Which containers belong together: contract.md, "What is a pod, and its key". */
import type { NamespaceInodes, Process } from "../model.ts";
import type { Member, Members } from "./containers.ts";
import { labPauseId } from "./containers.ts";
import type { FoundLab, FoundPins } from "./records/podglass.ts";
import type { PodmanPod } from "./records/podman.ts";
import type { PodRecord } from "./records/record.ts";

/** A pod while it is being put together. */
export interface Draft {
  key: string;
  runtime: string;
  sandboxId?: string;
  sandbox?: Member;
  /** Without the sandbox. */
  members: Member[];
  pod: PodRecord;
  /** Path of the empty group that marks a dropped infra container. */
  mark?: string;
  pins?: FoundPins;
  standIn?: Process;
  lab?: FoundLab;
  /** Namespaces that a manifest of ours names. */
  manifestNamespaces?: NamespaceInodes;
}

export interface DraftSources {
  members: Members;
  /** Docker: who joins whom, by container id. */
  dockerRoots: ReadonlyMap<string, string>;
  podmanPods: ReadonlyMap<string, PodmanPod>;
  labs: readonly FoundLab[];
  pins: readonly FoundPins[];
  byPid: ReadonlyMap<number, Process>;
}

export function draftPods(sources: DraftSources): Draft[] {
  const drafts = new Map<string, Draft>();
  const at = (runtime: string, id: string): Draft => {
    const key = `${runtime}/${id}`;
    const known = drafts.get(key);
    if (known) return known;
    const made: Draft = { key, runtime, members: [], pod: {} };
    drafts.set(key, made);
    return made;
  };
  const podman = podmanIndex(sources);
  for (const member of sources.members.byId.values()) {
    const draft = draftOf(member, at, podman, sources.dockerRoots);
    if (!draft) continue;
    if (draft.sandboxId === member.container.id) {
      draft.sandbox = member;
      member.container.kind = "sandbox";
    } else draft.members.push(member);
    draft.pod = { ...defined(member.record?.pod), ...defined(draft.pod) };
    if (member.container.kind === "sandbox") draft.pod = { ...draft.pod, ...defined(member.record?.pod) };
  }
  for (const [id, path] of sources.members.droppedMarks) {
    const draft = drafts.get(`cri-o/${id}`);
    if (!draft) continue;
    draft.mark = path;
    if (draft.sandbox) draft.sandbox.container.cgroupPath = path;
  }
  for (const lab of sources.labs) addLab(at("lab", lab.name), lab, sources);
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

/** Nothing is left of a pod but our own pins: it is shown as long as they hold something, so that they can be taken away. */
function orphan(manifest: FoundPins, at: (runtime: string, id: string) => Draft): Draft | undefined {
  const [, runtime, id] = /^(containerd|cri-o|docker|podman|lab)\/(.+)$/.exec(manifest.key) ?? [];
  if (!runtime || !id) return undefined;
  const draft = at(runtime, id);
  draft.pod.name ??= manifest.pod;
  return draft;
}

function draftOf(
  member: Member,
  at: (runtime: string, id: string) => Draft,
  podman: PodmanIndex,
  dockerRoots: ReadonlyMap<string, string>,
): Draft | undefined {
  const { record, container } = member;
  if (container.runtime === "podman") return podmanDraft(member, at, podman);
  const joined = container.runtime === "docker" ? dockerRoots.get(container.id) : undefined;
  const sandboxId = record?.pod?.sandboxId ?? joined;
  if (!sandboxId) return undefined;
  const draft = at(container.runtime, sandboxId);
  draft.sandboxId = sandboxId;
  return draft;
}

/** podman: pod id by infra id and by container id, from the slices, the records and `podman pod ps`. */
interface PodmanIndex {
  byInfra: Map<string, string>;
  byContainer: Map<string, string>;
  pods: ReadonlyMap<string, PodmanPod>;
  infraOf: Map<string, string>;
}

function podmanIndex({ members, podmanPods }: DraftSources): PodmanIndex {
  const index: PodmanIndex = { byInfra: new Map(), byContainer: new Map(), pods: podmanPods, infraOf: new Map() };
  const setInfra = (podId: string, infraId: string) => {
    index.byInfra.set(infraId, podId);
    index.infraOf.set(podId, infraId);
  };
  for (const pod of podmanPods.values()) {
    if (pod.infraId) setInfra(pod.podId, pod.infraId);
    for (const id of pod.containers.keys()) index.byContainer.set(id, pod.podId);
  }
  for (const member of members.byId.values()) {
    if (member.container.runtime !== "podman") continue;
    const podId = member.owner.podmanPodId;
    if (podId) index.byContainer.set(member.container.id, podId);
  }
  for (const member of members.byId.values()) {
    const named = member.container.runtime === "podman" ? member.record?.pod?.sandboxId : undefined;
    if (!named) continue;
    // The annotation is the infra container's id, or without one the pod's own: then no container has that id.
    const own = index.byContainer.get(member.container.id);
    const podId = index.byContainer.get(named) ?? own;
    if (members.byId.has(named) || (podId !== undefined && podId !== named)) setInfra(podId ?? named, named);
    if (!own) index.byContainer.set(member.container.id, podId ?? named);
  }
  return index;
}

function podmanDraft(
  member: Member,
  at: (runtime: string, id: string) => Draft,
  index: PodmanIndex,
): Draft | undefined {
  const id = member.container.id;
  const podId = index.byInfra.get(id) ?? index.byContainer.get(id);
  if (!podId) return undefined;
  const draft = at("podman", podId);
  const infra = index.infraOf.get(podId) ?? infraByName(member, podId);
  if (infra) draft.sandboxId = infra;
  const known = index.pods.get(podId);
  if (known) draft.pod = { ...draft.pod, ...defined({ name: known.name, labels: known.labels }) };
  // podman gives the infra container the pod's name for a hostname (pkg/specgen/generate/pod_create.go).
  else if (infra === id) draft.pod.name ??= member.record?.oci?.hostname;
  return draft;
}

/** A pod of which only the infra container is there: podman calls it <first 12 digits of the pod's id>-infra. */
const infraByName = (member: Member, podId: string): string | undefined =>
  member.monitor?.name === `${podId.slice(0, 12)}-infra` ? member.container.id : undefined;

function addLab(draft: Draft, lab: FoundLab, { members }: DraftSources): void {
  draft.lab = lab;
  draft.pod = { name: lab.name, cgroupPath: lab.cgroupPath };
  draft.manifestNamespaces = { ...lab.namespaces };
  for (const container of lab.containers) {
    const member = members.byId.get(container.id);
    if (member) draft.members.push(member);
  }
  if (lab.sandbox !== "pause") return;
  draft.sandboxId = labPauseId(lab.name);
  draft.sandbox = members.byId.get(draft.sandboxId);
}

function defined<T extends object>(value: T | undefined): Partial<T> {
  if (!value) return {};
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>;
}
