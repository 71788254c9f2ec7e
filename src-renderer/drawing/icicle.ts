/**
 * The node's cgroups as an icicle: a bar a cgroup, below its parent, as wide as the memory it uses. Siblings keep the
 * order of their paths, so that a live refresh widens and narrows but never reorders.
 */
import { hierarchy, partition } from "d3";
import type { CgroupReport } from "../../src-shared/reports.ts";

export interface IcicleBar {
  path: string;
  report: CgroupReport;
  depth: number;
  /** 0 to 1 across the whole node. */
  x0: number;
  x1: number;
}

interface Branch {
  report: CgroupReport;
  children: Branch[];
}

export const parentOf = (path: string): string | undefined => {
  if (path === "/") return undefined;
  return path.slice(0, path.lastIndexOf("/")) || "/";
};

/** Children below their parents; a cgroup whose parent was not read hangs on the nearest one that was. */
function cgroupBranches(reports: readonly CgroupReport[]): Branch | null {
  const branches = new Map<string, Branch>();
  for (const report of reports) branches.set(report.path, { report, children: [] });
  const root = branches.get("/");
  if (!root) return null;
  for (const [path, branch] of branches) {
    if (path === "/") continue;
    let above = parentOf(path);
    while (above !== undefined && !branches.has(above)) above = parentOf(above);
    branches.get(above ?? "/")?.children.push(branch);
  }
  return root;
}

/** Bars in order, parents before children. `least`: narrower ones (share of the whole) are left out with all below. */
export function icicle(reports: readonly CgroupReport[], least = 0): IcicleBar[] {
  const top = cgroupBranches(reports);
  if (!top) return [];
  // What a cgroup uses beyond its children: on v1 without hierarchy and in rounding the children may have more.
  const own = (branch: Branch): number => {
    const below = branch.children.reduce((sum, child) => sum + (child.report.usage.memoryBytes ?? 0), 0);
    return Math.max(0, (branch.report.usage.memoryBytes ?? 0) - below);
  };
  const tree = hierarchy(top, (branch) => branch.children).sum(own);
  const laid = partition<Branch>().size([1, tree.height + 1])(tree);
  const bars: IcicleBar[] = [];
  const visit = (node: typeof laid) => {
    if (node.x1 - node.x0 < least && node.depth > 0) return;
    bars.push({ path: node.data.report.path, report: node.data.report, depth: node.depth, x0: node.x0, x1: node.x1 });
    node.children?.forEach(visit);
  };
  visit(laid);
  return bars;
}

/** The bar at a place: depth, and x within the shown part of the node. */
export const barAt = (bars: readonly IcicleBar[], x: number, depth: number): IcicleBar | undefined =>
  bars.find((bar) => bar.depth === depth && x >= bar.x0 && x < bar.x1);
