/**
 * What a pause container costs: its process, the monitor that is there for it alone, their groups and mounts. A shim
 * that also minds the pod's other containers (one a pod under CRI) is shown, and not counted: it would stay.
 */

import { cgroupOwner } from "../assemble/cgroup-path.ts";
import { bytes } from "../format.ts";
import { lookup } from "../lookup.ts";
import type { Container, Pod, Process, Snapshot } from "../model.ts";

export interface ProcessCost {
  pid: number;
  comm: string;
  rssBytes: number;
  /** From smaps_rollup; absent where it was not read. */
  pssBytes?: number;
  privateBytes?: number;
}

export interface PauseCost {
  podKey: string;
  /** Absent where no pause process lives. */
  pause?: ProcessCost;
  monitor?: ProcessCost & { kind: "shim" | "conmon" /** It minds the pod's other containers too. */; shared: boolean };
  /** Processes, groups and memory that would go with pause. */
  processes: number;
  cgroups: number;
  rssBytes: number;
  pssBytes: number;
  privateBytes: number;
  /** Of these processes, how many did not show their share: pssBytes and privateBytes are without them. */
  pssUnread: number;
  /** Mount points of the pause container, where they were read (deep). */
  mounts?: number;
}

const costOf = (process: Process): ProcessCost => ({
  pid: process.pid,
  comm: process.comm,
  rssBytes: process.rssBytes,
  ...(process.pssBytes === undefined ? {} : { pssBytes: process.pssBytes }),
  ...(process.privateBytes === undefined ? {} : { privateBytes: process.privateBytes }),
});

export function pauseCost(snapshot: Snapshot, pod: Pod): PauseCost {
  const find = lookup(snapshot);
  const cost: PauseCost = {
    podKey: pod.key,
    processes: 0,
    cgroups: 0,
    rssBytes: 0,
    pssBytes: 0,
    privateBytes: 0,
    pssUnread: 0,
  };
  const process = pod.sandbox.pid === undefined ? undefined : find.process(pod.sandbox.pid);
  if (!process) return cost;
  const sandbox = find.sandboxOf(pod);
  cost.pause = costOf(process);
  cost.processes = 1;
  addMemory(cost, cost.pause);
  const monitor = sandbox?.monitorPid === undefined ? undefined : find.process(sandbox.monitorPid);
  if (sandbox && monitor) {
    const kind = monitor.comm === "conmon" ? "conmon" : "shim";
    const shared = pod.containers.some((id) => find.container(id)?.monitorPid === monitor.pid);
    cost.monitor = { ...costOf(monitor), kind, shared };
    if (!shared) {
      cost.processes += 1;
      addMemory(cost, cost.monitor);
    }
  }
  cost.cgroups = sandbox ? groupsOf(snapshot, sandbox) : 0;
  if (sandbox?.mounts) cost.mounts = sandbox.mounts.length;
  return cost;
}

function addMemory(cost: PauseCost, process: ProcessCost): void {
  cost.rssBytes += process.rssBytes;
  cost.pssBytes += process.pssBytes ?? 0;
  cost.privateBytes += process.privateBytes ?? 0;
  if (process.pssBytes === undefined) cost.pssUnread += 1;
}

/** A sum of shares in words: "3 MiB", "at least 3 MiB" where some were not read, "not known" where none was. */
export function shareWords(
  { processes, pssBytes, pssUnread }: Pick<PauseCost, "processes" | "pssBytes" | "pssUnread">,
  write: (value: number) => string = bytes,
): string {
  if (pssUnread === 0) return write(pssBytes);
  return pssUnread >= processes ? "memory not known" : `at least ${write(pssBytes)}`;
}

export interface NodeCost {
  pods: number;
  processes: number;
  cgroups: number;
  rssBytes: number;
  pssBytes: number;
  privateBytes: number;
  pssUnread: number;
  /** Shims and conmons of the pauses, those that would stay too. */
  monitors: { processes: number; pssBytes: number };
}

/** Sum over all pods with a pause process, or over those of `pods`. Shims that stay are in `monitors` only. */
export function nodeCost(snapshot: Snapshot, pods: readonly Pod[] = snapshot.pods): NodeCost {
  const total: NodeCost = {
    pods: 0,
    processes: 0,
    cgroups: 0,
    rssBytes: 0,
    pssBytes: 0,
    privateBytes: 0,
    pssUnread: 0,
    monitors: { processes: 0, pssBytes: 0 },
  };
  for (const pod of pods) {
    const cost = pauseCost(snapshot, pod);
    if (!cost.pause) continue;
    total.pods += 1;
    total.processes += cost.processes;
    total.cgroups += cost.cgroups;
    total.rssBytes += cost.rssBytes;
    total.pssBytes += cost.pssBytes;
    total.privateBytes += cost.privateBytes;
    total.pssUnread += cost.pssUnread;
    if (cost.monitor) {
      total.monitors.processes += 1;
      total.monitors.pssBytes += cost.monitor.pssBytes ?? 0;
    }
  }
  return total;
}

const groupCounts = new WeakMap<Snapshot, Map<string, number>>();

/** Groups that are this container's alone: its own with those below it, and its conmon's scope. */
function groupsOf(snapshot: Snapshot, sandbox: Container): number {
  let counts = groupCounts.get(snapshot);
  if (!counts) {
    counts = new Map();
    for (const path of new Set(snapshot.cgroups.map((cgroup) => cgroup.path))) {
      const id = cgroupOwner(path).containerId;
      if (id) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    groupCounts.set(snapshot, counts);
  }
  const counted = counts.get(sandbox.id);
  if (counted !== undefined) return counted;
  const paths = new Set(
    snapshot.cgroups.flatMap(({ path }) =>
      path === sandbox.cgroupPath || path.startsWith(`${sandbox.cgroupPath}/`) ? path : [],
    ),
  );
  return paths.size;
}
