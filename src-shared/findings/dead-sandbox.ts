/** The sandbox was there and is gone: a pod on borrowed time, or what is left of one. */
import { inert } from "../format.ts";
import type { Pod } from "../model.ts";
import type { Finding } from "../reports.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { livePids, podLabel, type Rule } from "./view.ts";

export const deadSandbox: Rule = (view): Finding[] =>
  view.snapshot.pods
    .filter((pod) => pod.sandbox.state === "dead")
    .map((pod) => {
      const alive = view.find.containersOf(pod.key).some((one) => livePids(view, one).length > 0);
      return { ...(alive ? borrowed(pod) : LEFT_OVER), ...placed(pod) };
    });

/** Not every runtime refuses: one that starts the sandbox anew does not bring the old namespaces back. */
const borrowed = ({ runtime }: Pod) => {
  const { splits } = runtimeOf(runtime).afterPause;
  return splits === undefined ? BORROWED : { ...BORROWED, why: `${KEEPS}. ${splits}` };
};

const KEEPS = "What runs keeps its namespaces, but what no pin holds ends with the last member";

const BORROWED = {
  rule: "dead-sandbox",
  severity: "critical",
  title: "The sandbox is dead and its containers run on",
  why: `${KEEPS}, and the runtime refuses to start a container in a sandbox that is not ready: a container that ends now cannot come back.`,
  todo: "Plan for the whole pod to be recreated: a kubelet does so by itself as soon as it sees the sandbox not ready, elsewhere remove and create the pod. Save what only lives in it first.",
  link: "https://github.com/containerd/containerd/issues/11029",
} as const;

const LEFT_OVER = {
  rule: "dead-sandbox",
  severity: "warning",
  title: "The sandbox is dead and none of its containers lives",
  why: "Nothing runs any more, but the pod's record and its pins are still there and keep its namespaces in the kernel's memory.",
  todo: "Remove the pod with the runtime (crictl rmp, podman pod rm); a kubelet does so when the pod is deleted.",
  link: "https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/",
} as const;

const placed = (pod: Pod): Pick<Finding, "where" | "evidence" | "at"> => ({
  where: podLabel(pod),
  evidence: [inert(pod.sandbox.why, 400), ...(pod.sandbox.evidence ?? []).slice(0, 8).map((one) => inert(one, 300))],
  at: { podKey: pod.key },
});
