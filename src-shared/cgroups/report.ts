/**
 * The cgroup tree as a person asks for it: one entry a path, parents before children, names first; what is set there,
 * what really holds, what is used.
 */
import type { CgroupReport, Snapshot } from "../model.ts";
import { type Effective, effectiveAt, inheritsMemory, limitsAt, withoutMemory } from "./limits.ts";
import { marksOf } from "./marks.ts";
import { namer } from "./names.ts";
import { type CgroupTree, cgroupTree, controllersOf, missingIn, v2File } from "./tree.ts";
import { defined, eventsAt, pressureAt, protectionAt, usageAt, weightAt } from "./usage.ts";

/**
 * All cgroups of a snapshot, or those of one pod (its own, its containers', its monitors'). Effective limits take in
 * ancestors in both cases. A key that no pod has gives an empty list.
 */
export const cgroupReports = (snapshot: Snapshot, podKey?: string): CgroupReport[] => {
  const { reports } = cgroupsOf(snapshot);
  return reports.filter((one) => podKey === undefined || one.podKey === podKey);
};

interface Cgroups {
  tree: CgroupTree;
  reports: CgroupReport[];
  byPath: Map<string, CgroupReport>;
}

/** Snapshots are values and never change, and several rooms ask about the same one: the work is done once. */
const known = new WeakMap<Snapshot, Cgroups>();

/** Tree and reports of a snapshot, shared by all who ask: not to be changed. */
export const cgroupsOf = (snapshot: Snapshot): Cgroups => {
  const hit = known.get(snapshot);
  if (hit) return hit;
  const tree = cgroupTree(snapshot);
  const reports = reportTree(tree, snapshot);
  const made = { tree, reports, byPath: new Map(reports.map((one) => [one.path, one])) };
  known.set(snapshot, made);
  return made;
};

const reportTree = (tree: CgroupTree, snapshot: Pick<Snapshot, "containers" | "pods">): CgroupReport[] => {
  const nameOf = namer(snapshot);
  const held = new Map<string, Effective>();
  return tree.nodes.map((node) => {
    const limits = limitsAt(node);
    const above = node.parent && held.get(node.parent.path);
    const inherited = above && node.parent && !inheritsMemory(node.parent) ? withoutMemory(above) : above;
    const effective = effectiveAt(node.path, limits, inherited);
    held.set(node.path, effective);
    const missing = missingIn(tree, node);
    const marks = marksOf(tree, node, effective);
    const { name, ...belongs } = nameOf(node.path);
    return defined<CgroupReport>({
      path: node.path,
      name,
      ...belongs,
      controllers: controllersOf(node),
      limits,
      effective,
      usage: usageAt(node),
      weight: weightAt(node),
      events: eventsAt(node),
      oomGroup: v2File(node, "memory.oom.group")?.trim() === "1" ? true : undefined,
      protection: protectionAt(node),
      pressure: pressureAt(node),
      missingIn: missing.length > 0 ? missing : undefined,
      marks: marks.length > 0 ? marks : undefined,
    });
  });
};
