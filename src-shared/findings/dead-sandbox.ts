/** The sandbox was there and is gone while containers live on: a pod on borrowed time. */
import { inert } from "../format.ts";
import type { Finding } from "../model.ts";
import { podLabel, type Rule } from "./view.ts";

export const deadSandbox: Rule = ({ snapshot }): Finding[] =>
  snapshot.pods
    .filter((pod) => pod.sandbox.state === "dead")
    .map((pod) => ({
      rule: "dead-sandbox",
      severity: "critical",
      title: "The sandbox is dead and its containers run on",
      where: podLabel(pod),
      evidence: [
        inert(pod.sandbox.why, 400),
        ...(pod.sandbox.evidence ?? []).slice(0, 8).map((one) => inert(one, 300)),
      ],
      why: "What runs keeps its namespaces, but what no pin holds ends with the last member, and the runtime refuses to start a container in a sandbox that is not ready: a container that ends now cannot come back.",
      todo: "Plan for the whole pod to be made anew: a kubelet does so by itself as soon as it sees the sandbox not ready, elsewhere remove and create the pod. Save what only lives in it first.",
      link: "https://github.com/containerd/containerd/issues/11029",
      at: { podKey: pod.key },
    }));
