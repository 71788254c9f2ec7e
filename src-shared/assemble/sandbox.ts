/**
 * The sandbox of a pod: is there a pause process, was it dropped, has it died, or was there never one; and why. The
 * states: docs/pods.md, "The sandbox states". Nothing is concluded from what could not be read: what is not known says so.
 */
import { SANDBOX_EVIDENCE } from "../evidence.ts";
import { shortId } from "../format.ts";
import { isLive } from "../liveness.ts";
import type { Namespace, NamespaceInodes, NamespaceType, Process, Sandbox, SandboxReason } from "../model.ts";
import { sandboxWhy } from "../reasons.ts";
import { sandboxKind } from "../runtimes/sandbox-kind.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { type Said, say } from "../sentences.ts";
import type { Member } from "./containers.ts";
import { doubtOf } from "./doubt.ts";
import type { Draft } from "./drafts.ts";
import type { Namespaces } from "./namespaces.ts";
import type { SandboxQuestion } from "./sandbox-question.ts";
import { sharedBetween } from "./shares.ts";
import { whyKept } from "./why-kept.ts";

const PIN_SHARED = ["net", "ipc", "uts"] as const satisfies readonly NamespaceType[];

const proof = (said: Said<typeof SANDBOX_EVIDENCE>): string => say(SANDBOX_EVIDENCE, said);

interface Answer extends Pick<Sandbox, "state" | "pid" | "kind" | "evidence"> {
  reasons: SandboxReason[];
}

export function sandboxOf(question: SandboxQuestion): Sandbox {
  const { draft } = question;
  const answer = withProcess(question) ?? recordedDrop(question) ?? withoutProcess(question);
  return {
    ...(draft.sandboxId ? { id: draft.sandboxId } : {}),
    ...answer,
    why: sandboxWhy(draft.runtime, answer.reasons),
  };
}

function withProcess(question: SandboxQuestion): Answer | undefined {
  const { draft } = question;
  const standIn = draft.standIn;
  if (isLive(standIn)) {
    return {
      state: "process",
      kind: "pause",
      pid: standIn.pid,
      reasons: [{ code: "stand-in", pid: standIn.pid }],
      evidence: [proof({ code: "restored", path: draft.pins!.path, pid: standIn.pid, ticks: standIn.startTicks })],
    };
  }
  const { process, making } = draft.sandbox ?? {};
  const first = process ?? making;
  if (!first) return undefined;
  const seen = proof({ code: "process", pid: first.pid, comm: first.comm });
  if (!process) return { state: "starting", reasons: [{ code: "starting" }], evidence: [seen] };
  const kind = kindOf(draft, question.byPid);
  const { reasons, evidence } =
    kind === "vm"
      ? { reasons: [{ code: "vm" as const, comm: process.comm }], evidence: [seen] }
      : whyKept(question, process);
  return { state: "process", kind, pid: process.pid, reasons, evidence };
}

/** undefined: no sandbox process lives. */
export function kindOf({ sandbox }: Draft, byPid: ReadonlyMap<number, Process>): Sandbox["kind"] {
  return sandbox?.process && sandboxKind(sandbox.process, byPid.get(sandbox.monitor?.pid ?? -1));
}

/** The runtime's record, our manifest or the lab says that it was dropped. */
function recordedDrop(question: SandboxQuestion): Answer | undefined {
  const { draft } = question;
  const dropped = (reason: SandboxReason, evidence: string[]): Answer => ({
    state: "dropped",
    reasons: [reason, held(question)],
    evidence,
  });
  const spoofed = draft.sandbox?.record?.spoofed;
  const { mark, pins, claim } = draft;
  if (spoofed || mark) {
    const parts = { ...(mark ? { mark } : {}), ...(spoofed ? { annotation: spoofed } : {}) };
    return dropped({ code: "dropped-by-runtime", ...parts }, [
      ...(mark ? [proof({ code: "empty-group", path: mark })] : []),
      ...(spoofed ? [proof({ code: "annotation", name: spoofed, path: draft.sandbox!.record!.path })] : []),
    ]);
  }
  if (pins?.dropped) {
    const { pid, at } = pins.dropped;
    return dropped({ code: "dropped-by-podglass", pid, ...(at ? { at } : {}) }, [
      proof({ code: "dropped-by-podglass", path: pins.path }),
    ]);
  }
  if (claim?.pauseless) return dropped({ code: "made-without" }, [proof({ code: "made-without", path: claim.path })]);
  const bundled = bundlePins(draft, question.namespaces);
  if (bundled.length === 0) return undefined;
  return dropped({ code: "pauseless" }, [
    proof({ code: "no-pid", path: draft.sandbox!.record!.path }),
    ...bundled.flatMap((namespace) => namespace.pins.map((pin) => proof({ code: "pin", path: pin.path }))),
  ]);
}

/** Namespaces of a sandbox without a process whose shim pins them: wherever the state folder is, the pins are in its bundle. */
export function bundlePins(draft: Draft, namespaces: Namespaces): Namespace[] {
  const record = draft.sandbox?.record;
  if (!record || !runtimeOf(record.runtime).pinsInBundle || record.pid !== undefined) return [];
  const bundle = record.path.slice(0, record.path.lastIndexOf("/") + 1);
  return namespaces.list.filter((namespace) => namespace.pins.some((pin) => pin.path.startsWith(bundle)));
}

function withoutProcess(question: SandboxQuestion): Answer {
  const { draft, live, shared, namespaces, initial } = question;
  const pinned = ({ type, inode }: { type: NamespaceType; inode: number }) =>
    (namespaces.get(type, inode)?.pins.length ?? 0) > 0;
  const between = sharedBetween(live, PIN_SHARED, initial);
  if (between.length > 0 && between.every(pinned)) {
    const doubt = hiddenPause(question, between);
    if (doubt) return { state: "none", reasons: [doubt], evidence: gonePause(draft) };
    const pins: SandboxReason = { code: "held", pins: pinsOf(between, namespaces) };
    return draft.sandboxId
      ? {
          state: "dropped",
          reasons: [{ code: "gone", containersLive: true }, { code: "all-pinned" }, pins, ...stopped(draft)],
          evidence: gonePause(draft),
        }
      : { state: "dropped", reasons: [{ code: "all-pinned" }, pins], evidence: [] };
  }
  if (!draft.sandboxId) {
    const record = draft.members[0]?.record;
    // A sandbox that no record tells of is one that may be there, unless its containers show that they share nothing.
    if (between.length === 0 && question.unread.some((type) => PIN_SHARED.some((one) => one === type)))
      return { state: "none", reasons: [{ code: "unread", what: "shares" }], evidence: [] };
    return {
      state: "none",
      reasons: [noneWhy(live, between)],
      evidence: record ? [proof({ code: "no-sandbox", path: record.path })] : [],
    };
  }
  if (live.length === 0 && neverStarted(draft.sandbox))
    return { state: "starting", reasons: [{ code: "starting" }], evidence: gonePause(draft) };
  return goneSandbox(question, shared);
}

/** Pins alone do not say that pause is gone: it may be a process of no known group that is where the containers are. */
function hiddenPause(
  { draft, sight, unread }: SandboxQuestion,
  shared: readonly { type: NamespaceType; inode: number }[],
): SandboxReason | undefined {
  if (draft.sandboxId === undefined) return undefined;
  const isThere = ({ namespaces }: Process) => shared.every(({ type, inode }) => (namespaces[type] ?? inode) === inode);
  const hidden = sight.groupless.find(isThere);
  if (hidden) return { code: "unread", what: "groups", pid: hidden.pid };
  return unread.some((type) => PIN_SHARED.some((one) => one === type))
    ? { code: "unread", what: "namespaces" }
    : undefined;
}

/** A record names a sandbox, and no process of it is seen. */
function goneSandbox(question: SandboxQuestion, shared: NamespaceInodes): Answer {
  const { draft, live, namespaces } = question;
  const evidence = gonePause(draft);
  const types = Object.keys(shared) as NamespaceType[];
  const loose = types.filter((type) => !namespaces.get(type, shared[type]!)?.pins.length);
  const gone: SandboxReason = { code: "gone", containersLive: live.length > 0 };
  if (live.length > 0 && types.length > 0 && loose.length === 0) {
    const hidden = hiddenPause(
      question,
      types.map((type) => ({ type, inode: shared[type]! })),
    );
    if (hidden) return { state: "none", reasons: [hidden], evidence };
    return { state: "dropped", reasons: [gone, held(question), ...stopped(draft)], evidence };
  }
  const doubt = doubtOf(question, loose);
  if (doubt) return { state: "none", reasons: [doubt], evidence };
  if (live.length === 0) return { state: "dead", reasons: [gone, held(question)], evidence };
  if (loose.length === 0) return { state: "dead", reasons: [gone], evidence };
  return {
    state: "dead",
    reasons: [{ code: "borrowed", types: loose, names: namesOf(live) }],
    evidence: [...evidence, ...loose.map((type) => proof({ code: "no-pin", type, inode: shared[type]! }))],
  };
}

/** It has a record, and that says neither a pid nor an end: a sandbox that is being made. */
const neverStarted = (sandbox: Member | undefined): boolean =>
  sandbox?.record !== undefined && sandbox.record.pid === undefined && sandbox.record.ended === undefined;

/** A CRI runtime that lost a pause it had started calls the sandbox stopped, whatever the pins hold (docs/pods.md). */
const stopped = ({ runtime, sandbox }: Draft): SandboxReason[] =>
  runtimeOf(runtime).afterPause.counted && sandbox?.record?.pid !== undefined ? [{ code: "stopped" }] : [];

function gonePause(draft: Draft): string[] {
  const record = draft.sandbox?.record;
  const doubtful = draft.sandbox?.elsewhere;
  if (doubtful)
    return [
      proof({
        ...{ path: record!.path, pid: doubtful.process.pid },
        ...(doubtful.group === undefined ? { code: "elsewhere-unread" } : { code: "elsewhere", group: doubtful.group }),
      }),
    ];
  if (record?.pid !== undefined) return [proof({ code: "gone", path: record.path, pid: record.pid })];
  if (record) return [proof({ code: "no-process", path: record.path })];
  const witness = draft.members.find((member) => member.record?.pod?.sandboxId === draft.sandboxId);
  return witness?.record ? [proof({ code: "named-by", path: witness.record.path, id: shortId(draft.sandboxId!) })] : [];
}

function noneWhy(live: readonly Member[], between: readonly { type: NamespaceType }[]): SandboxReason {
  const types = [...new Set(between.map((entry) => entry.type))];
  return types.length > 0 ? { code: "shared-without", types } : { code: "never-made", names: namesOf(live) };
}

const namesOf = (members: readonly Member[]): string[] => members.map((member) => member.container.name);

function held({ shared, namespaces }: SandboxQuestion): SandboxReason {
  const entries = (Object.keys(shared) as NamespaceType[]).map((type) => ({ type, inode: shared[type]! }));
  return { code: "held", pins: pinsOf(entries, namespaces) };
}

const pinsOf = (entries: readonly { type: NamespaceType; inode: number }[], namespaces: Namespaces) =>
  entries.flatMap(({ type, inode }) => {
    const path = namespaces.get(type, inode)?.pins[0]?.path;
    return path ? [{ type, path }] : [];
  });
