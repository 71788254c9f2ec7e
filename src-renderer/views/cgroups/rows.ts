import { oomDomainOf, oomQueue, oomRanks } from "../../../src-shared/cgroups/oom-order.ts";
import { worstStall } from "../../../src-shared/cgroups/stall.ts";
import { lookup } from "../../../src-shared/lookup.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { CgroupReport } from "../../../src-shared/reports.ts";
import type { TextTable } from "../../../src-shared/table-text.ts";
import { parentOf } from "../../drawing/icicle.ts";

export interface TreeRow {
  report: CgroupReport;
  depth: number;
  children: number;
  open: boolean;
  /** Place among its siblings, from 1, and how many there are: what a screen reader says. */
  at: number;
  of: number;
}

/** Children by the nearest parent that was read, in the order of paths. */
export function childrenOf(reports: readonly CgroupReport[]): Map<string, CgroupReport[]> {
  const known = new Set(reports.map(({ path }) => path));
  const children = new Map<string, CgroupReport[]>();
  for (const report of reports) {
    let above = parentOf(report.path);
    while (above !== undefined && !known.has(above)) above = parentOf(above);
    if (above === undefined) continue;
    const list = children.get(above);
    if (list) list.push(report);
    else children.set(above, [report]);
  }
  return children;
}

export const SORTED_BY = ["of its limit", "memory", "cpu limit", "weight", "pids", "psi 10 s", "oom"] as const;
export type SortedBy = (typeof SORTED_BY)[number];

const VALUE: Record<SortedBy, (report: CgroupReport, ranks?: OomRanks) => number | undefined> = {
  "of its limit": ({ usage, effective }) =>
    usage.memoryBytes === undefined || !effective.memoryMaxBytes
      ? undefined
      : usage.memoryBytes / effective.memoryMaxBytes.value,
  memory: ({ usage }) => usage.memoryBytes,
  "cpu limit": ({ effective }) => effective.cpuMaxCores?.value,
  weight: ({ weight }) => weight?.value,
  pids: ({ usage }) => usage.pids,
  "psi 10 s": ({ pressure }) => worstStall(pressure)?.percent,
  // Who dies first is most: ranks count from 1.
  oom: ({ path }, ranks) => {
    const rank = ranks?.byPath.get(path);
    return rank === undefined ? undefined : 1 / rank;
  },
};

/** Most first, what was not read last; equal ones stay as they were. */
const byMost = (by: SortedBy, ranks?: OomRanks) => (a: CgroupReport, b: CgroupReport) =>
  (VALUE[by](b, ranks) ?? -1) - (VALUE[by](a, ranks) ?? -1);

/**
 * Rows of the tree as far as it is open; `wanted` narrows it to paths that match and what is above them. `by` puts most
 * first among siblings: the tree stays a tree.
 */
export function treeRows(
  reports: readonly CgroupReport[],
  open: ReadonlySet<string>,
  wanted = "",
  by?: SortedBy,
  ranks?: OomRanks,
): TreeRow[] {
  const children = childrenOf(reports);
  if (by !== undefined) for (const list of children.values()) list.sort(byMost(by, ranks));
  const below = new Set([...children.values()].flat());
  const roots = reports.filter((report) => !below.has(report));
  const text = wanted.trim().toLowerCase();
  const kept = text === "" ? null : matching(reports, text, children);
  const rows: TreeRow[] = [];
  const visit = (report: CgroupReport, depth: number, at: number, of: number) => {
    if (kept && !kept.has(report.path)) return;
    const own = children.get(report.path) ?? [];
    const isOpen = own.length > 0 && (kept !== null || open.has(report.path));
    rows.push({ report, depth, children: own.length, open: isOpen, at, of });
    if (isOpen) own.forEach((child, i) => void visit(child, depth + 1, i + 1, own.length));
  };
  roots.forEach((root, i) => void visit(root, 0, i + 1, roots.length));
  return rows;
}

/** What stands in the tree as far as it is open, in the kernel's own units. */
export const tableOf = (rows: readonly TreeRow[]): TextTable => ({
  head: [
    "cgroup",
    "name",
    "memory bytes",
    "memory limit bytes",
    "limit set by",
    "cpu limit cores",
    "weight",
    "pids",
    "stalled by",
    "psi 10 s %",
  ],
  rows: rows.map(({ report: { path, name, usage, effective, weight, pressure } }) => {
    const stall = worstStall(pressure);
    const limit = effective.memoryMaxBytes;
    return [
      path,
      name,
      usage.memoryBytes,
      limit?.value,
      limit?.setBy,
      effective.cpuMaxCores?.value,
      weight?.value,
      usage.pids,
      stall?.what,
      stall?.percent,
    ];
  }),
});

/** What matches, all that is above it, and all that is in it. */
function matching(
  reports: readonly CgroupReport[],
  text: string,
  children: ReadonlyMap<string, readonly CgroupReport[]>,
): Set<string> {
  const kept = new Set<string>();
  const whole = ({ path }: CgroupReport): void => {
    kept.add(path);
    children.get(path)?.forEach(whole);
  };
  for (const { path, name } of reports) {
    if (!path.toLowerCase().includes(text) && !name.toLowerCase().includes(text)) continue;
    children.get(path)?.forEach(whole);
    for (let above: string | undefined = path; above !== undefined; above = parentOf(above)) kept.add(above);
  }
  return kept;
}

/** What is open at first: down to the pods, but not the pods themselves when there are many. */
export function firstOpen(reports: readonly CgroupReport[]): Set<string> {
  const pods = reports.filter(({ podKey, containerId }) => podKey !== undefined && containerId === undefined);
  const open = new Set<string>(["/"]);
  for (const { path } of pods)
    for (let above = parentOf(path); above !== undefined; above = parentOf(above)) open.add(above);
  if (pods.length <= 12) for (const { path } of pods) open.add(path);
  return open;
}

export interface OomRanks {
  domain: string;
  stops: boolean;
  /** First to die is 1; by path of its container, and of the pod for the first of its containers. */
  byPath: ReadonlyMap<string, number>;
}

/** Who dies first when the domain of a cgroup is full: for each cgroup with members, the rank of its first victim. */
export function domainRanks(snapshot: Snapshot, reports: ReadonlyMap<string, CgroupReport>, of: string): OomRanks {
  const report = reports.get(of);
  const domain = report ? oomDomainOf(report, reports) : "/";
  const { order, stops } = oomQueue(snapshot, domain);
  const find = lookup(snapshot);
  const byPath = oomRanks(order, ({ containerId }) => find.container(containerId ?? "")?.cgroupPath);
  for (const { containerId, podKey } of order) {
    const above = find.pod(podKey ?? "")?.cgroupPath;
    const rank = byPath.get(find.container(containerId ?? "")?.cgroupPath ?? "");
    if (above !== undefined && rank !== undefined && !byPath.has(above)) byPath.set(above, rank);
  }
  return { domain, stops, byPath };
}
