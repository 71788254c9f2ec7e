/**
 * The QoS class in the path and the one that the containers were made for are not the same. Both sides are of the pod's
 * making: its path, and what each config.json asked for. What the cgroups say now may be a later resize, and a resize
 * never changes the class (KEP-1287).
 */
import { kubePath, qosFromLimits } from "../cgroups/qos.ts";
import { bytes, cores, inert } from "../format.ts";
import type { Container } from "../model.ts";
import type { Finding } from "../reports.ts";
import { integer, object } from "../runtimes/json.ts";
import { hasPodLevelLimits } from "./pod-level.ts";
import { requestedShares } from "./two-weight-formulas.ts";
import { podLabel, type Rule, truncate } from "./view.ts";

export const qosMismatch: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) => {
    const written = pod.cgroupPath ? kubePath(pod.cgroupPath)?.qos : undefined;
    const apps = view.find.containersOf(pod.key).filter((one) => one.kind === "app" && one.pid !== null);
    if (!written || apps.length === 0 || hasPodLevelLimits(view, pod, apps)) return [];
    const limits = apps.flatMap((one) => askedOf(one) ?? []);
    // A container whose record was not read may have been asked for anything.
    if (limits.length < apps.length) return [];
    const looks = qosFromLimits(limits);
    if (looks === undefined || looks === written) return [];
    return [
      {
        rule: "qos-mismatch",
        severity: "info",
        title: `Its cgroup says ${written}, its containers were made as ${looks}`,
        where: podLabel(pod),
        evidence: [
          `${inert(pod.cgroupPath!, 200)} is where the kubelet puts ${written} pods`,
          ...truncate(
            limits.map(
              (one) =>
                `${inert(one.name, 80)}: memory ${one.memoryMaxBytes === undefined ? "unlimited" : bytes(one.memoryMaxBytes)}, cpu ${one.cpuMaxCores === undefined ? "unlimited" : cores(one.cpuMaxCores)}, shares ${one.cpuShares ?? "unknown"}, oom_score_adj ${one.oomScoreAdj ?? "unknown"} in its config.json`,
            ),
          ),
        ],
        why: "The class decides the weight of the pod's parent cgroup and who is killed first when memory runs out. A pod made without a kubelet is put where its maker says, whatever its containers ask for.",
        todo: "Compare with the pod's spec (kubectl get pod -o yaml, status.qosClass), or with what made it (crictl's cgroup_parent).",
        link: "https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/",
        at: { podKey: pod.key, cgroupPath: pod.cgroupPath },
      } satisfies Finding,
    ];
  });

/** What a config.json asked for at the start; undefined without one, or where it says nothing of resources. */
const askedOf = (container: Container) => {
  const { oci } = container;
  if (!oci?.resources) return undefined;
  const memory = integer(object(oci.resources.memory).limit);
  const cpu = object(oci.resources.cpu);
  const quota = integer(cpu.quota);
  return {
    name: container.name,
    memoryMaxBytes: memory !== undefined && memory > 0 ? memory : undefined,
    cpuMaxCores: quota !== undefined && quota > 0 ? quota / (integer(cpu.period) || 100_000) : undefined,
    cpuShares: requestedShares(container),
    oomScoreAdj: oci.oomScoreAdj,
  };
};
