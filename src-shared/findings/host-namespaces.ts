/** A pod in the node's own namespaces that does not look like part of the system. */

import type { NamespaceType } from "../model.ts";
import type { Finding } from "../reports.ts";
import { podLabel, type Rule } from "./view.ts";
import { isSystemPod, isUnnamedPod } from "./whose.ts";

const MEANING: Partial<Record<NamespaceType, string>> = {
  net: "it can listen on the node's addresses, reach what listens on its loopback, and see all its traffic with the right capability",
  pid: "it sees every process of the node, with environment and command line where uids match, and can signal those of its own uid",
  ipc: "it can attach the node's shared memory segments and message queues",
};

export const hostNamespaces: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) => {
    const types = pod.host.filter((type) => type in MEANING);
    if (types.length === 0 || isSystemPod(pod)) return [];
    const unnamed = isUnnamedPod(pod);
    const grave = !unnamed && (types.includes("pid") || types.includes("ipc"));
    return [
      {
        rule: "host-namespaces",
        severity: grave ? "warning" : "info",
        title: unnamed
          ? `A pod uses the node's own ${types.join(", ")}; whose it is could not be read`
          : `A pod that is not the system's uses the node's own ${types.join(", ")}`,
        where: podLabel(pod),
        evidence: types.map((type) => `${type}: all its containers are in the node's own; ${MEANING[type]}`),
        why: "Namespaces are the wall between a pod and its node. Where the wall is missing, a break-in to the pod is close to one to the node, and it is easily overlooked in a workload that asks for nothing else.",
        todo: "Ask whether it needs this: a hostPort, a Service or a debugging container may do. If it does, keep it in a namespace of its own under the privileged Pod Security level.",
        link: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        at: { podKey: pod.key },
      } satisfies Finding,
    ];
  });
