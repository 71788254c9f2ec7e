/**
 * Where the OOM killer killed, and whose limit did it. memory.events counts upwards, so an ancestor's counter says nothing
 * of the ancestor: memory.events.local (5.3) does. There "oom_kill" counts in the victim's group, "oom" in the group whose
 * limit was hit (mm/memcontrol.c, mem_cgroup_oom and mm/oom_kill.c, __oom_kill_process). v1's oom_kill is the victim
 * group's own, and nothing says whose limit it was.
 */
import { type CgroupNode, type CgroupTree, fileOf, v2File } from "./tree.ts";
import { keyed } from "./values.ts";

export interface Killed {
  /** Processes of this very group. */
  own: number;
  /** Processes of groups below that are gone: what the counter has beyond its own and its living children's. */
  gone: number;
  /** With a kernel that has no local counter the two are one number, and it stands in `own`. */
  exact: boolean;
}

/** By path, groups with either. */
export function killsLaid(tree: CgroupTree): Map<string, Killed> {
  const below = new Map<CgroupNode, number>();
  for (const node of tree.nodes) {
    const all = keyed(v2File(node, "memory.events"), "oom_kill");
    if (all !== undefined && node.parent) below.set(node.parent, (below.get(node.parent) ?? 0) + all);
  }
  const laid = new Map<string, Killed>();
  for (const node of tree.nodes) {
    const killed = killedAt(node, below.get(node) ?? 0);
    if (killed && (killed.own > 0 || killed.gone > 0)) laid.set(node.path, killed);
  }
  return laid;
}

function killedAt(node: CgroupNode, below: number): Killed | undefined {
  const v1 = keyed(fileOf(node, "memory.oom_control"), "oom_kill");
  if (v1 !== undefined) return { own: v1, gone: 0, exact: true };
  const all = keyed(v2File(node, "memory.events"), "oom_kill");
  const own = keyed(v2File(node, "memory.events.local"), "oom_kill");
  if (own === undefined)
    return all === undefined ? undefined : { own: Math.max(0, all - below), gone: 0, exact: false };
  // The files of a tree are not read in one moment: a difference below zero is that.
  return { own, gone: all === undefined ? 0 : Math.max(0, all - own - below), exact: true };
}

/** How often this group's own limit was hit without a way out; undefined where the kernel does not say (v1, before 5.3). */
export const limitHits = (node: CgroupNode): number | undefined => keyed(v2File(node, "memory.events.local"), "oom");
