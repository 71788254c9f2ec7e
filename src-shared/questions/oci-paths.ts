/**
 * The namespace paths of a config.json against where the container really is. /proc/<pid>/ns/<type> follows a pid, and
 * pids are given out again: a restart by the same config.json would then join a stranger. A pinned path cannot do that.
 */

import { isLive } from "../liveness.ts";
import type { Container, NamespaceType, Process, Snapshot } from "../model.ts";
import { normalPath } from "../namespace-paths.ts";
import { ociType } from "../runtimes/oci.ts";
import { placeless, unread } from "../unread.ts";
import { lookup } from "./lookup.ts";

export type PathVerdict =
  /** No path, and a namespace of its own. */
  | "own"
  /** Not asked for: the node's. */
  | "node"
  /** The path leads to the namespace that the container is in. */
  | "holds"
  /** The path leads nowhere any more. */
  | "gone"
  /** The path leads to another namespace, or to a process that is not the pod's or started later. */
  | "stale"
  | "unknown";

export interface PathCheck {
  /** As the config.json says it: "network". */
  type: string;
  path?: string;
  /** Inode of the namespace that the container is in. */
  actual?: number;
  /** Inode that the path leads to now. */
  leadsTo?: number;
  verdict: PathVerdict;
  words: string;
}

export function checkPaths(snapshot: Snapshot, container: Container): PathCheck[] {
  const find = lookup(snapshot);
  const process = container.pid === null ? undefined : find.process(container.pid);
  return (container.ociNamespaces ?? []).flatMap(({ type, path }) => {
    const kind = ociType(type);
    if (!kind) return [];
    const actual = process?.namespaces[kind];
    const base = { type, ...(path ? { path } : {}), ...(actual === undefined ? {} : { actual }) };
    if (!path) return { ...base, verdict: "own", words: "a new one, made with the container" };
    const pid = /^\/proc\/(\d+)\/(?:task\/\d+\/)?ns\//.exec(path)?.[1];
    const answer = pid
      ? checkProcess(snapshot, container, process, kind, Number(pid), actual)
      : checkPin(snapshot, kind, path, actual);
    return { ...base, ...answer };
  });
}

type Answer = Pick<PathCheck, "verdict" | "words" | "leadsTo">;

function checkProcess(
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
    if (!target && unread(snapshot).processes)
      return { verdict: "unknown", words: `whether process ${pid} lives could not be read` };
    return { verdict: "gone", words: `process ${pid} is gone: a restart would fail, or join whoever gets that pid` };
  }
  const leadsTo = target.namespaces[kind];
  if (leadsTo === undefined || actual === undefined)
    return { verdict: "unknown", words: "namespaces could not be read" };
  const owner = find.containerOfPid(pid);
  if (leadsTo !== actual) {
    return {
      verdict: "stale",
      leadsTo,
      words: `process ${pid} (${target.comm}) is in another ${kind} namespace: a stranger's`,
    };
  }
  if (owner === undefined && placeless(target))
    return { verdict: "unknown", leadsTo, words: `whose process ${pid} is could not be read` };
  if (owner?.podKey !== container.podKey) {
    return { verdict: "stale", leadsTo, words: `process ${pid} (${target.comm}) is not of this pod` };
  }
  if (process && target.startTicks > process.startTicks) {
    return {
      verdict: "stale",
      leadsTo,
      words: `process ${pid} started after the container: the pid was given out again`,
    };
  }
  const who = owner?.kind === "sandbox" ? "pause" : (owner?.name ?? target.comm);
  return { verdict: "holds", leadsTo, words: `${who}'s (pid ${pid}): it lives only as long as that process` };
}

function checkPin(snapshot: Snapshot, kind: NamespaceType, path: string, actual: number | undefined): Answer {
  const pinned = lookup(snapshot)
    .pinnedAt(normalPath(path))
    .find((namespace) => namespace.type === kind);
  if (!pinned && unread(snapshot).pins) return { verdict: "unknown", words: "what is mounted there could not be read" };
  if (!pinned) return { verdict: "gone", words: "nothing is mounted there: a restart would fail" };
  if (actual === undefined) return { verdict: "unknown", leadsTo: pinned.inode, words: "the container has ended" };
  if (pinned.inode !== actual) {
    return {
      verdict: "stale",
      leadsTo: pinned.inode,
      words: `the pin holds another ${kind} namespace than the container is in`,
    };
  }
  return { verdict: "holds", leadsTo: pinned.inode, words: "a pin: it needs no process" };
}
