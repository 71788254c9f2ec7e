/** Pods that came, went, or have another sandbox now. */
import { isLive } from "../liveness.ts";
import { type Pod, processId, type Snapshot } from "../model.ts";
import { type Happening, podName } from "./event.ts";

/** A pod's identity beyond one sandbox: a kubelet makes a new sandbox for the same uid. */
const sameAgain = (pod: Pod): string | undefined =>
  pod.uid === undefined ? undefined : `${pod.runtime} ${pod.uid} ${pod.namespace ?? ""}/${pod.name}`;

export function podEvents(before: Snapshot, after: Snapshot): Happening[] {
  const old = new Map(before.pods.map((pod) => [pod.key, pod]));
  const added: Pod[] = [];
  const happened: Happening[] = [];
  for (const pod of after.pods) {
    const was = old.get(pod.key);
    old.delete(pod.key);
    if (was === undefined) added.push(pod);
    else happened.push(...sandboxChange(was, pod));
  }
  // Gone only if none of its processes lives: a record that could not be read this time hides a pod, and ends nothing.
  const gone = [...old.values()].filter((pod) => !anyLives(pod, before, after));
  const replaced = new Map(gone.flatMap((pod) => (sameAgain(pod) ? [[sameAgain(pod) as string, pod]] : [])));
  for (const pod of added) {
    const was = replaced.get(sameAgain(pod) ?? "");
    if (was === undefined) {
      happened.push({
        kind: "pod-new",
        pod: pod.key,
        text: `pod ${podName(pod)} is new`,
        after: { name: pod.name, namespace: pod.namespace, sandbox: pod.sandbox.state, ips: pod.ips },
      });
      continue;
    }
    gone.splice(gone.indexOf(was), 1);
    happened.push({
      kind: "sandbox-changed",
      pod: pod.key,
      text: `pod ${podName(pod)} has a new sandbox${was.ips.join() === pod.ips.join() ? "" : `; its address was ${was.ips.join(", ") || "none"}, it is ${pod.ips.join(", ") || "none yet"}`}`,
      before: { key: was.key, ...sandboxOf(was) },
      after: { key: pod.key, ...sandboxOf(pod) },
    });
  }
  for (const pod of gone)
    happened.push({
      kind: "pod-gone",
      pod: pod.key,
      text: `pod ${podName(pod)} is gone`,
      before: { name: pod.name, namespace: pod.namespace, sandbox: pod.sandbox.state, ips: pod.ips },
    });
  return happened;
}

const sandboxOf = ({ sandbox, ips }: Pod) => ({ state: sandbox.state, id: sandbox.id, pid: sandbox.pid, ips });

function sandboxChange(was: Pod, is: Pod): Happening[] {
  const [from, to] = [was.sandbox, is.sandbox];
  if (from.state === to.state && from.pid === to.pid && from.id === to.id) return [];
  const name = podName(is);
  const text =
    to.state === "process"
      ? from.state === "process"
        ? `the sandbox of pod ${name} is process ${to.pid} now, it was ${from.pid}`
        : from.state === "starting"
          ? `the sandbox of pod ${name} started as process ${to.pid}`
          : `pod ${name} has a sandbox process again, ${to.pid}`
      : to.state === "dead"
        ? `the sandbox process of pod ${name} ended${from.pid === undefined ? "" : ` (${from.pid})`}`
        : to.state === "dropped"
          ? from.state === "process"
            ? `pause of pod ${name} was dropped; pins hold what it shares`
            : `pod ${name} is held by pins now`
          : to.state === "starting"
            ? `the sandbox of pod ${name} is being made`
            : `pod ${name} has no sandbox any more`;
  return [{ kind: "sandbox-changed", pod: is.key, text, before: sandboxOf(was), after: sandboxOf(is) }];
}

/** Whether a process that the pod had before runs on, by pid and start time. */
function anyLives(pod: Pod, before: Snapshot, after: Snapshot): boolean {
  const pids = new Set<number>(pod.sandbox.pid === undefined ? [] : [pod.sandbox.pid]);
  for (const container of before.containers)
    if (container.podKey === pod.key) for (const pid of container.pids) pids.add(pid);
  if (pids.size === 0) return false;
  const had = new Set(before.processes.filter(({ pid }) => pids.has(pid)).map(processId));
  return after.processes.some((process) => isLive(process) && had.has(processId(process)));
}
