/** Why a pause process is there: what its runtime and configuration say, and what it holds. */

import { SANDBOX_EVIDENCE } from "../evidence.ts";
import { pinTypes } from "../manifests.ts";
import type { NamespaceType, Process, SandboxReason } from "../model.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { say } from "../sentences.ts";
import { settingOf } from "./configuration.ts";
import type { SandboxQuestion } from "./sandbox-question.ts";

export function whyKept(question: SandboxQuestion, pause: Process): { reasons: SandboxReason[]; evidence: string[] } {
  const { runtime, sandbox } = question.draft;
  const record = sandbox?.record;
  const reaps = sharesPid(question, pause);
  const kept = runtimeOf(runtime).kept?.({ reaps, record, setting: settingOf(question.configuration, runtime) });
  return {
    reasons: [
      ...(kept ? [{ code: "kept" as const, how: kept.how }] : []),
      ...(reaps && kept?.how !== "reaps" ? [{ code: "reaps" as const }] : []),
      holding(question, pause),
    ],
    evidence: [
      say(
        SANDBOX_EVIDENCE,
        record ? { code: "record-pid", path: record.path, pid: pause.pid } : { code: "process-alone", pid: pause.pid },
      ),
      ...(kept?.evidence ? [say(SANDBOX_EVIDENCE, kept.evidence)] : []),
    ],
  };
}

function sharesPid({ live }: SandboxQuestion, pause: Process): boolean {
  const inode = pause.namespaces.pid;
  return inode !== undefined && live.some((member) => member.process?.namespaces.pid === inode);
}

/** What pause holds that no pin holds as well. */
function holding({ namespaces, initial, shared, live }: SandboxQuestion, pause: Process): SandboxReason {
  if (pause.namespaces.net === undefined) return { code: "holds-unread" };
  const alone: NamespaceType[] = [];
  const pinned: NamespaceType[] = [];
  for (const type of pinTypes) {
    const inode = pause.namespaces[type];
    if (inode === undefined || inode === initial[type]) continue;
    if (live.length > 0 && shared[type] !== inode) continue; // its own, not the pod's
    (namespaces.get(type, inode)?.pins.length ? pinned : alone).push(type);
  }
  return { code: "holds", alone, pinned };
}
