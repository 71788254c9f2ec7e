/** Why a pause process is there, per runtime and configuration. */

import type { SandboxQuestion } from "../assemble/sandbox-question.ts";
import type { NamespaceType, Process } from "../model.ts";

/** CRI-O keeps the infra container iff drop_infra_ctr is false, the pod's PID mode is POD, or the runtime is a VM
 * (internal/lib/sandbox/sandbox_linux.go NeedsInfra). */
export function whyKept(question: SandboxQuestion, pause: Process): { why: string; evidence: string[] } {
  const { draft } = question;
  const evidence = draft.sandbox?.record ? [`${draft.sandbox.record.path}: pid ${pause.pid}`] : [`/proc/${pause.pid}`];
  const holding = holdingWords(question, pause);
  const reaps = sharesPid(question, pause);
  if (draft.runtime === "cri-o") {
    if (reaps || draft.sandbox?.record?.modes?.pid === "POD") {
      return {
        why: `kept because the PID namespace is the pod's: pause is its pid 1 and reaps; ${holding}`,
        evidence: [...evidence, "NamespaceOptions: pid POD"],
      };
    }
    const setting = question.configuration.find((entry) => entry.runtime === "cri-o" && entry.key === "drop_infra_ctr");
    if (setting?.value === "false") {
      return {
        why: `kept: drop_infra_ctr is off; ${holding}`,
        evidence: [...evidence, `${setting.path}: drop_infra_ctr = false`],
      };
    }
    return {
      why: `kept: the pod was made while drop_infra_ctr was off, or by a runtime handler that needs it; ${holding}`,
      evidence,
    };
  }
  const start: Record<string, string> = {
    containerd: "containerd starts a pause process for every pod",
    podman: "podman starts an infra container for every pod that shares something",
    docker: "the other containers join its namespaces",
    lab: "a lab pod made with pause",
  };
  const also = reaps ? "; it is pid 1 of the pod's PID namespace and reaps" : "";
  return { why: `${start[draft.runtime] ?? "the pod's sandbox"}${also}; ${holding}`, evidence };
}

function sharesPid({ live }: SandboxQuestion, pause: Process): boolean {
  const inode = pause.namespaces.pid;
  return inode !== undefined && live.some((member) => member.process?.namespaces.pid === inode);
}

/** What pause holds that no pin holds as well. */
function holdingWords({ namespaces, initial, shared, live }: SandboxQuestion, pause: Process): string {
  if (pause.namespaces.net === undefined) return "which namespaces it holds could not be read";
  const alone: NamespaceType[] = [];
  const pinned: NamespaceType[] = [];
  for (const type of ["net", "ipc", "uts", "user"] as const) {
    const inode = pause.namespaces[type];
    if (inode === undefined || inode === initial[type]) continue;
    if (live.length > 0 && shared[type] !== inode) continue; // its own, not the pod's
    (namespaces.get(type, inode)?.pins.length ? pinned : alone).push(type);
  }
  if (alone.length === 0) {
    return pinned.length > 0
      ? `${pinned.join(", ")} are pinned too, so pause holds nothing that a pin does not`
      : "it holds no namespace of the pod";
  }
  return `it holds ${alone.join(", ")}${pinned.length > 0 ? `; ${pinned.join(", ")} pinned too` : ", and no pin does"}`;
}
