/**
 * What a container can see of its cgroups, beside what holds. A cgroup namespace makes the container's own cgroup its
 * root (cgroup_namespaces(7)): limits above it are out of sight, and /proc/meminfo and the number of cpus stay the
 * node's. Without one of its own it sees its full path in /proc/self/cgroup, but runtimes mount only its part of the
 * tree, so it sees no more limits.
 */

import type { Snapshot } from "../model.ts";
import type { CgroupReport } from "../reports.ts";
import { innerPath } from "./tree.ts";

export interface InsideView {
  containerId: string;
  /** "own": its cgroup namespace is private; "node": it is the node's; "unknown": it could not be read. */
  namespace: "own" | "node" | "unknown";
  /** What /proc/self/cgroup says inside. */
  path: string;
  rows: InsideRow[];
}

export interface InsideRow {
  what: "memory" | "cpu" | "pids";
  /** What a program finds inside: its own limit, or what the node has where none is set. */
  inside: number | null;
  /** What the kernel enforces; null where nothing does. */
  holds: number | null;
  setBy?: string;
  /** A program that sizes itself by what it sees goes wrong. */
  misleads: boolean;
}

/** undefined for a container that has ended or whose cgroup was not read. Memory in bytes, cpu in cores. */
export const seenInside = (
  snapshot: Snapshot,
  byPath: ReadonlyMap<string, CgroupReport>,
  containerId: string,
): InsideView | undefined => {
  const container = snapshot.containers.find((one) => one.id === containerId);
  const first = container && snapshot.processes.find((one) => one.pid === container.pid);
  const report = container && byPath.get(innerPath(container, first));
  if (!first || !report) return undefined;
  const inode = first.namespaces.cgroup;
  const own = snapshot.namespaces.find((one) => one.type === "cgroup" && one.inode === inode);
  const namespace = !own ? "unknown" : own.initial ? "node" : "own";
  const row = (
    what: InsideRow["what"],
    limit: number | undefined,
    held: { value: number; setBy: string } | undefined,
    node: number | undefined,
  ): InsideRow => {
    const inside = limit ?? node ?? null;
    const holds = held?.value ?? null;
    return {
      what,
      inside,
      holds,
      ...(held ? { setBy: held.setBy } : {}),
      misleads: holds !== null && inside !== null && holds < inside,
    };
  };
  const { limits, effective } = report;
  return {
    containerId,
    namespace,
    path: namespace === "own" ? "/" : report.path,
    rows: [
      row("memory", limits.memoryMaxBytes, effective.memoryMaxBytes, snapshot.node.memoryBytes),
      row("cpu", limits.cpuMaxCores, effective.cpuMaxCores, snapshot.node.cpus),
      row("pids", limits.pidsMax, effective.pidsMax, undefined),
    ],
  };
};
