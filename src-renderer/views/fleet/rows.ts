/** Rows of open nodes, from what the window has concluded of each already. Pure. */

import type { NodeState } from "../../../src-shared/api.ts";
import { count } from "../../../src-shared/format.ts";
import { compareText } from "../../../src-shared/order.ts";
import { byWorst, type FleetRow, fleetRow } from "../../../src-shared/questions/fleet.ts";
import { type PodRow, podRows } from "../../../src-shared/questions/pod-rows.ts";
import {
  findingsByPod,
  findingsKnown,
  findingsOf,
  nodeCostOf,
  readinessOf,
  reportsByPath,
} from "../../state/derived.ts";
import { grouped as together } from "../../state/grouped.ts";
import type { OpenNode } from "../../state/nodes.ts";

export interface Line {
  nodeId: string;
  state: NodeState;
  /** Undefined while nothing is known of it yet. */
  row?: FleetRow;
  /** The group that the person remembered it in. */
  group?: string;
}

export const GROUPS = ["nothing", "group", "kernel", "runtime", "cgroups"] as const;
export type GroupBy = (typeof GROUPS)[number];

/** Undefined while the node is on its way, or is large and being looked through. */
export function rowOf({
  state,
  snapshot,
  summary,
}: Pick<OpenNode, "state" | "snapshot" | "summary">): FleetRow | undefined {
  if (snapshot === undefined) {
    if (summary !== undefined) return summary.row;
    if (state.phase === "connecting" || state.phase === "reading") return undefined;
    return { node: state.target, state: "unreachable", error: state.detail ?? "", seconds: 0 };
  }
  const readiness = readinessOf(snapshot);
  const cost = nodeCostOf(snapshot);
  if (!findingsKnown(snapshot) || readiness === undefined || cost === undefined) return undefined;
  return fleetRow(state.target, snapshot, 0, { findings: findingsOf(snapshot), readiness, cost });
}

const groupOf = (by: GroupBy, { row, group }: Line): string => {
  if (by === "group") return group ?? "in no group";
  if (row === undefined) return "not read yet";
  if (row.pods === undefined) return "not read";
  if (by === "kernel") return row.kernel ?? "not known";
  if (by === "cgroups") return row.cgroupMode ?? "not known";
  return row.runtimes?.map(({ name }) => name).join(", ") || "none found";
};

const podsAt = new WeakMap<object, PodRow[]>();

/** Its pods as rows of a table of several nodes: the node is part of the key. Made once a snapshot or summary. */
export function podsOf({ state, snapshot, summary }: OpenNode): PodRow[] {
  const from = snapshot ?? summary;
  if (from === undefined) return [];
  const known = podsAt.get(from);
  if (known) return known;
  const rows = snapshot ? podRows(snapshot, reportsByPath(snapshot), findingsByPod(snapshot)) : (summary?.pods ?? []);
  const node = { id: state.nodeId, label: state.label };
  const made = rows.map((row) => ({ ...row, key: `${node.id} ${row.key}`, node }));
  podsAt.set(from, made);
  return made;
}

/** What a list over all nodes leaves out, in words, so that its silence says nothing of them. */
export function leftOut(nodes: readonly OpenNode[]): string {
  const unread = nodes.filter(({ snapshot, summary }) => snapshot === undefined && summary === undefined).length;
  const resting = nodes.filter(({ snapshot, summary }) => snapshot === undefined && summary !== undefined).length;
  return [
    unread > 0 ? `of ${count(unread, "node")} nothing is known` : "",
    resting > 0 ? `${count(resting, "node")} at rest by one reading: rates need two` : "",
  ]
    .filter(Boolean)
    .map((words) => `; ${words}`)
    .join("");
}

const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** Worst first, then by rule, so that what many nodes have stands together. */
export function findingsOfAll(nodes: readonly OpenNode[], muted: readonly string[]) {
  return nodes
    .flatMap(({ state, snapshot, summary }) =>
      together(snapshot ? findingsOf(snapshot) : (summary?.findings ?? []))
        .filter(({ rule }) => !muted.includes(rule))
        .map((finding) => ({ nodeId: state.nodeId, label: state.label, finding })),
    )
    .sort(
      (a, b) =>
        RANK[a.finding.severity] - RANK[b.finding.severity] ||
        compareText(a.finding.rule, b.finding.rule) ||
        compareText(a.label, b.label),
    );
}

/** Worst first, what is not known yet last; a group is where its worst is. */
export function grouped(lines: readonly Line[], by: GroupBy): { title: string; lines: Line[] }[] {
  const sorted = lines.toSorted((a, b) =>
    a.row && b.row ? byWorst(a.row, b.row) : Number(a.row === undefined) - Number(b.row === undefined),
  );
  const groups = new Map<string, Line[]>();
  for (const line of sorted) {
    const title = by === "nothing" ? "" : groupOf(by, line);
    groups.set(title, [...(groups.get(title) ?? []), line]);
  }
  return [...groups].map(([title, list]) => ({ title, lines: list }));
}
