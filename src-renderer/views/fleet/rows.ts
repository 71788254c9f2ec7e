/** Rows of open nodes, from what the window has concluded of each already. Pure. */

import type { NodeState } from "../../../src-shared/api.ts";
import { byWorst, type FleetRow, fleetRow } from "../../../src-shared/questions/fleet.ts";
import { findingsKnown, findingsOf, nodeCostOf, readinessOf } from "../../state/derived.ts";
import type { OpenNode } from "../../state/nodes.ts";

export interface Line {
  nodeId: string;
  state: NodeState;
  /** Undefined while nothing is known of it yet. */
  row?: FleetRow;
}

export const GROUPS = ["nothing", "kernel", "runtime", "cgroups"] as const;
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

const groupOf = (by: GroupBy, row: FleetRow | undefined): string => {
  if (row === undefined) return "not read yet";
  if (row.pods === undefined) return "not read";
  if (by === "kernel") return row.kernel ?? "not known";
  if (by === "cgroups") return row.cgroupMode ?? "not known";
  return row.runtimes?.map(({ name }) => name).join(", ") || "none found";
};

/** Worst first, what is not known yet last; a group is where its worst is. */
export function grouped(lines: readonly Line[], by: GroupBy): { title: string; lines: Line[] }[] {
  const sorted = lines.toSorted((a, b) =>
    a.row && b.row ? byWorst(a.row, b.row) : Number(a.row === undefined) - Number(b.row === undefined),
  );
  const groups = new Map<string, Line[]>();
  for (const line of sorted) {
    const title = by === "nothing" ? "" : groupOf(by, line.row);
    groups.set(title, [...(groups.get(title) ?? []), line]);
  }
  return [...groups].map(([title, list]) => ({ title, lines: list }));
}
