/**
 * Where the hierarchies of one path do not agree, in words. On v1 every hierarchy is a tree of its own; runtimes keep
 * them alike, but the systemd driver leaves some out and a person may move a process in one of them alone.
 */
import { count } from "../format.ts";
import type { CgroupReport } from "../reports.ts";
import { type CgroupNode, type CgroupTree, fileOf } from "./tree.ts";
import { keyed, V1_UNLIMITED } from "./values.ts";

export const marksOf = (tree: CgroupTree, node: CgroupNode, effective: CgroupReport["effective"]): string[] => {
  const marks: string[] = [];
  const members = disagreement(tree, node);
  if (members) marks.push(members);
  // memory.stat has the kernel's own minimum over the ancestors (cgroup-v1/memory.rst 5.2): a check on ours.
  const kernels = keyed(fileOf(node, "memory.stat"), "hierarchical_memory_limit");
  if (kernels !== undefined) {
    const ours = effective.memoryMaxBytes?.value;
    const theirs = kernels >= V1_UNLIMITED ? undefined : kernels;
    if (ours !== theirs) {
      marks.push(
        `memory.stat says hierarchical_memory_limit ${theirs ?? "none"}, the limits read say ${ours ?? "none"}: an ancestor is hidden from this reading or a limit changed meanwhile`,
      );
    }
  }
  return marks;
};

/** Members that one hierarchy has here and another has elsewhere. */
const disagreement = (tree: CgroupTree, node: CgroupNode): string | undefined => {
  const here = tree.v1.flatMap((hierarchy) => {
    const row = node.rows.get(hierarchy);
    return row ? [{ hierarchy, pids: row.pids }] : [];
  });
  // The root holds what was never moved: there, differing is the rule.
  if (node.path === "/" || here.every((one) => sameList(one.pids, here[0]!.pids))) return undefined;
  const all = new Set(here.flatMap((one) => one.pids));
  const odd: string[] = [];
  for (const one of here) {
    const own = new Set(one.pids);
    const lacking = [...all].filter((pid) => !own.has(pid));
    if (lacking.length > 0) odd.push(`${one.hierarchy} lacks ${count(lacking.length, "process", "processes")}`);
  }
  return odd.length > 0 ? `members differ between hierarchies: ${odd.join(", ")}` : undefined;
};

/** Members are sorted, so equal lists are equal sets. */
const sameList = (a: number[], b: number[]): boolean => a.length === b.length && a.every((pid, i) => pid === b[i]);
