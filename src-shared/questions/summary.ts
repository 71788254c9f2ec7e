/** What is kept of a node that nobody looks at: its row, its pods as a table shows them, and its findings. */
import { cgroupsOf } from "../cgroups/report.ts";
import { findings } from "../findings/findings.ts";
import type { Snapshot } from "../model.ts";
import type { Finding } from "../reports.ts";
import { nodeCost } from "./cost.ts";
import { type FleetRow, fleetRow } from "./fleet.ts";
import { type PodRow, podRows } from "./pod-rows.ts";
import { readiness } from "./readiness.ts";

export interface NodeSummary {
  row: FleetRow;
  pods: PodRow[];
  /** Those that one reading tells: rates need two, and the one before is not kept. */
  findings: Finding[];
}

export function nodeSummary(target: string, snapshot: Snapshot): NodeSummary {
  const found = findings(snapshot);
  const byPod = new Map<string, Finding[]>();
  for (const finding of found) {
    const key = finding.at?.podKey;
    if (key !== undefined) byPod.set(key, [...(byPod.get(key) ?? []), finding]);
  }
  return {
    row: fleetRow(target, snapshot, 0, {
      findings: found,
      readiness: readiness(snapshot),
      cost: nodeCost(snapshot),
    }),
    pods: podRows(snapshot, cgroupsOf(snapshot).byPath, byPod),
    findings: found,
  };
}
