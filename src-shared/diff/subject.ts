/** What is put side by side: a pod, or one container, as fields in a fixed order. */

import { cgroupsOf } from "../cgroups/report.ts";
import { containerState } from "../container-state.ts";
import { lookup } from "../lookup.ts";
import {
  type Container,
  NAMESPACE_TYPES,
  type Namespace,
  type NamespaceType,
  type Pod,
  type Snapshot,
} from "../model.ts";
import { pauseCost } from "../questions/cost.ts";
import { endpoint, listenersOfPod } from "../questions/listeners.ts";
import { mountLines } from "../questions/mounts.ts";
import { ownNetwork } from "../questions/own-networks.ts";
import { holdersOf, podReport } from "../questions/pod-report.ts";
import { sharedVolumes } from "../questions/volumes.ts";
import { type Wire, wiresOfPod } from "../questions/wires.ts";
import type { CgroupReport } from "../reports.ts";
import { ociType } from "../runtimes/oci.ts";
import { WALL_NAMES, wallsOf } from "../walls/walls.ts";

const NO_SANDBOX = "a container has no sandbox of its own";

/** What stands where a namespace could not be read: that is neither shared nor its own. */
const NOT_KNOWN = "not known";

export type Fields = Map<string, unknown>;
export interface Subject {
  label: string;
  fields: Fields;
  /** Each container's own fields, by its name. */
  containers: Map<string, Fields>;
}

/** @param key a pod's key or a container's id. @throws Error where the snapshot has neither */
export function subjectOf(snapshot: Snapshot, key: string): Subject {
  const find = lookup(snapshot);
  const reports = cgroupsOf(snapshot).byPath;
  const pod = find.pod(key);
  if (pod) return podSubject(snapshot, pod, reports);
  const container = find.container(key);
  if (!container) throw new Error(`there is neither a pod nor a container ${key} in this snapshot`);
  return containerSubject(snapshot, container, reports);
}

function podSubject(snapshot: Snapshot, pod: Pod, reports: ReadonlyMap<string, CgroupReport>): Subject {
  const find = lookup(snapshot);
  const { holders } = podReport(snapshot, pod.key);
  const fields: Fields = new Map<string, unknown>([
    ["kind", "pod"],
    ["name", pod.namespace ? `${pod.namespace}/${pod.name}` : pod.name],
    ["runtime", pod.runtime],
    ["qos", pod.qos],
    ["sandbox.state", pod.sandbox.state],
    ["sandbox.why", pod.sandbox.why],
  ]);
  for (const type of NAMESPACE_TYPES) {
    const holder = holders[type];
    fields.set(`namespaces.${type}`, podsWord(pod, type));
    fields.set(`namespaces.${type}.inode`, pod.namespaces[type]);
    fields.set(`namespaces.${type}.heldBy`, holder?.heldBy);
    fields.set(`namespaces.${type}.pins`, holder?.initial ? undefined : holder?.pins);
    fields.set(
      `namespaces.${type}.diesWithPause`,
      holder && (holder.verdict === "unknown" ? NOT_KNOWN : holder.diesWithPause),
    );
  }
  fields.set("modes", pod.modes);
  fields.set("network.mode", pod.networkMode);
  fields.set("network.addresses", pod.ips);
  const network = ownNetwork(snapshot, pod);
  const net = network === undefined ? undefined : find.namespace("net", network);
  fields.set(
    "network.listeners",
    listenersOfPod(snapshot, pod)?.map((one) => `${one.protocol} ${endpoint(one)}`),
  );
  fields.set("network.wires", wiresOfPod(snapshot, pod)?.map(wireWords));
  fields.set(
    "network.routes",
    net?.network?.routes?.map(({ to, via, dev }) => `${to}${via === undefined ? "" : ` via ${via}`} dev ${dev}`),
  );
  addGroup(fields, "cgroup", pod.cgroupPath, reports);
  const cost = pauseCost(snapshot, pod);
  fields.set("cost.processes", cost.processes);
  fields.set("cost.cgroups", cost.cgroups);
  fields.set("cost.rssBytes", cost.rssBytes);
  fields.set("cost.pssBytes", cost.pssUnread > 0 ? undefined : cost.pssBytes);
  fields.set("cost.privateBytes", cost.pssUnread > 0 ? undefined : cost.privateBytes);
  fields.set("cost.mounts", cost.mounts);
  const containers = pod.containers.flatMap((id) => find.container(id) ?? []);
  fields.set(
    "volumes",
    sharedVolumes(snapshot, pod).map((volume) => volume.source),
  );
  fields.set("containers", containers.length);
  return {
    label: pod.key,
    fields,
    containers: new Map(containers.map((one) => [one.name, containerFields(snapshot, one, reports)])),
  };
}

function podsWord(pod: Pod, type: NamespaceType): string {
  if (pod.namespaces[type]) return "shared by the pod";
  if (pod.host.includes(type)) return "the node's";
  if (pod.unread?.includes(type)) return NOT_KNOWN;
  return pod.disagree?.includes(type) ? "split: not one for all" : "each its own";
}

const wireWords = ({ inside, outside, master }: Wire): string =>
  [inside.name, outside?.interface.name, master?.name].filter((name) => name !== undefined).join(" – ");

/** In a pod's own words where it is what the pod shares, so that a container reads like the pod beside it. */
function whose(namespace: Namespace, container: Container, home: Pod | undefined): string {
  if (namespace.initial) return "the node's";
  if (home?.namespaces[namespace.type] === namespace.inode) return "shared by the pod";
  return namespace.pids.some((pid) => !container.pids.includes(pid)) ? "shared with others" : "its own";
}

function containerSubject(
  snapshot: Snapshot,
  container: Container,
  reports: ReadonlyMap<string, CgroupReport>,
): Subject {
  const find = lookup(snapshot);
  const process = container.pid === null ? undefined : find.process(container.pid);
  const home = container.podKey === undefined ? undefined : find.pod(container.podKey);
  const fields: Fields = new Map<string, unknown>([
    ["kind", "container"],
    ["name", container.name],
    ["runtime", container.runtime],
    ["qos", undefined],
    ["sandbox.state", "none"],
    ["sandbox.why", NO_SANDBOX],
  ]);
  const alone = podAlone(container, `container/${container.id}`);
  for (const type of NAMESPACE_TYPES) {
    const inode = process?.namespaces[type];
    const namespace = inode === undefined ? undefined : find.namespace(type, inode);
    fields.set(
      `namespaces.${type}`,
      namespace ? whose(namespace, container, home) : process && inode === undefined ? NOT_KNOWN : undefined,
    );
    fields.set(`namespaces.${type}.inode`, namespace?.initial ? undefined : inode);
    fields.set(
      `namespaces.${type}.heldBy`,
      namespace ? holdersOf(namespace, { ...alone, key: container.podKey ?? alone.key }, find) : undefined,
    );
    fields.set(`namespaces.${type}.pins`, namespace?.initial ? undefined : namespace?.pins.map((pin) => pin.path));
    fields.set(`namespaces.${type}.diesWithPause`, namespace ? false : undefined);
  }
  fields.set("modes", container.modes);
  addGroup(fields, "cgroup", container.cgroupPath, reports);
  fields.set("containers", 1);
  return {
    label: container.id,
    fields,
    containers: new Map([[container.name, containerFields(snapshot, container, reports)]]),
  };
}

/** The limits, what is used and the weight of one group. */
function addGroup(
  fields: Fields,
  prefix: string,
  path: string | undefined,
  reports: ReadonlyMap<string, CgroupReport>,
): void {
  const report = path === undefined ? undefined : reports.get(path);
  fields.set(`${prefix}.path`, path);
  fields.set(`${prefix}.memoryMaxBytes`, report?.limits.memoryMaxBytes);
  fields.set(`${prefix}.effectiveMemoryMaxBytes`, report?.effective.memoryMaxBytes?.value);
  fields.set(`${prefix}.cpuMaxCores`, report?.limits.cpuMaxCores);
  fields.set(`${prefix}.pidsMax`, report?.limits.pidsMax);
  fields.set(`${prefix}.weight`, report?.weight);
  fields.set(`${prefix}.memoryBytes`, report?.usage.memoryBytes);
  fields.set(`${prefix}.workingSetBytes`, report?.usage.workingSetBytes);
  fields.set(`${prefix}.pids`, report?.usage.pids);
}

function containerFields(snapshot: Snapshot, container: Container, reports: ReadonlyMap<string, CgroupReport>): Fields {
  const find = lookup(snapshot);
  const process = container.pid === null ? undefined : find.process(container.pid);
  const fields: Fields = new Map<string, unknown>([
    ["image", container.image],
    ["state", containerState(snapshot, container)],
    ["command", container.oci?.args ?? process?.cmdline],
    ["restartCount", container.restartCount],
    ["processes", container.pids.length],
    ["oomScoreAdj", process?.oomScoreAdj],
  ]);
  const walls = new Map(wallsOf(snapshot, container)?.map(({ name, says }) => [name, says]));
  for (const name of WALL_NAMES) fields.set(`walls.${name}`, walls.get(name));
  for (const type of NAMESPACE_TYPES) fields.set(`oci.namespaces.${type}`, asked(container, type));
  const resources = container.oci?.resources ?? {};
  for (const key of ["memory", "cpu", "pids", "unified"]) fields.set(`oci.resources.${key}`, resources[key]);
  fields.set(
    "oci.mounts",
    container.oci?.mounts?.map((mount) => mount.destination),
  );
  fields.set("mountsInside", container.mounts && mountLines([container]).map(mountWords));
  addGroup(fields, "cgroup", container.cgroupPath, reports);
  return fields;
}

const mountWords = ({ destination, access, covered }: ReturnType<typeof mountLines>[number]): string =>
  [destination, access === "read-only" && "read-only", covered && "covered"].filter(Boolean).join(", ");

/** What the OCI config asks for, with the path as the runtime wrote it: the two ways of joining a pod, told apart. */
function asked(container: Container, type: NamespaceType): string | undefined {
  if (!container.ociNamespaces) return undefined;
  const entry = container.ociNamespaces.find((namespace) => ociType(namespace.type) === type);
  if (!entry) return "the node's";
  return entry.path ?? "a new one";
}

/** A container as if it were a pod of its own. */
export const podAlone = ({ id, name, runtime }: Container, key = id): Pod => ({
  key,
  name,
  runtime,
  sandbox: { state: "none", why: NO_SANDBOX },
  containers: [id],
  namespaces: {},
  host: [],
  ips: [],
});
