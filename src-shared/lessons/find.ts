/** Finds what a lesson names: pods by name, containers as POD/NAME, "POD/pause" for the sandbox's process. */
import { isZombie } from "../liveness.ts";
import { type Container, type Pod, type Process, processId, type Snapshot } from "../model.ts";

export const podNamed = (snapshot: Snapshot, name: string): Pod | undefined =>
  snapshot.pods.find((pod) => pod.name === name) ?? snapshot.pods.find((pod) => pod.key === `lab/${name}`);

/** The newest container of that name that lives, else one that has ended. */
export function containerNamed(snapshot: Snapshot, place: string): Container | undefined {
  const cut = place.lastIndexOf("/");
  const pod = podNamed(snapshot, place.slice(0, cut));
  if (!pod) return undefined;
  const name = place.slice(cut + 1);
  const all = snapshot.containers.filter((one) => pod.containers.includes(one.id) && one.name === name);
  return all.find((one) => one.pid !== null) ?? all[0];
}

/** First process of a container, or the sandbox's. */
export function processNamed(snapshot: Snapshot, place: string): Process | undefined {
  const byPid = (pid: number | null | undefined) =>
    pid === null || pid === undefined ? undefined : snapshot.processes.find((one) => one.pid === pid);
  if (place.endsWith("/pause")) return byPid(podNamed(snapshot, place.slice(0, -"/pause".length))?.sandbox.pid);
  return byPid(containerNamed(snapshot, place)?.pid);
}

/** Whether a process lives in both and is the same one. */
export function sameProcess(before: Process | undefined, now: Process | undefined): boolean {
  return before !== undefined && now !== undefined && processId(before) === processId(now);
}

/** Zombies in a pod's groups, or whose parent is a process of the pod. */
export function zombiesOf(snapshot: Snapshot, name: string): Process[] {
  const pod = podNamed(snapshot, name);
  if (!pod) return [];
  const members = new Set(
    snapshot.containers
      .filter((one) => one.podKey === pod.key || pod.containers.includes(one.id))
      .flatMap((one) => one.pids),
  );
  if (pod.sandbox.pid !== undefined) members.add(pod.sandbox.pid);
  const below = (process: Process) =>
    pod.cgroupPath !== undefined &&
    Object.values({ v2: process.cgroup.v2, ...process.cgroup.v1 }).some((path) =>
      path?.startsWith(`${pod.cgroupPath}/`),
    );
  return snapshot.processes.filter(
    (one) => isZombie(one) && (members.has(one.pid) || members.has(one.ppid) || below(one)),
  );
}

/** Kills that a pod's groups count, however the cgroup version does it. */
export function oomKillsIn(snapshot: Snapshot, name: string): number {
  const path = podNamed(snapshot, name)?.cgroupPath;
  if (path === undefined) return 0;
  let kills = 0;
  for (const group of snapshot.cgroups) {
    if (group.path !== path && !group.path.startsWith(`${path}/`)) continue;
    const text = group.files["memory.events"] ?? group.files["memory.oom_control"] ?? "";
    kills = Math.max(kills, Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0));
  }
  return kills;
}
