/** An oom_score_adj that the kubelet would not have given to a container of this class. */
import { expectedAdjust, isExpected } from "../cgroups/oom-adjust.ts";
import { inert } from "../format.ts";
import type { Finding } from "../reports.ts";
import { placeOf, processLabel, type Rule } from "./view.ts";

export const oomScoreAdjust: Rule = (view): Finding[] => {
  // Without a kubelet nobody promised its formula.
  if (!view.snapshot.node.kubelet) return [];
  return view.snapshot.containers.flatMap((container) => {
    const pod = container.podKey === undefined ? undefined : view.find.pod(container.podKey);
    const process = container.pid === null ? undefined : view.find.process(container.pid);
    const adjust = process?.oomScoreAdj;
    if (!pod?.qos || !process || adjust === undefined || adjust === null) return [];
    // Critical pods are treated like Guaranteed ones, whatever their class; kube-proxy gives itself -999
    // (pkg/kubelet/qos/policy.go).
    const expected = expectedAdjust(pod.qos, container.kind);
    if (isExpected(expected, adjust) || adjust <= -997) return [];
    const should = expected.values?.join(" or ") ?? `between ${expected.range!.from} and ${expected.range!.to}`;
    return [
      {
        rule: "oom-score-adj",
        severity: "info",
        title: `oom_score_adj is ${adjust}, a ${pod.qos} container's is ${should}`,
        where: placeOf(view, container),
        evidence: [
          `/proc/${process.pid}/oom_score_adj of ${processLabel(process)} is ${adjust}`,
          ...(container.oci?.oomScoreAdj === undefined
            ? []
            : [`${inert(container.oci.path, 200)} asks for ${container.oci.oomScoreAdj}`]),
        ],
        why: "oom_score_adj is what decides who dies when the node runs out of memory. A process may raise its own; lowering it takes CAP_SYS_RESOURCE.",
        todo: "See whether the program sets it itself, or the runtime was asked for another value.",
        link: "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-out-of-memory-behavior",
        at: { containerId: container.id, podKey: pod.key, pid: process.pid },
      } satisfies Finding,
    ];
  });
};
