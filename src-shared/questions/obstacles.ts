/**
 * What stands against ending a pod's pause process: for readiness, and for the plan of a drop, which refuses for the same
 * reasons in the same words. One that could not be read is an obstacle too: an action takes only a yes.
 */

import { count, listed } from "../format.ts";
import { lookup } from "../lookup.ts";
import { pinTypes } from "../manifests.ts";
import type { Pod, Snapshot, Verdict } from "../model.ts";
import { isNotKnown, OBSTACLES } from "../reasons.ts";
import { sandboxKind } from "../runtimes/sandbox-kind.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { type Said, say } from "../sentences.ts";
import { deathsOf } from "./aftermath.ts";
import { kubeletOwns } from "./kubelet.ts";
import { networkAfterPause } from "./network.ts";

export type Obstacle = Said<typeof OBSTACLES> & { verdict: Exclude<Verdict, "yes"> };

const no = (said: Said<typeof OBSTACLES>): Obstacle => ({ ...said, verdict: "no" });
const unknown = (said: Said<typeof OBSTACLES>): Obstacle => ({ ...said, verdict: "unknown" });

/** One sentence, without its capital and its point. */
export const obstacleWords = (obstacle: Obstacle): string => say(OBSTACLES, obstacle);

/** Every obstacle, not only the first; what decides before what is not known. None: a yes. */
export function obstacles(snapshot: Snapshot, pod: Pod): Obstacle[] {
  const { pid } = pod.sandbox;
  const gone = withoutProcess(pod);
  if (gone || pid === undefined) return gone ? [gone] : [];
  // No runtime and no kubelet knows a stand-in of ours: what they do when their own pause ends does not follow.
  const standIn = pod.sandbox.reasons?.some(({ code }) => code === "stand-in") ?? false;
  const all = [
    ...place(pod),
    ...program(snapshot, pod, pid),
    ...shares(snapshot, pod, pid),
    ...userMade(pod),
    ...(standIn && pod.containers.length === 0 ? [no({ code: "outlived" })] : []),
    ...(standIn ? [] : [...network(pod), ...kubelet(snapshot, pod)]),
  ];
  const decides = all.filter(({ verdict }) => verdict === "no");
  return [...decides, ...all.filter((one) => !decides.includes(one))];
}

function withoutProcess({ sandbox }: Pod): Obstacle | undefined {
  const { state, why, pid } = sandbox;
  if (isNotKnown(sandbox)) return unknown({ code: "not-known", why });
  if (state === "dropped" || state === "dead" || state === "starting") return no({ code: state, why });
  return state === "none" || pid === undefined ? no({ code: "never", why }) : undefined;
}

const place = ({ within }: Pod): Obstacle[] => (within === undefined ? [] : [no({ code: "within" })]);

function program(snapshot: Snapshot, { sandbox }: Pod, pid: number): Obstacle[] {
  const find = lookup(snapshot);
  const process = find.process(pid);
  const monitor = find.containerOfPid(pid)?.monitorPid;
  const kind = sandbox.kind ?? (process && sandboxKind(process, find.process(monitor ?? -1)));
  if (kind === "pause" && process) return [];
  if (kind === undefined || kind === "pause") return [unknown({ code: "program-unread", pid })];
  const comm = process?.comm ?? "the sandbox process";
  if (kind === "vm") return [no({ code: "machine", comm, pid })];
  return [no({ code: "program", comm, pid })];
}

function shares(snapshot: Snapshot, pod: Pod, pid: number): Obstacle[] {
  const found: Obstacle[] = [];
  const find = lookup(snapshot);
  const unread = pod.unread ?? [];
  if (unread.length > 0) {
    const noun = unread.length === 1 ? "namespace" : "namespaces";
    found.push(unknown({ code: "unread", types: listed(unread), noun }));
  }
  const died = [...deathsOf(snapshot, [pid]).died].filter((entry) => entry !== pid);
  if (died.length > 0) {
    const names = [...new Set(died.flatMap((entry) => find.containerOfPid(entry)?.name ?? []))];
    // Without a container of the pod among them they are in PID namespaces below pause's own.
    found.push(
      names.length > 0
        ? no({ code: "pid-namespace", names: listed(names) })
        : no({ code: "pid-namespace-below", processes: count(died.length, "process", "processes") }),
    );
  }
  const unpinnable = Object.keys(pod.namespaces).filter(
    (type) => type !== "pid" && !(pinTypes as readonly string[]).includes(type),
  );
  if (unpinnable.length > 0) found.push(no({ code: "unpinnable", types: listed(unpinnable) }));
  return found;
}

function network(pod: Pod): Obstacle[] {
  const { survives, detail } = networkAfterPause(pod);
  return survives === "yes" ? [] : [{ code: "network", verdict: survives, words: detail }];
}

const userMade = ({ owner }: Pod): Obstacle[] =>
  owner?.kind === "user" ? [no({ code: "user-made", uid: owner.uid ?? "unknown", why: owner.evidence })] : [];

function kubelet(snapshot: Snapshot, pod: Pod): Obstacle[] {
  const owned = kubeletOwns(snapshot, pod);
  if (owned === "unknown") return [unknown({ code: "kubelet-unread" })];
  if (owned === "no") return [];
  if (pod.owner?.static ?? pod.staticPod) return [no({ code: "static" })];
  const { kubelet: answer } = runtimeOf(pod.runtime).afterPause;
  return answer ? [no({ code: "kubelet", words: answer })] : [];
}
