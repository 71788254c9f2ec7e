/** A pod in the node's own network that is not the system's, and listens there. */
import { inert } from "../format.ts";
import { endpoint, isLoopback, listenersOfPod, whoWords } from "../questions/listeners.ts";
import type { Finding } from "../reports.ts";
import { podLabel, type Rule, truncate } from "./view.ts";
import { isSystemPod, isUnnamedPod } from "./whose.ts";

export const hostListener: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) => {
    if (!pod.host.includes("net") || isSystemPod(pod) || isUnnamedPod(pod)) return [];
    const found = listenersOfPod(view.snapshot, pod) ?? [];
    if (found.length === 0) return [];
    const open = found.filter((one) => !isLoopback(one));
    return [
      {
        rule: "host-listener",
        severity: open.length > 0 ? "warning" : "info",
        title:
          open.length > 0
            ? "A pod that is not the system's listens on the node's own addresses"
            : "A pod that is not the system's listens on the node's loopback",
        where: podLabel(pod),
        evidence: truncate(
          found.map((one) => `${one.protocol} ${endpoint(one)}, ${inert(whoWords(one).slice(0, 3).join(", "), 120)}`),
        ),
        why:
          open.length > 0
            ? "Whoever reaches the node reaches it: no Service, no NetworkPolicy and no address of the pod's own stands before it (policies of most plugins do not see the node's network). Two such pods cannot have one port on one node."
            : "Every process of the node and every other pod in its network reaches it, and it takes the port from them.",
        todo: "Give the pod a network of its own with a Service or a hostPort. If it needs the node's, let it listen on the one address that it serves, and say so in a policy of the host.",
        link: "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods",
        at: { podKey: pod.key },
      } satisfies Finding,
    ];
  });
