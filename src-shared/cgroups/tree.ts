/**
 * One tree whatever the version: the rows of all hierarchies merged by path, parents before children. On v1 a path may
 * exist in some hierarchies and not in others, and its members may differ; both are marked, not hidden.
 */

import type { Cgroup, Container, Process, Snapshot } from "../model.ts";
import { runSync } from "../sliced.ts";

export interface CgroupNode {
  path: string;
  /** The nearest ancestor that was read; undefined for the root and for a path whose ancestors could not be read. */
  parent?: CgroupNode;
  /** By hierarchy: "v2" or the v1 name. */
  rows: Map<string, Cgroup>;
  /** v1 rows by controller: "cpu,cpuacct" is there under both. */
  v1: Map<string, Cgroup>;
}

export interface CgroupTree {
  /** Parents before children, siblings by path. */
  nodes: CgroupNode[];
  byPath: Map<string, CgroupNode>;
  /** v1 hierarchies with a controller, of which anything was read. */
  v1: string[];
}

/** "/a/b" to "/a", "/a" to "/", "/" to undefined. */
export const parentPath = (path: string): string | undefined => {
  if (path === "/") return undefined;
  const cut = path.lastIndexOf("/");
  return cut <= 0 ? "/" : path.slice(0, cut);
};

/** Whether `path` is `above` or lies below it. */
export const within = (path: string, above: string): boolean =>
  path === above || above === "/" || (path.startsWith(above) && path[above.length] === "/");

export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Groups between two steps. */
const PER_STEP = 4000;

/** Shared by all nodes of a v2 tree, and never filled. */
const NO_V1: Map<string, Cgroup> = new Map();

export const cgroupTree = (snapshot: Pick<Snapshot, "cgroups">): CgroupTree => runSync(treeInSteps(snapshot));

export function* treeInSteps(snapshot: Pick<Snapshot, "cgroups">): Generator<undefined, CgroupTree> {
  const byPath = new Map<string, CgroupNode>();
  const v1 = new Set<string>();
  let done = 0;
  for (const row of snapshot.cgroups) {
    if (++done % PER_STEP === 0) yield;
    let node = byPath.get(row.path);
    if (!node) {
      node = { path: row.path, rows: new Map(), v1: NO_V1 };
      byPath.set(row.path, node);
    }
    node.rows.set(row.hierarchy, row);
    if (row.hierarchy === "v2" || row.hierarchy.startsWith("name=")) continue;
    v1.add(row.hierarchy);
    if (node.v1 === NO_V1) node.v1 = new Map();
    for (const controller of row.hierarchy.split(",")) node.v1.set(controller, row);
  }
  const below = new Map<CgroupNode | undefined, CgroupNode[]>();
  for (const node of byPath.values()) {
    if (++done % PER_STEP === 0) yield;
    let above = parentPath(node.path);
    while (above !== undefined && !byPath.has(above)) above = parentPath(above);
    if (above !== undefined) node.parent = byPath.get(above);
    const siblings = below.get(node.parent);
    if (siblings) siblings.push(node);
    else below.set(node.parent, [node]);
  }
  // Depth first, so that each subtree stays together.
  const nodes: CgroupNode[] = [];
  const next = [...(below.get(undefined) ?? [])].sort(inTree).reverse();
  for (let node = next.pop(); node; node = next.pop()) {
    if (++done % PER_STEP === 0) yield;
    nodes.push(node);
    const children = below.get(node)?.sort(inTree) ?? [];
    for (let i = children.length - 1; i >= 0; i -= 1) next.push(children[i]!);
  }
  return { nodes, byPath, v1: [...v1].sort() };
}

/** Siblings by path; "/" comes before every other character, since one may be there without what is between. */
const inTree = (a: CgroupNode, b: CgroupNode): number => {
  const above = a.parent?.path.length ?? 0;
  const deep = a.path.indexOf("/", above + 1) >= 0 || b.path.indexOf("/", above + 1) >= 0;
  const left = deep ? sortKey(a.path) : a.path;
  const right = deep ? sortKey(b.path) : b.path;
  return left < right ? -1 : left > right ? 1 : 0;
};

const sortKey = (path: string): string => (path === "/" ? "" : path.replaceAll("/", "\u0000"));

/**
 * The text of a file at a path, from whichever hierarchy has it. v1 first: on a hybrid node v2 has no controllers. A
 * controller's files begin with its name, which says in which v1 hierarchy to look.
 */
export const fileOf = (node: CgroupNode, name: string): string | undefined => v1File(node, name) ?? v2File(node, name);

export const v1File = (node: CgroupNode, name: string): string | undefined =>
  node.v1.size === 0 ? undefined : node.v1.get(name.slice(0, name.indexOf(".")))?.files[name];

export const v2File = (node: CgroupNode, name: string): string | undefined => node.rows.get("v2")?.files[name];

/** Controllers that rule at this path: v1 hierarchies by their parts, v2 by cgroup.controllers. */
export const controllersOf = (node: CgroupNode): string[] => {
  const names = new Set<string>();
  for (const [hierarchy, row] of node.rows) {
    if (hierarchy === "v2") {
      const own = row.controllers ?? row.files["cgroup.controllers"]?.split(/\s+/) ?? [];
      for (const name of own) if (name) names.add(name);
    } else if (!hierarchy.startsWith("name=")) {
      for (const name of hierarchy.split(",")) names.add(name);
    }
  }
  return [...names].sort();
};

/** v1 hierarchies in which a path does not exist although it does in another. */
export const missingIn = (tree: CgroupTree, node: CgroupNode): string[] => {
  const some = tree.v1.some((hierarchy) => node.rows.has(hierarchy));
  return some ? tree.v1.filter((hierarchy) => !node.rows.has(hierarchy)) : [];
};

/** The path that counts a process's memory: memory's own on v1, the one path on v2. */
export const memoryPathOf = (process: Process): string | undefined => {
  const v1 = process.cgroup.v1;
  const memory = v1 && (v1.memory ?? Object.entries(v1).find(([name]) => name.split(",").includes("memory"))?.[1]);
  return memory ?? process.cgroup.v2;
};

/**
 * Where a container's first process really is: crun on v2 puts it one level deeper, in <scope>/container, and writes
 * limits there (crun.1.md, run.oci.systemd.subgroup). The container's own path where that cannot be told.
 */
export const innerPath = (container: Container, process: Process | undefined): string => {
  const at = process && memoryPathOf(process);
  return at !== undefined && container.cgroupPath !== "" && within(at, container.cgroupPath)
    ? at
    : container.cgroupPath;
};
