/**
 * The namespace paths of a config.json against where the container really is. /proc/<pid>/ns/<type> follows a pid, and
 * pids are given out again: a restart by the same config.json would then join a stranger. A pinned path cannot do that.
 * One writing of the rule, for the pod's page and for findings.
 */
import { isLive } from "../liveness.ts";
import { lookup } from "../lookup.ts";
import type { Container, NamespaceType, Process, Snapshot } from "../model.ts";
import { normalPath, pidOfPath } from "../namespace-paths.ts";
import { RUNTIME_LABELS, type RuntimeName } from "../runtimes/names.ts";
import { ociType } from "../runtimes/oci.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { placeless, unread } from "../unread.ts";

export type PathVerdict =
  /** No path, and a namespace of its own. */
  | "own"
  /** The path leads to the namespace that the container is in. */
  | "holds"
  /** The path leads nowhere any more. */
  | "gone"
  /** The path leads to another namespace, or to a process that is not the pod's or started later. */
  | "stale"
  | "unknown";

/** Why, as data. */
export type PathReason =
  | { code: "own" | "pin" | "pin-gone" | "unread" | "ended" }
  | { code: "process"; pid: number; who: string }
  | { code: "process-gone"; pid: number }
  /** owner: the container that the process is of, where it is of one. */
  | { code: "stranger" | "not-of-pod" | "reused"; process: Process; owner?: Container }
  | { code: "pin-other"; inodes: number[] };

export interface PathCheck {
  /** As the config.json says it: "network". */
  type: string;
  kind: NamespaceType;
  path?: string;
  /** Inode of the namespace that the container is in. */
  actual?: number;
  /** Inode that the path leads to now. */
  leadsTo?: number;
  verdict: PathVerdict;
  reason: PathReason;
  words: string;
}

export function checkPaths(snapshot: Snapshot, container: Container): PathCheck[] {
  const process = container.pid === null ? undefined : lookup(snapshot).process(container.pid);
  return (container.ociNamespaces ?? []).flatMap(({ type, path }) => {
    const kind = ociType(type);
    if (!kind) return [];
    const actual = isLive(process) ? process.namespaces[kind] : undefined;
    const pid = pidOfPath(path);
    const answer: Answer = !path
      ? { verdict: "own", reason: { code: "own" } }
      : pid === undefined
        ? throughPin(snapshot, container, kind, path, actual)
        : throughProcess(snapshot, container, process, kind, pid, actual);
    const words = wordsOf(kind, answer.reason, container.runtime);
    return { type, kind, ...(path ? { path } : {}), ...(actual === undefined ? {} : { actual }), ...answer, words };
  });
}

type Answer = Pick<PathCheck, "verdict" | "reason" | "leadsTo">;
const UNREAD: Answer = { verdict: "unknown", reason: { code: "unread" } };

function throughProcess(
  snapshot: Snapshot,
  container: Container,
  process: Process | undefined,
  kind: NamespaceType,
  pid: number,
  actual: number | undefined,
): Answer {
  const find = lookup(snapshot);
  const target = find.process(pid);
  if (!isLive(target)) {
    if (!target && unread(snapshot).processes) return UNREAD;
    return { verdict: "gone", reason: { code: "process-gone", pid } };
  }
  const leadsTo = target.namespaces[kind];
  if (leadsTo === undefined || actual === undefined) return UNREAD;
  const owner = find.containerOfPid(pid);
  const about = { process: target, ...(owner ? { owner } : {}) };
  if (leadsTo !== actual) return { verdict: "stale", leadsTo, reason: { code: "stranger", ...about } };
  // In the same namespace by now: still not the process that was meant, if it is not the pod's or came later. Whose it is
  // says its cgroup, and the record that names the pod of that.
  const { records } = unread(snapshot);
  if (owner ? owner.podKey === undefined && records : placeless(target) || records) return { ...UNREAD, leadsTo };
  if (container.podKey !== undefined && owner?.podKey !== container.podKey)
    return { verdict: "stale", leadsTo, reason: { code: "not-of-pod", ...about } };
  if (process && target.startTicks > process.startTicks && owner?.id !== container.id)
    return { verdict: "stale", leadsTo, reason: { code: "reused", ...about } };
  const who = owner?.kind === "sandbox" ? "pause" : (owner?.name ?? target.comm);
  return { verdict: "holds", leadsTo, reason: { code: "process", pid, who } };
}

/** A pin is judged where the container's monitor sees it; where that mount namespace was not read, not at all. */
function throughPin(
  snapshot: Snapshot,
  { monitorPid }: Container,
  kind: NamespaceType,
  path: string,
  actual: number | undefined,
): Answer {
  const find = lookup(snapshot);
  const mountNamespace = find.process(monitorPid ?? -1)?.namespaces.mnt;
  const wanted = normalPath(path);
  const inodes = find
    .pinnedAt(wanted)
    .filter(
      ({ type, pins }) =>
        type === kind &&
        (mountNamespace === undefined ||
          pins.some((pin) => pin.path === wanted && pin.mountNamespace === mountNamespace)),
    )
    .map(({ inode }) => inode);
  if (actual !== undefined && inodes.includes(actual))
    return { verdict: "holds", leadsTo: actual, reason: { code: "pin" } };
  const seen = mountNamespace !== undefined && find.namespace("mnt", mountNamespace)?.initial;
  if (!path.startsWith("/") || path.startsWith("/proc/") || !seen || unread(snapshot).pins) return UNREAD;
  if (inodes.length === 0) return { verdict: "gone", reason: { code: "pin-gone" } };
  if (actual === undefined) return { verdict: "unknown", leadsTo: inodes[0]!, reason: { code: "ended" } };
  return { verdict: "stale", leadsTo: inodes[0]!, reason: { code: "pin-other", inodes } };
}

function wordsOf(kind: NamespaceType, reason: PathReason, runtime: RuntimeName): string {
  switch (reason.code) {
    case "own":
      return "a new one, made with the container";
    case "pin":
      return "a pin: it needs no process";
    case "pin-gone":
      return "nothing is mounted there: a restart would fail";
    case "pin-other":
      return `the pin holds another ${kind} namespace than the container is in`;
    case "unread":
      return "where it leads could not be read";
    case "ended":
      return "the container has ended";
    case "process":
      return `${reason.who}'s (pid ${reason.pid}): it lives only as long as that process`;
    case "process-gone":
      return runtimeOf(runtime).writesPathsAnew
        ? `process ${reason.pid} is gone: ${RUNTIME_LABELS[runtime]} writes the path anew when it starts the container`
        : `process ${reason.pid} is gone: a restart would fail, or join whoever gets that pid`;
    case "stranger":
      return `process ${reason.process.pid} (${reason.process.comm}) is in another ${kind} namespace, a foreign one`;
    case "not-of-pod":
      return `process ${reason.process.pid} (${reason.process.comm}) is not of this pod`;
    case "reused":
      return `process ${reason.process.pid} started after the container: the pid was given out again`;
  }
}
