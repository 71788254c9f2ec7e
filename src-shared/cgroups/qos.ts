/**
 * QoS classes. The kubelet writes a pod's class into its cgroup path (pkg/kubelet/cm/qos_container_manager_linux.go):
 * Burstable and BestEffort pods have a parent of that name, Guaranteed ones sit directly under kubepods. The classes
 * differ in the weight of that parent and in oom_score_adj, not in limits.
 */
import type { QosClass } from "../model.ts";

const PODS_SLICE = /(?:^|-)kubepods(?:-(burstable|besteffort))?\.slice$/;
const POD_SLICE = /(?:^|-)kubepods(?:-(burstable|besteffort))?-pod([0-9a-f_]{32,36})\.slice$/i;
const POD_FOLDER = /^pod([0-9a-f][0-9a-f-]{30,34}[0-9a-f])$/i;

const CLASSES: Record<string, QosClass> = { burstable: "Burstable", besteffort: "BestEffort" };

export interface KubePath {
  /** "pods": all pods of the node; "class": all pods of one class; "pod": one pod, or something in it. */
  level: "pods" | "class" | "pod";
  qos?: QosClass;
  uid?: string;
}

/** What the kubelet's naming says about a path, with either cgroup driver; undefined for a path that is not the kubelet's. */
export const kubePath = (path: string): KubePath | undefined => {
  let found: KubePath | undefined;
  for (const part of path.split("/")) {
    const slice = POD_SLICE.exec(part);
    if (slice) return pod(CLASSES[slice[1] ?? ""], slice[2]!.replaceAll("_", "-"));
    const group = PODS_SLICE.exec(part);
    if (group) {
      const qos = CLASSES[group[1] ?? ""];
      found = qos ? { level: "class", qos } : { level: "pods" };
      continue;
    }
    if (part === "kubepods") {
      found = { level: "pods" };
      continue;
    }
    if (!found) continue;
    const qos = CLASSES[part];
    if (qos && found.level === "pods") {
      found = { level: "class", qos };
      continue;
    }
    const folder = POD_FOLDER.exec(part);
    if (folder) return pod(found.qos, folder[1]!);
    // A folder that is not the kubelet's: nothing is known below it.
    return undefined;
  }
  return found;
};

const pod = (qos: QosClass | undefined, uid: string): KubePath => ({ level: "pod", qos: qos ?? "Guaranteed", uid });

export interface ContainerLimits {
  name: string;
  memoryMaxBytes?: number;
  cpuMaxCores?: number;
  /** cpu.shares as the runtime was asked for; 2 is the kubelet's "no request". */
  cpuShares?: number;
  oomScoreAdj?: number;
}

/**
 * The class that a pod's containers look like, from what reached the node (pkg/apis/core/v1/helper/qos): Guaranteed when
 * every container has a memory and a cpu limit and asks for as much cpu as its limit, BestEffort when none has any
 * limit or request; undefined where two fit. Memory requests reach a node through oom_score_adj alone, so "Guaranteed"
 * needs that too.
 */
export const qosFromLimits = (containers: ContainerLimits[]): QosClass | undefined => {
  if (containers.length === 0) return undefined;
  const asked = (one: ContainerLimits) =>
    one.memoryMaxBytes !== undefined ||
    one.cpuMaxCores !== undefined ||
    (one.cpuShares !== undefined && one.cpuShares > 2) ||
    (one.oomScoreAdj !== undefined && one.oomScoreAdj > 2 && one.oomScoreAdj < 1000);
  if (!containers.some(asked)) return "BestEffort";
  // -997 without a quota is a Guaranteed pod with exclusive cpus (DisableCPUQuotaWithExclusiveCPUs), or a critical
  // Burstable one (pkg/kubelet/qos/policy.go): nothing on the node tells them apart.
  if (containers.every((one) => (one.oomScoreAdj ?? 0) <= -997 && one.cpuMaxCores === undefined)) return undefined;
  const full = (one: ContainerLimits) =>
    one.memoryMaxBytes !== undefined &&
    one.cpuMaxCores !== undefined &&
    (one.cpuShares === undefined || Math.abs(one.cpuShares - one.cpuMaxCores * 1024) <= 1.024) &&
    (one.oomScoreAdj === undefined || one.oomScoreAdj <= -997);
  return containers.every(full) ? "Guaranteed" : "Burstable";
};
