/** Where the kubelet and the runtimes put a pod's groups, and which limits they set (facts as in src-shared/cgroups). */
import type { Limits } from "./cgroups.ts";
import type { ContainerSpec, PodSpec, Scene } from "./scene.ts";

const CPU_PERIOD = 100_000;

/** Path of the pod's own group. */
export function podGroup(scene: Scene, spec: PodSpec, uid: string): string {
  const tier = spec.qos === "Guaranteed" ? "" : spec.qos.toLowerCase();
  if (spec.runtime === "docker")
    return scene.node.driver === "systemd" ? `/pod-${spec.name}.slice` : `/pod-${spec.name}`;
  if (scene.node.driver === "cgroupfs") return `/kubepods${tier ? `/${tier}` : ""}/pod${uid}`;
  const unit = uid.replaceAll("-", "_");
  return tier
    ? `/kubepods.slice/kubepods-${tier}.slice/kubepods-${tier}-pod${unit}.slice`
    : `/kubepods.slice/kubepods-pod${unit}.slice`;
}

/** Path of the group in which a container's processes are; crun on v2 under systemd goes one deeper. */
export function containerGroup(scene: Scene, spec: PodSpec, pod: string, id: string): string {
  const systemd = scene.node.driver === "systemd";
  if (spec.runtime === "containerd") return systemd ? `${pod}/cri-containerd-${id}.scope` : `${pod}/${id}`;
  if (spec.runtime === "docker") return systemd ? `${pod}/docker-${id}.scope` : `${pod}/${id}`;
  if (!systemd) return `${pod}/crio-${id}`;
  return scene.node.cgroupMode === "v2" ? `${pod}/crio-${id}.scope/container` : `${pod}/crio-${id}.scope`;
}

/** The empty group that CRI-O makes for a dropped sandbox: no ".scope". */
export const droppedGroup = (pod: string, id: string): string => `${pod}/crio-${id}`;

/** cgroupsPath as config.json has it: "slice:prefix:id" with systemd, a path without. */
export function cgroupsPath(scene: Scene, spec: PodSpec, pod: string, id: string): string {
  const prefix = { containerd: "cri-containerd", "cri-o": "crio", docker: "docker" }[spec.runtime];
  if (scene.node.driver === "systemd") return `${pod.slice(pod.lastIndexOf("/") + 1)}:${prefix}:${id}`;
  return spec.runtime === "cri-o" ? `${pod}/crio-${id}` : `${pod}/${id}`;
}

/** The kubelet's shares for a CPU request: milli × 1024 / 1000, at least 2. */
const shares = (milli: number): number => Math.max(2, Math.floor((milli * 1024) / 1000));

export function containerLimits(spec: ContainerSpec): Limits {
  return {
    ...(spec.memoryBytes ? { memoryMax: spec.memoryBytes } : {}),
    ...(spec.cpuCores ? { cpuQuota: Math.round(spec.cpuCores * CPU_PERIOD), cpuPeriod: CPU_PERIOD } : {}),
    cpuShares: shares(spec.cpuRequestMilli ?? (spec.cpuCores ?? 0) * 1000),
  };
}

/** The pod's limit is the sum of its containers', and there is one only if each has one. */
export function podLimits(spec: PodSpec): Limits {
  const all = spec.containers;
  const sum = (of: (c: ContainerSpec) => number | undefined): number | undefined =>
    all.every((c) => of(c) !== undefined) ? all.reduce((total, c) => total + (of(c) ?? 0), 0) : undefined;
  const memory = sum((c) => c.memoryBytes);
  const cores = sum((c) => c.cpuCores);
  const milli = all.reduce((total, c) => total + (c.cpuRequestMilli ?? (c.cpuCores ?? 0) * 1000), 0);
  return {
    ...(memory !== undefined ? { memoryMax: memory } : {}),
    ...(cores !== undefined ? { cpuQuota: Math.round(cores * CPU_PERIOD), cpuPeriod: CPU_PERIOD } : {}),
    cpuShares: shares(milli),
  };
}

/** oom_score_adj as the kubelet sets it (pkg/kubelet/qos/policy.go). */
export function oomScoreAdj(scene: Scene, pod: PodSpec, spec: ContainerSpec): number {
  if (pod.qos === "Guaranteed") return -997;
  if (pod.qos === "BestEffort") return 1000;
  const request = spec.memoryRequestBytes ?? 0;
  return Math.min(999, Math.max(3, 1000 - Math.floor((1000 * request) / scene.node.memoryBytes)));
}
