/**
 * Whose cgroup is it? Read from the path alone, so it works without any runtime record.
 * Patterns and their sources: kubelet pkg/kubelet/cm, containerd internal/cri podsandbox/helpers_linux.go, CRI-O
 * internal/config/cgmgr, moby daemon/oci_linux.go, podman libpod/{container,pod_internal_linux,util_linux}.go.
 */
import type { QosClass } from "../model.ts";
import type { RuntimeName } from "../runtimes/names.ts";
import { runtimes } from "../runtimes/table.ts";

export interface CgroupOwner {
  /** Full id, 64 hex digits. */
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
  qos?: QosClass;
}

const HEX = "[0-9a-f]{64}";
const prefixed = (list: (runtime: (typeof runtimes)[number]) => readonly string[] | undefined) =>
  new Map(runtimes.flatMap((runtime) => (list(runtime) ?? []).map((prefix) => [prefix, runtime] as const)));
const containers = prefixed(({ groups }) => groups.prefixes);
const monitors = prefixed(({ groups }) => groups.monitors);
const folders = prefixed(({ groups }) => (groups.folder === undefined ? [] : [groups.folder]));
const podIds = runtimes.flatMap(({ groups }) => groups.podId ?? []);

const SCOPE = new RegExp(`^(${[...containers.keys()].join("|")})-(${HEX})(\\.scope)?$`);
const MONITOR = new RegExp(`^(${[...monitors.keys()].join("|")})-(${HEX})(?:\\.scope)?$`);
const BARE = new RegExp(`^${HEX}$`);
const POD_SLICE = /^(.*-)?pod([0-9a-f]{8}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{12}|[0-9a-f]{32})\.slice$/;
const POD_FOLDER = /^pod([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})$/;

export function cgroupOwner(path: string): CgroupOwner {
  const owner: CgroupOwner = {};
  const parts = path.split("/");
  let at = "";
  for (let index = 1; index < parts.length; index++) {
    const part = parts[index]!;
    at += `/${part}`;
    if (owner.containerId) break;
    if (part.length < 35) continue; // shorter than any pod's or container's
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
    const scope = SCOPE.exec(part);
    if (scope) {
      const runtime = containers.get(scope[1]!)!;
      owner.runtime = runtime.name;
      owner.containerId = scope[2]!;
      owner.containerPath = at;
      if (runtime.groups.bareMarks && !scope[3]) owner.mark = true;
      continue;
    }
    const monitor = MONITOR.exec(part);
    if (monitor) {
      owner.runtime = monitors.get(monitor[1]!)!.name;
      owner.containerId = monitor[2]!;
      owner.monitor = true;
      continue;
    }
    if (BARE.test(part)) {
      owner.containerId = part;
      owner.containerPath = at;
      const runtime = folders.get(parts[index - 1]!);
      if (runtime) owner.runtime = runtime.name;
    }
  }
  return owner;
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
