/**
 * What the kubelet keeps for the node, read from the kubepods cgroup: its memory limit is the node less kube-reserved
 * and system-reserved (enforceNodeAllocatable "pods"), its cpu weight stands for the allocatable cpus. The QoS classes
 * below it have no limits: they differ in weight alone (pkg/kubelet/cm/qos_container_manager_linux.go).
 */

import type { QosClass, Snapshot } from "../model.ts";
import type { CgroupReport } from "../reports.ts";
import { kubePath } from "./qos.ts";
import { linearWeight, quadraticWeight, sharesForMilliCpu } from "./weights.ts";

export interface ClassShare {
  qos: QosClass;
  path: string;
  pods: number;
  weight?: number;
  file?: "cpu.shares" | "cpu.weight";
  memoryBytes?: number;
}

export interface Reservations {
  path: string;
  memoryMaxBytes?: number;
  /** Node memory that pods may never take; undefined where kubepods has no limit. */
  reservedBytes?: number;
  pidsMax?: number;
  weight?: CgroupReport["weight"];
  /** What the weight would be if every cpu of the node were allocatable, by each formula. */
  wholeNode: { shares: number; linear: number; quadratic: number };
  classes: ClassShare[];
}

/** undefined on a node without a kubepods cgroup. Guaranteed pods sit directly under it and are its own class. */
export const reservations = (snapshot: Snapshot, reports: CgroupReport[]): Reservations | undefined => {
  const top = reports.find((one) => kubePath(one.path)?.level === "pods");
  if (!top) return undefined;
  const max = top.limits.memoryMaxBytes;
  const shares = sharesForMilliCpu(snapshot.node.cpus * 1000);
  const podsOf = (qos: QosClass) => snapshot.pods.filter((pod) => pod.qos === qos).length;
  const classes = reports.flatMap((one): ClassShare[] => {
    const kube = kubePath(one.path);
    if (kube?.level !== "class" || !kube.qos) return [];
    return [
      {
        qos: kube.qos,
        path: one.path,
        pods: podsOf(kube.qos),
        ...(one.weight ? { weight: one.weight.value, file: one.weight.file } : {}),
        ...(one.usage.memoryBytes === undefined ? {} : { memoryBytes: one.usage.memoryBytes }),
      },
    ];
  });
  return {
    path: top.path,
    ...(max === undefined ? {} : { memoryMaxBytes: max, reservedBytes: Math.max(0, snapshot.node.memoryBytes - max) }),
    ...(top.limits.pidsMax === undefined ? {} : { pidsMax: top.limits.pidsMax }),
    weight: top.weight,
    wholeNode: { shares, linear: linearWeight(shares), quadratic: quadraticWeight(shares) },
    classes: [{ qos: "Guaranteed" as const, path: top.path, pods: podsOf("Guaranteed") }, ...classes],
  };
};
