/**
 * cgroup v2's own rules, looked at from the outside (cgroup-v2.rst): processes live in leaves ("No Internal Process
 * Constraint"), a controller reaches a cgroup only if its parent enables it ("Top-down Constraint"), a subtree may be
 * delegated, and threaded subtrees bend the first rule.
 */
import { count, inert } from "../format.ts";
import type { Snapshot } from "../model.ts";
import { baseName, type CgroupNode, type CgroupTree, innerPath } from "./tree.ts";

export interface RuleNote {
  path: string;
  rule: "inner-processes" | "missing-controller" | "delegated" | "threaded" | "invalid";
  detail: string;
  /** The container whose cgroup, or inner cgroup, this is. */
  containerId?: string;
}

/** What a container's limits need. */
const NEEDED = ["cpu", "memory", "pids"];

export const ruleNotes = (
  tree: CgroupTree,
  snapshot: Pick<Snapshot, "containers" | "node" | "processes">,
): RuleNote[] => {
  if (snapshot.node.cgroupMode !== "v2") return [];
  const parents = new Set(tree.nodes.flatMap((node) => (node.parent ? [node.parent.path] : [])));
  // crun's own sub-cgroup, and the one that CRI-O makes for exec, are the runtime's and not the container's.
  const own = tree.nodes.filter((node) => !/^(?:container|exec)$/.test(baseName(node.path)));
  const handed = new Set(own.flatMap((node) => (node.parent ? [node.parent.path] : [])));
  const process = new Map(snapshot.processes.map((one) => [one.pid, one]));
  const inner = new Map(snapshot.containers.map((one) => [innerPath(one, process.get(one.pid ?? -1)), one.id]));
  const containers = new Set([...snapshot.containers.map((one) => one.cgroupPath), ...inner.keys()]);
  return tree.nodes.flatMap((node) => [
    ...innerProcesses(node, parents),
    ...missingControllers(node, inner),
    ...delegated(node, containers, handed),
    ...threaded(node),
  ]);
};

const v2Row = (node: CgroupNode) => node.rows.get("v2");

const words = (text: string | undefined): string[] => text?.split(/\s+/).filter(Boolean) ?? [];

/** The root is exempt; a threaded domain may hold processes beside its threaded children. */
const innerProcesses = (node: CgroupNode, parents: Set<string>): RuleNote[] => {
  const row = v2Row(node);
  if (!row || node.path === "/" || row.pids.length === 0 || !parents.has(node.path)) return [];
  const type = row.files["cgroup.type"]?.trim();
  if (type !== undefined && type !== "domain") return [];
  return [
    {
      path: node.path,
      rule: "inner-processes",
      detail: `has ${count(row.pids.length, "process", "processes")} of its own beside child cgroups: no controller can be enabled for the children while they are there`,
    },
  ];
};

/** Looked at where a container's processes are: that is where its limits must be. */
const missingControllers = (node: CgroupNode, inner: Map<string, string>): RuleNote[] => {
  const row = v2Row(node);
  const parent = node.parent && v2Row(node.parent);
  const containerId = inner.get(node.path);
  if (!row?.controllers || containerId === undefined) return [];
  const missing = NEEDED.filter((name) => !row.controllers!.includes(name));
  if (missing.length === 0) return [];
  const enabled = words(parent?.files["cgroup.subtree_control"]).join(" ") || "nothing";
  return [
    {
      path: node.path,
      rule: "missing-controller",
      containerId,
      detail: `has no ${missing.join(", ")} controller: its parent ${inert(node.parent?.path ?? "?", 200)} enables ${enabled} in cgroup.subtree_control`,
    },
  ];
};

/** systemd hands user@UID.service to that user (Delegate=yes); a container that makes cgroups below its own was handed them too. */
const delegated = (node: CgroupNode, containers: Set<string>, handed: Set<string>): RuleNote[] => {
  if (/\/user@\d+\.service$/.test(node.path)) {
    return [
      {
        path: node.path,
        rule: "delegated",
        detail: "systemd delegates this subtree to its user: limits inside are the user's own",
      },
    ];
  }
  if (!containers.has(node.path) || !handed.has(node.path)) return [];
  return [
    {
      path: node.path,
      rule: "delegated",
      detail: "the container keeps cgroups of its own below: systemd, Docker or an exec inside it",
    },
  ];
};

const threaded = (node: CgroupNode): RuleNote[] => {
  const type = v2Row(node)?.files["cgroup.type"]?.trim();
  if (type === "threaded") {
    return [
      {
        path: node.path,
        rule: "threaded",
        detail:
          "a threaded cgroup: threads of one process may be spread over its siblings, and memory is not counted here",
      },
    ];
  }
  if (type === "domain threaded") {
    return [
      {
        path: node.path,
        rule: "threaded",
        detail: "root of a threaded subtree: memory of everything below is counted here",
      },
    ];
  }
  if (type === "domain invalid") {
    return [
      {
        path: node.path,
        rule: "invalid",
        detail:
          "domain invalid: below a threaded cgroup and not threaded itself, so it takes no process and no controller",
      },
    ];
  }
  return [];
};
