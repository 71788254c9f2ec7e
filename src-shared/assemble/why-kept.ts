/** Why a pause process is there: what its runtime and configuration say, and what it holds. */
import type { NamespaceType, Process } from "../model.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { settingOf } from "./configuration.ts";
import type { SandboxQuestion } from "./sandbox-question.ts";

export function whyKept(question: SandboxQuestion, pause: Process): { why: string; evidence: string[] } {
  const { runtime, sandbox } = question.draft;
  const record = sandbox?.record;
  const reaps = sharesPid(question, pause);
  const kept = runtimeOf(runtime).kept({ reaps, record, setting: settingOf(question.configuration, runtime) });
  return {
    why: `${kept.why}${reaps && !kept.tellsReaping ? "; it is pid 1 of the pod's PID namespace and reaps" : ""}; ${holdingWords(question, pause)}`,
    evidence: [
      record ? `${record.path}: pid ${pause.pid}` : `/proc/${pause.pid}`,
      ...(kept.evidence ? [kept.evidence] : []),
    ],
  };
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
