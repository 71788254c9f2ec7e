/**
 * The sandbox of a pod: is there a pause process, was it dropped, has it died, or was there never one; and why.
 * The four states are contract.md's, to the letter; the words say by which evidence they were found.
 */
import { isLive } from "../liveness.ts";
import type { Namespace, NamespaceInodes, NamespaceType, Pod } from "../model.ts";
import { RUNTIME_LABELS } from "../runtimes/names.ts";
import { runtimeOf } from "../runtimes/table.ts";
import type { Member } from "./containers.ts";
import type { Draft } from "./drafts.ts";
import type { Namespaces } from "./namespaces.ts";
import type { SandboxQuestion } from "./sandbox-question.ts";
import { sharedBetween } from "./shares.ts";
import { whyKept } from "./why-kept.ts";

/** Types that a pin can keep for a pod (pid has its pid 1, mnt its mount tree: facts of the kernel, see docs/pods.md). */
export const PINNABLE = ["net", "ipc", "uts", "user"] as const satisfies readonly NamespaceType[];
const PIN_SHARED = ["net", "ipc", "uts"] as const satisfies readonly NamespaceType[];

export function sandboxOf(question: SandboxQuestion): Pod["sandbox"] {
  const { draft, live, shared, namespaces } = question;
  const id = draft.sandboxId ? { id: draft.sandboxId } : {};
  const standIn = draft.standIn;
  if (isLive(standIn)) {
    return {
      ...id,
      state: "process",
      pid: standIn.pid,
      why: `a stand-in that Podglass started (pid ${standIn.pid}); the runtime's own pause process is gone, and its record does not know this one`,
      evidence: [`${draft.pins!.path}: restored, pid ${standIn.pid}, start ${standIn.startTicks}`],
    };
  }
  const sandbox = draft.sandbox;
  if (sandbox?.process) {
    const { why, evidence } = whyKept(question, sandbox.process);
    return { ...id, state: "process", pid: sandbox.process.pid, why, evidence };
  }
  const dropped = recordedDrop(question);
  if (dropped) return { ...id, state: "dropped", ...dropped };

  const between = sharedBetween(live, PIN_SHARED, question.initial);
  const pinPath = ({ type, inode }: { type: NamespaceType; inode: number }) =>
    namespaces.get(type, inode)?.pins[0]?.path;
  if (between.length > 0 && between.every(pinPath)) {
    const held = between.map((entry) => `${entry.type} by ${pinPath(entry)}`);
    const gone = draft.sandboxId ? "the pause process is gone, yet" : "no pause process was made:";
    return {
      ...id,
      state: "dropped",
      why: `${gone} every namespace that the containers share has a pin: ${held.join(", ")}${noReturn(draft)}`,
      evidence: [...gonePause(draft), ...held.map((text) => `held: ${text}`)],
    };
  }
  if (draft.sandboxId) return { ...id, ...withoutProcess(question, shared) };
  return {
    state: "none",
    why: noneWhy(draft, live, between),
    evidence: draft.members[0]?.record ? [`${draft.members[0].record.path}: names no sandbox`] : [],
  };
}

/** The runtime's record, our manifest or the lab says that it was dropped. */
function recordedDrop(question: SandboxQuestion): { why: string; evidence: string[] } | undefined {
  const { draft } = question;
  const holds = () => heldWords(question);
  const spoofed = draft.sandbox?.record?.spoofed;
  if (spoofed || draft.mark) {
    const evidence: string[] = [];
    if (draft.mark) evidence.push(`empty cgroup ${draft.mark}`);
    if (spoofed) evidence.push(`annotation ${spoofed} in ${draft.sandbox!.record!.path}`);
    return {
      why: `${RUNTIME_LABELS[draft.runtime]} dropped it: ${evidence.map(shortEvidence).join(", ")}; ${holds()}`,
      evidence,
    };
  }
  if (draft.pins?.dropped) {
    const { pid, at } = draft.pins.dropped;
    return {
      why: `Podglass dropped it (pause was pid ${pid}${at ? `, ${at}` : ""}); ${holds()}`,
      evidence: [`${draft.pins.path}: dropped`],
    };
  }
  const claim = draft.claim;
  if (claim?.pauseless)
    return { why: `${claim.pauseless}; ${holds()}`, evidence: [`${claim.path}: no pause process was made`] };
  const bundled = bundlePins(draft, question.namespaces);
  if (bundled.length > 0) {
    return {
      why: `${RUNTIME_LABELS[draft.runtime]} made this pod without a pause process (pid 0), which is normal for its pauseless sandboxes; ${holds()}`,
      evidence: [
        `${draft.sandbox!.record!.path}: no pid`,
        ...bundled.flatMap((namespace) => namespace.pins.map((pin) => `pin ${pin.path}`)),
      ],
    };
  }
  return undefined;
}

/** Namespaces of a sandbox without a process whose shim pins them: wherever the state folder is, the pins are in its bundle. */
export function bundlePins(draft: Draft, namespaces: Namespaces): Namespace[] {
  const record = draft.sandbox?.record;
  if (!record || !runtimeOf(record.runtime).pinsInBundle || record.pid !== undefined) return [];
  const bundle = record.path.slice(0, record.path.lastIndexOf("/") + 1);
  return namespaces.list.filter((namespace) => namespace.pins.some((pin) => pin.path.startsWith(bundle)));
}

/** A record names a sandbox, and no process of it lives. */
function withoutProcess(question: SandboxQuestion, shared: NamespaceInodes): Omit<Pod["sandbox"], "id"> {
  const { draft, live, namespaces } = question;
  const evidence = gonePause(draft);
  const names = live.map((member) => member.container.name);
  const types = Object.keys(shared) as NamespaceType[];
  const loose = types.filter((type) => !namespaces.get(type, shared[type]!)?.pins.length);
  if (live.length === 0) {
    return {
      state: "dead",
      why: `dead: the pause process is gone and no container lives; ${heldWords(question)}`,
      evidence,
    };
  }
  if (types.length > 0 && loose.length === 0) {
    return {
      state: "dropped",
      why: `the pause process is gone, yet ${heldWords(question)}${noReturn(draft)}`,
      evidence,
    };
  }
  const living =
    loose.length > 0
      ? `${list(loose)} ${loose.length === 1 ? "lives" : "live"} only as long as ${list(names)}`
      : `what ${list(names)} still share${names.length === 1 ? "s" : ""} could not be read`;
  return {
    state: "dead",
    why: `dead: the pod runs on borrowed time; ${living}, and a restart of any container will fail`,
    evidence: [...evidence, ...loose.map((type) => `${type}:[${shared[type]}] has no pin`)],
  };
}

const noReturn = (draft: Draft): string => {
  const { counted } = runtimeOf(draft.runtime).afterPause;
  return draft.sandboxId && counted ? `; ${counted}` : "";
};

function gonePause(draft: Draft): string[] {
  const record = draft.sandbox?.record;
  if (record?.pid !== undefined) return [`${record.path}: pause was pid ${record.pid}, which is gone`];
  if (record) return [`${record.path}: names the sandbox, no process of it lives`];
  const witness = draft.members.find((member) => member.record?.pod?.sandboxId === draft.sandboxId);
  return witness?.record
    ? [`${witness.record.path}: names sandbox ${draft.sandboxId?.slice(0, 12)}, which has no process`]
    : [];
}

function noneWhy(draft: Draft, live: readonly Member[], between: readonly { type: NamespaceType }[]): string {
  const names = list(live.map((member) => member.container.name));
  if (between.length > 0) {
    return `no sandbox was made; ${list([...new Set(between.map((entry) => entry.type))])} shared by the containers themselves, held by no pin`;
  }
  const { withoutSandbox } = runtimeOf(draft.runtime);
  if (withoutSandbox) return `${withoutSandbox}: ${names || "its containers"} share no namespace`;
  return "no sandbox was ever made, and nothing is shared";
}

/** "net, ipc and uts are held by /run/netns/…, …" */
function heldWords({ shared, namespaces }: SandboxQuestion): string {
  const types = Object.keys(shared) as NamespaceType[];
  const pinned = types.flatMap((type) => {
    const path = namespaces.get(type, shared[type]!)?.pins[0]?.path;
    return path ? { type, path } : [];
  });
  if (pinned.length === 0) return "no pin holds what it shares";
  const paths = [...new Set(pinned.map((entry) => entry.path))];
  return `${list(pinned.map((entry) => entry.type))} ${pinned.length === 1 ? "is" : "are"} held by ${paths.join(", ")}`;
}

/** Evidence as it fits into a sentence: long ids and paths cut. */
const shortEvidence = (text: string): string =>
  text.replace(/ in \/.*$/, "").replace(/empty cgroup \S*\/(crio-[0-9a-f]{8})[0-9a-f]+$/, "empty cgroup $1…");

export const list = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
