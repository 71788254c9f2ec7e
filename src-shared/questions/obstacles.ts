/**
 * What stands against ending a pod's pause process: for readiness, and for the plan of a drop, which refuses for the same
 * reasons in the same words. One that could not be read is an obstacle too: an action takes only a yes.
 */

import { count, listed } from "../format.ts";
import { lookup } from "../lookup.ts";
import { pinTypes } from "../manifests.ts";
import type { Pod, Snapshot, Verdict } from "../model.ts";
import { isNotKnown } from "../reasons.ts";
import { sandboxKind } from "../runtimes/sandbox-kind.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { aftermath } from "./aftermath.ts";
import { kubeletOwns } from "./kubelet.ts";
import { networkAfterPause } from "./network.ts";

export interface Obstacle {
  code:
    | "not-known"
    | "no-process"
    | "within"
    | "machine"
    | "program"
    | "unread"
    | "pid-namespace"
    | "unpinnable"
    | "network"
    | "static"
    | "kubelet"
    | "user-made";
  verdict: Exclude<Verdict, "yes">;
  /** One sentence, without its capital and its point. */
  text: string;
}

const no = (code: Obstacle["code"], text: string): Obstacle => ({ code, verdict: "no", text });
const unknown = (code: Obstacle["code"], text: string): Obstacle => ({ code, verdict: "unknown", text });

/** Every obstacle, not only the first. None: a yes. */
export function obstacles(snapshot: Snapshot, pod: Pod): Obstacle[] {
  const { pid } = pod.sandbox;
  const gone = withoutProcess(pod);
  if (gone || pid === undefined) return gone ? [gone] : [];
  // No runtime and no kubelet knows a stand-in of ours: what they do when their own pause ends does not follow.
  const standIn = pod.sandbox.reasons?.some(({ code }) => code === "stand-in") ?? false;
  return [
    ...place(pod),
    ...program(snapshot, pod, pid),
    ...shares(snapshot, pod, pid),
    ...userMade(pod),
    ...(standIn ? [] : [...network(pod), ...kubelet(snapshot, pod)]),
  ];
}

function withoutProcess({ sandbox }: Pod): Obstacle | undefined {
  const { state, why, pid } = sandbox;
  if (isNotKnown(sandbox)) return unknown("not-known", why);
  if (state === "dropped") return no("no-process", `there is no pause process any more: ${why}`);
  if (state === "dead") return no("no-process", `pause is gone already, and not by a plan: ${why}`);
  if (state === "starting") return no("no-process", `there is no pause process yet: ${why}`);
  if (state === "none" || pid === undefined) return no("no-process", `there never was a pause process: ${why}`);
  return undefined;
}

const place = ({ within }: Pod): Obstacle[] =>
  within === undefined
    ? []
    : [
        no(
          "within",
          "the pod is in a container that is a node of its own: open that node itself, by docker:NAME or podman:NAME",
        ),
      ];

function program(snapshot: Snapshot, { sandbox }: Pod, pid: number): Obstacle[] {
  const find = lookup(snapshot);
  const process = find.process(pid);
  const monitor = find.containerOfPid(pid)?.monitorPid;
  const kind = sandbox.kind ?? (process && sandboxKind(process, find.process(monitor ?? -1)));
  if (kind === "pause" && process) return [];
  if (kind === undefined || kind === "pause")
    return [unknown("program", `process ${pid} could not be read: it may be more than a pause`)];
  const comm = process?.comm ?? "the sandbox process";
  if (kind === "vm")
    return [no("machine", `the sandbox process (${comm}, ${pid}) is the pod itself: every container ends with it`)];
  return [no("program", `${comm} (${pid}) is a program of its own, and not a pause that only waits`)];
}

function shares(snapshot: Snapshot, pod: Pod, pid: number): Obstacle[] {
  const found: Obstacle[] = [];
  const find = lookup(snapshot);
  const unread = pod.unread ?? [];
  if (unread.length > 0)
    found.push(
      unknown(
        "unread",
        `whether the pod shares its ${listed(unread)} ${unread.length === 1 ? "namespace" : "namespaces"} could not be read: log in as root, or allow sudo -n and use --sudo`,
      ),
    );
  const died = [...aftermath(snapshot, { pids: [pid] }).died].filter((entry) => entry !== pid);
  if (died.length > 0) {
    const names = [...new Set(died.flatMap((entry) => find.containerOfPid(entry)?.name ?? []))];
    // Without a container of the pod among them they are in PID namespaces below pause's own.
    const who =
      names.length > 0
        ? `the PID namespace that the pod shares: ${listed(names)}`
        : `a PID namespace: ${count(died.length, "process", "processes")} in it or below it`;
    found.push(
      no(
        "pid-namespace",
        `pause is pid 1 of ${who} would be killed with it, and a pin does not help, for a PID namespace ends with its pid 1`,
      ),
    );
  }
  const unpinnable = Object.keys(pod.namespaces).filter(
    (type) => type !== "pid" && !(pinTypes as readonly string[]).includes(type),
  );
  if (unpinnable.length > 0)
    found.push(no("unpinnable", `the pod shares its ${listed(unpinnable)} namespace, which Podglass does not pin`));
  return found;
}

function network(pod: Pod): Obstacle[] {
  const { survives, detail } = networkAfterPause(pod);
  return survives === "yes" ? [] : [{ code: "network", verdict: survives, text: detail }];
}

const userMade = ({ owner }: Pod): Obstacle[] =>
  owner?.kind === "user" ? [no("user-made", `it is made of processes of user ${owner.uid}: ${owner.evidence}`)] : [];

function kubelet(snapshot: Snapshot, pod: Pod): Obstacle[] {
  const owned = kubeletOwns(snapshot, pod);
  if (owned === "unknown")
    return [unknown("kubelet", "whether a kubelet owns the pod is not known: no record of it could be read")];
  if (owned === "no") return [];
  if (pod.owner?.static ?? pod.staticPod)
    return [no("static", "a static pod: its kubelet would stop and remake it, perhaps the control plane with it")];
  const { kubelet: answer } = runtimeOf(pod.runtime).afterPause;
  return answer ? [no("kubelet", answer)] : [];
}
