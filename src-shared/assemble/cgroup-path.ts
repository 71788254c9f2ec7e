/**
 * Whose cgroup is it? Read from the path alone, so it works without any runtime record.
 * Patterns and their sources: kubelet pkg/kubelet/cm, containerd internal/cri podsandbox/helpers_linux.go, CRI-O
 * internal/config/cgmgr, moby daemon/oci_linux.go, podman libpod/{container,pod_internal_linux,util_linux}.go.
 */
import type { QosClass, RuntimeName } from "../model.ts";

export interface CgroupOwner {
  /** Full id, 64 hex digits. */
  containerId?: string;
  runtime?: RuntimeName;
  /** conmon's own group, not the container's. */
  monitor?: boolean;
  /** `crio-<id>` without `.scope`: a cgroupfs container, or, when always empty, the mark of a dropped infra container. */
  bareCrio?: boolean;
  /** Path down to the container's own group, without what a runtime or the container put below it. */
  containerPath?: string;
  /** podman's pod id from its slice or folder. */
  podmanPodId?: string;
  podUid?: string;
  podPath?: string;
  qos?: QosClass;
}

const HEX = "[0-9a-f]{64}";
const SCOPE = new RegExp(`^(cri-containerd|crio|docker|libpod|libpod-payload)-(${HEX})(\\.scope)?$`);
const MONITOR = new RegExp(`^(crio-conmon|libpod-conmon)-(${HEX})(?:\\.scope)?$`);
const BARE = new RegExp(`^${HEX}$`);
const POD_SLICE = /^(.*-)?pod([0-9a-f]{8}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{12}|[0-9a-f]{32})\.slice$/;
const POD_FOLDER = /^pod([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})$/;
const PODMAN_SLICE = new RegExp(`libpod_pod_(${HEX})\\.slice$`);
/** What podman puts below a pod's folder with cgroupfs: its containers, and one group for all their conmons. */
const LIBPOD = new RegExp(`^(libpod(-conmon|-payload)?-${HEX}|conmon)$`);
const RUNTIMES: Record<string, RuntimeName> = {
  "cri-containerd": "containerd",
  crio: "cri-o",
  docker: "docker",
  libpod: "podman",
  "libpod-payload": "podman",
};

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
    const podman = PODMAN_SLICE.exec(part)?.[1];
    if (podman) {
      owner.podmanPodId = podman;
      owner.podPath = at;
      continue;
    }
    const scope = SCOPE.exec(part);
    if (scope) {
      owner.runtime = RUNTIMES[scope[1]!]!;
      owner.containerId = scope[2]!;
      owner.containerPath = at;
      if (owner.runtime === "cri-o" && !scope[3]) owner.bareCrio = true;
      continue;
    }
    const monitor = MONITOR.exec(part);
    if (monitor) {
      owner.runtime = monitor[1] === "crio-conmon" ? "cri-o" : "podman";
      owner.containerId = monitor[2]!;
      owner.monitor = true;
      continue;
    }
    if (BARE.test(part)) {
      // podman with cgroupfs names a pod's folder by its bare id, below libpod_parent or a --cgroup-parent.
      if (parts[index - 1] === "libpod_parent" || LIBPOD.test(parts[index + 1] ?? "")) {
        owner.podmanPodId = part;
        owner.podPath = at;
      } else {
        owner.containerId = part;
        owner.containerPath = at;
        if (parts[index - 1] === "docker") owner.runtime = "docker";
      }
    }
  }
  return owner;
}

/** kubelet: Guaranteed pods sit straight below kubepods, the others in a folder or slice named after their class. */
function qosOf(podPath: string): QosClass | undefined {
  if (!podPath.includes("kubepods")) return undefined;
  if (podPath.includes("burstable")) return "Burstable";
  if (podPath.includes("besteffort")) return "BestEffort";
  return "Guaranteed";
}
