/** The QoS class in the path and the one that the limits look like are not the same. */
import { kubePath, qosFromLimits } from "../cgroups/qos.ts";
import { innerPath } from "../cgroups/tree.ts";
import { bytes, cores, inert } from "../format.ts";
import type { Container, Finding } from "../model.ts";
import { requestedShares } from "./two-weight-formulas.ts";
import { livePids, podLabel, type Rule, some, type View } from "./view.ts";

export const qosMismatch: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) => {
    const written = pod.cgroupPath ? kubePath(pod.cgroupPath)?.qos : undefined;
    const apps = (view.containersOf.get(pod.key) ?? []).filter((one) => one.kind === "app" && one.pid !== null);
    if (!written || apps.length === 0) return [];
    const limits = apps.flatMap((one) => limitsOf(view, one) ?? []);
    // A container whose cgroup was not read may have any limit.
    if (limits.length < apps.length) return [];
    const looks = qosFromLimits(limits);
    if (looks === undefined || looks === written) return [];
    return [
      {
        rule: "qos-mismatch",
        severity: "info",
        title: `Its cgroup says ${written}, its containers look ${looks}`,
        where: podLabel(pod),
        evidence: [
          `${inert(pod.cgroupPath!, 200)} is where the kubelet puts ${written} pods`,
          ...some(
            limits.map(
              (one) =>
                `${inert(one.name, 80)}: memory ${one.memoryMaxBytes === undefined ? "unlimited" : bytes(one.memoryMaxBytes)}, cpu ${one.cpuMaxCores === undefined ? "unlimited" : cores(one.cpuMaxCores)}, shares ${one.cpuShares ?? "unknown"}, oom_score_adj ${one.oomScoreAdj ?? "unknown"}`,
            ),
          ),
        ],
        why: "The class decides the weight of the pod's parent cgroup and who is killed first when memory runs out. Limits that somebody changed by hand, or a pod made without a kubelet, do not move a pod to another class.",
        todo: "Compare with the pod's spec (kubectl get pod -o yaml, status.qosClass). If limits were changed on the node, put them back or change the spec.",
        link: "https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/",
        at: { podKey: pod.key, cgroupPath: pod.cgroupPath },
      } satisfies Finding,
    ];
  });

const limitsOf = (view: View, container: Container) => {
  const first = view.process.get(container.pid ?? livePids(view, container)[0] ?? -1);
  const report = view.report.get(innerPath(container, first));
  if (!report?.controllers.includes("memory")) return undefined;
  const { limits } = report;
  const adjust = first?.oomScoreAdj;
  return {
    name: container.name,
    memoryMaxBytes: limits.memoryMaxBytes,
    cpuMaxCores: limits.cpuMaxCores,
    cpuShares: requestedShares(container),
    oomScoreAdj: adjust ?? undefined,
  };
};
