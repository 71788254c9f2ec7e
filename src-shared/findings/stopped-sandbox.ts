/** A sandbox whose pause was ended behind its runtime's back: what it held is pinned, and yet nothing can start in it. */
import type { Finding } from "../reports.ts";
import { RUNTIME_LABELS } from "../runtimes/names.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { podLabel, type Rule } from "./view.ts";

export const stoppedSandbox: Rule = (view): Finding[] =>
  view.snapshot.pods
    .filter(({ sandbox }) => sandbox.state === "dropped" && sandbox.reasons?.some(({ code }) => code === "stopped"))
    .map((pod) => ({
      rule: "stopped-sandbox",
      severity: "warning",
      title: "The pause of a pod is gone, and its runtime counts the sandbox as stopped",
      where: podLabel(pod),
      evidence: pod.sandbox.evidence ?? [pod.sandbox.why],
      why: `Its namespaces are pinned, so what runs goes on and keeps its address. But ${RUNTIME_LABELS[pod.runtime]} had started a pause here, finds none, and says NotReady: a container that ends now cannot come back.`,
      todo: `A kubelet makes the pod anew by itself. Elsewhere: ${runtimeOf(pod.runtime).afterPause.wayBack ?? "remove the pod and create it again"}.`,
      link: "https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/",
      at: { podKey: pod.key },
    }));
