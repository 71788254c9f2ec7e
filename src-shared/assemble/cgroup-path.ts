/**
 * Whose cgroup is it? Read from the path alone, so it works without any runtime record.
 * Patterns and their sources: kubelet pkg/kubelet/cm, containerd internal/cri podsandbox/helpers_linux.go, CRI-O
 * internal/config/cgmgr, moby daemon/oci_linux.go, podman libpod/{container,pod_internal_linux,util_linux}.go.
 */
import type { QosClass } from "../model.ts";
import type { RuntimeName } from "../runtimes/names.ts";
import { expandSlice } from "../runtimes/oci.ts";
import { runtimes } from "../runtimes/table.ts";

export interface CgroupOwner {
  /** Full id: 64 hex digits, or a name where a runtime has names for ids. */
  containerId?: string;
  runtime?: RuntimeName;
  /** conmon's own group, not the container's. */
  monitor?: boolean;
  /** Without `.scope` where its runtime marks sandboxes without pause so: a cgroupfs container, or, when always empty, the mark. */
  mark?: boolean;
  /** Path down to the container's own group, without what a runtime or the container put below it. */
  containerPath?: string;
  /** The runtime's own id of the pod, from its slice or folder (podman). */
  podId?: string;
  podUid?: string;
  podPath?: string;
  /** The id of the container that it is inside of: a node in a container. */
  within?: string;
  qos?: QosClass;
}

const HEX = "[0-9a-f]{64}";
const prefixed = (list: (runtime: (typeof runtimes)[number]) => readonly string[] | undefined) =>
  new Map(runtimes.flatMap((runtime) => (list(runtime) ?? []).map((prefix) => [prefix, runtime] as const)));
const containers = prefixed(({ groups }) => groups.prefixes);
const monitors = prefixed(({ groups }) => groups.monitors);
const folders = prefixed(({ groups }) => (groups.folder === undefined ? [] : [groups.folder]));
const byName = runtimes.filter(({ groups }) => groups.named);
const podIds = runtimes.flatMap(({ groups }) => groups.podId ?? []);

const SCOPE = new RegExp(`^(${[...containers.keys()].join("|")})-(${HEX})(\\.scope)?$`);
const MONITOR = new RegExp(`^(${[...monitors.keys()].join("|")})-(${HEX})(?:\\.scope)?$`);
/**
 * What runc makes of a systemd path, "slice:prefix:id", where it was not told to use systemd (containerd's default,
 * SystemdCgroup = false, below a kubelet with the systemd driver): one folder of that name, wherever runc itself is. The
 * slice that it names is elsewhere, and empty.
 */
const COLONS = new RegExp(`^([^:]*):(${[...containers.keys(), ...monitors.keys()].join("|")}):(${HEX})$`);
const BARE = new RegExp(`^${HEX}$`);
const POD_SLICE = /^(.*-)?pod([0-9a-f]{8}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{12}|[0-9a-f]{32})\.slice$/;
const POD_FOLDER = /^pod([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})$/;

export const cgroupOwner = (path: string): CgroupOwner => ownerFrom(path.split("/"), 1, "");

function ownerFrom(parts: readonly string[], from: number, above: string): CgroupOwner {
  const owner: CgroupOwner = {};
  let at = above;
  for (let index = from; index < parts.length; index++) {
    const part = parts[index]!;
    at += `/${part}`;
    const named = owner.containerId ? undefined : containerNamed(part, at);
    if (named) {
      Object.assign(owner, named);
      continue;
    }
    if (part.length < 35) continue; // shorter than any pod's or container's
    if (owner.containerId) return innermost(owner, parts, index, at.slice(0, -part.length - 1));
    const uid = part.includes("pod") ? (POD_SLICE.exec(part)?.[2] ?? POD_FOLDER.exec(part)?.[1]) : undefined;
    if (uid && !owner.podUid) {
      owner.podUid = uid.replaceAll("_", "-");
      owner.podPath = at;
      owner.qos = qosOf(at);
      continue;
    }
    const podId = podIdOf(part, parts[index - 1]!, parts[index + 1] ?? "");
    if (podId) {
      owner.podId = podId;
      owner.podPath = at;
      continue;
    }
    Object.assign(owner, containerAt(part, parts[index - 1]!, at));
  }
  return owner;
}

function containerNamed(part: string, at: string): CgroupOwner | undefined {
  for (const { name, groups } of byName) {
    const id = groups.named?.(part);
    if (id) return { runtime: name, containerId: id, containerPath: at };
  }
  return undefined;
}

/** Below a container's group: its own folders, or those of a node that runs in it (kind, Docker in Docker). */
function innermost(owner: CgroupOwner, parts: readonly string[], index: number, above: string): CgroupOwner {
  const inner = ownerFrom(parts, index, above);
  return inner.containerId && inner.containerId !== owner.containerId
    ? { ...inner, within: inner.within ?? owner.containerId }
    : owner;
}

function containerAt(part: string, above: string, at: string): CgroupOwner | undefined {
  const scope = SCOPE.exec(part);
  if (scope) {
    const runtime = containers.get(scope[1]!)!;
    const marks = runtime.groups.bareMarks && !scope[3];
    return { runtime: runtime.name, containerId: scope[2]!, containerPath: at, ...(marks ? { mark: true } : {}) };
  }
  const monitor = MONITOR.exec(part);
  if (monitor) return { runtime: monitors.get(monitor[1]!)!.name, containerId: monitor[2]!, monitor: true };
  const colons = COLONS.exec(part);
  if (colons) return inColons(colons[1]!, colons[2]!, colons[3]!, at);
  if (!BARE.test(part)) return undefined;
  const runtime = folders.get(above);
  return { containerId: part, containerPath: at, ...(runtime ? { runtime: runtime.name } : {}) };
}

function inColons(slice: string, prefix: string, containerId: string, at: string): CgroupOwner {
  const monitor = monitors.get(prefix);
  if (monitor) return { runtime: monitor.name, containerId, monitor: true };
  const runtime = containers.get(prefix)!.name;
  const uid = POD_SLICE.exec(slice)?.[2]?.replaceAll("_", "-");
  if (!uid) return { runtime, containerId, containerPath: at };
  const podPath = expandSlice(slice);
  return { runtime, containerId, containerPath: at, podUid: uid, podPath, qos: qosOf(podPath) };
}

function podIdOf(part: string, above: string, below: string): string | undefined {
  for (const podId of podIds) {
    const found = podId(part, above, below);
    if (found) return found;
  }
  return undefined;
}

/** kubelet: Guaranteed pods sit straight below kubepods, the others in a folder or slice named after their class. */
function qosOf(podPath: string): QosClass | undefined {
  if (!podPath.includes("kubepods")) return undefined;
  if (podPath.includes("burstable")) return "Burstable";
  if (podPath.includes("besteffort")) return "BestEffort";
  return "Guaranteed";
}
