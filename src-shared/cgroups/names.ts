/**
 * Names first: what a person calls a cgroup. Pods and containers by their own names, the kubelet's and the runtimes'
 * folders by what they are for, systemd's units without their escapes.
 */
import { inert, shortId } from "../format.ts";
import type { Container, Pod, Snapshot } from "../model.ts";
import { kubePath } from "./qos.ts";
import { baseName, parentPath } from "./tree.ts";

export interface Named {
  name: string;
  podKey?: string;
  containerId?: string;
  qos?: string;
}

export type Namer = (path: string) => Named;

/** A function that names paths of one snapshot. */
export const namer = (snapshot: Pick<Snapshot, "containers" | "pods">): Namer => {
  const pods = podsByPath(snapshot.pods);
  const containers = new Map<string, Container>();
  const byId = new Map<string, Container>();
  for (const one of snapshot.containers) {
    byId.set(one.id, one);
    if (one.cgroupPath && one.cgroupPath !== "/") containers.set(one.cgroupPath, one);
  }
  const podOf = new Map(snapshot.pods.map((one) => [one.key, one]));
  const sandboxOf = new Map(snapshot.pods.flatMap((one) => (one.sandbox.id ? [[one.sandbox.id, one] as const] : [])));
  // crun puts processes one level deeper, in <scope>/container (crun.1.md): the scope is the container too.
  for (const one of snapshot.containers) {
    const scope = /^(.+\.scope)\/[^/]+$/.exec(one.cgroupPath)?.[1];
    if (scope && !containers.has(scope)) containers.set(scope, one);
  }

  const ofContainer = (one: Container, name: string): Named => ({
    name,
    podKey: one.podKey,
    containerId: one.id,
    qos: one.podKey ? podOf.get(one.podKey)?.qos : undefined,
  });
  const ofPod = (one: Pod, name: string): Named => ({ name, podKey: one.key, qos: one.qos });

  const name = (path: string): Named => {
    const container = containers.get(path);
    if (container) {
      const own = inert(container.name, 80) || shortId(container.id);
      return ofContainer(container, container.kind === "sandbox" ? `${own} (sandbox)` : own);
    }
    const pod = pods.get(path);
    if (pod) return { ...ofPod(pod, podName(pod)), qos: pod.qos ?? kubePath(path)?.qos };
    const kube = kubePath(path);
    const base = baseName(path);
    const id = /[0-9a-f]{64}/.exec(base)?.[0];
    if (id) {
      const monitored = byId.get(id);
      if (base.includes("conmon") && monitored) {
        // The pod's, but not the container's: its usage and limits are conmon's own.
        const { containerId: _, ...pods } = ofContainer(monitored, `conmon of ${inert(monitored.name, 80)}`);
        return pods;
      }
      const emptied = sandboxOf.get(id);
      if (emptied) return ofPod(emptied, `${podName(emptied)} (dropped sandbox)`);
      if (monitored) return ofContainer(monitored, inert(monitored.name, 80) || shortId(id));
    }
    const inside = inherited(path);
    return { name: folderName(path, base, kube?.level, kube?.qos, id), qos: kube?.qos, ...inside };
  };

  /** What a folder below a container or a pod belongs to. */
  const inherited = (path: string): Partial<Named> => {
    for (let above = parentPath(path); above !== undefined && above !== "/"; above = parentPath(above)) {
      const container = containers.get(above);
      if (container) return without(ofContainer(container, ""));
      const pod = pods.get(above);
      if (pod) return without(ofPod(pod, ""));
    }
    return {};
  };
  return name;
};

const without = ({ name: _, ...rest }: Named): Partial<Named> => rest;

const podName = (pod: Pod): string => {
  const own = inert(pod.name, 100) || inert(pod.key, 100);
  return pod.namespace ? `${inert(pod.namespace, 63)}/${own}` : own;
};

/** A path that two pods name as theirs (a common cgroup parent) is neither's. */
const podsByPath = (pods: Pod[]): Map<string, Pod> => {
  const found = new Map<string, Pod | null>();
  for (const pod of pods) {
    if (!pod.cgroupPath || pod.cgroupPath === "/") continue;
    found.set(pod.cgroupPath, found.has(pod.cgroupPath) ? null : pod);
  }
  return new Map([...found].filter((entry): entry is [string, Pod] => entry[1] !== null));
};

const folderName = (
  path: string,
  base: string,
  level: "pods" | "class" | "pod" | undefined,
  qos: string | undefined,
  id: string | undefined,
): string => {
  if (path === "/") return "node";
  if (level === "pods") return "all pods";
  if (level === "class") return `${qos} pods`;
  if (level === "pod" && /pod[0-9a-f_-]{32,36}(\.slice)?$/i.test(base))
    return `pod ${kubePath(path)?.uid ?? ""}`.trim();
  if (id) return base.includes("conmon") ? `conmon of ${shortId(id)}` : `container ${shortId(id)}`;
  // systemd.unit(5): "-" in a unit's name is written \x2d.
  const plain = base.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return inert(plain.replace(/\.slice$/, ""), 120) || "unnamed";
};
