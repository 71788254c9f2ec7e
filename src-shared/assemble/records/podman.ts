/**
 * podman's containers. Its names are in a database; what text tells is config.json (podman writes CRI-O's annotations
 * too, with io.container.manager = libpod), conmon's own arguments, the pod's slice, and `podman pod ps` where asked.
 */
import type { OciConfig } from "../../model.ts";
import { normalPath } from "../namespaces.ts";
import { array, integer, object, parseArray, text, texts } from "./json.ts";
import { ociType } from "./oci.ts";
import type { PodRecord, RuntimeRecord } from "./record.ts";

export const isPodman = (oci: OciConfig): boolean => oci.annotations["io.container.manager"] === "libpod";

export function podmanRecord(id: string, oci: OciConfig): RuntimeRecord {
  const notes = oci.annotations;
  const record: RuntimeRecord = {
    id,
    runtime: "podman",
    kind: "app",
    path: oci.path,
    oci,
    createdAt: notes["io.kubernetes.cri-o.Created"],
    networkMode: networkMode(oci),
  };
  // The infra container's id, or the pod's own where there is no infra container; assemble finds out which.
  const sandboxId = notes["io.kubernetes.cri-o.SandboxID"];
  if (sandboxId) record.pod = { sandboxId };
  return record;
}

/** Where its network namespace comes from; podman libpod/networking_linux.go makes netns-* for bridge networks. */
function networkMode(oci: OciConfig): string {
  const network = oci.namespaces.find((namespace) => ociType(namespace.type) === "net");
  if (!network) return "host";
  if (!network.path) return "none";
  const path = normalPath(network.path);
  if (/\/netns\/netns-[^/]+$/.test(path)) return path.startsWith("/run/netns/") ? "bridge" : "rootless";
  return path.startsWith("/proc/") ? "container" : `ns:${path}`;
}

export interface PodmanPod extends PodRecord {
  podId: string;
  infraId?: string;
  containers: Map<string, string>;
}

/** Every podman storage of the node is asked on its own: outputs of one kind carry a number behind their name. */
const outputs = (tools: Readonly<Record<string, string>>, name: string): unknown[] =>
  Object.keys(tools)
    .filter((key) => key === name || key.startsWith(`${name}-`))
    .flatMap((key) => (parseArray(tools[key]) ?? []).slice(0, 20_000));

/** `podman pod ps --format json`: pods that no text file names. */
export function podmanPods(tools: Readonly<Record<string, string>>): Map<string, PodmanPod> {
  const pods = new Map<string, PodmanPod>();
  for (const entry of outputs(tools, "podman-pods")) {
    const pod = object(entry);
    const podId = text(pod.Id);
    if (!podId) continue;
    const containers = new Map<string, string>();
    for (const member of array(pod.Containers)) {
      const id = text(object(member).Id);
      if (id) containers.set(id, text(object(member).Names) ?? id.slice(0, 12));
    }
    pods.set(podId, {
      podId,
      infraId: text(pod.InfraId),
      name: text(pod.Name),
      labels: texts(pod.Labels),
      containers,
    });
  }
  return pods;
}

export interface ListedContainer {
  name?: string;
  image?: string;
  labels: Record<string, string>;
  restarts?: number;
}

/** `podman ps --all --format json`: images and labels. */
export function podmanContainers(tools: Readonly<Record<string, string>>): Map<string, ListedContainer> {
  const found = new Map<string, ListedContainer>();
  for (const entry of outputs(tools, "podman-containers")) {
    const container = object(entry);
    const id = text(container.Id);
    if (!id) continue;
    found.set(id, {
      name: text(array(container.Names)[0]),
      image: text(container.Image),
      labels: texts(container.Labels),
      restarts: integer(container.Restarts),
    });
  }
  return found;
}
