/** A node in one row: what a person looks for who has many of them. */

import { findings } from "../findings/findings.ts";
import { count } from "../format.ts";
import { isByNature, isSlowPlace } from "../gaps.ts";
import type { SandboxState, Snapshot } from "../model.ts";
import type { Finding, Readiness, Severity } from "../reports.ts";
import { type NodeCost, nodeCost, shareWords } from "./cost.ts";
import { readiness } from "./readiness.ts";

export interface FleetRow {
  /** The target, as the person named it. */
  node: string;
  /** partly: something could not be read beside the slow places and what no reading would tell; the sums are of what was. */
  state: "read" | "partly" | "unreachable" | "refused" | "unreadable";
  error?: string;
  /** From the first word to it until it was read. */
  seconds: number;
  hostname?: string;
  kernel?: string;
  os?: string;
  cgroupMode?: Snapshot["node"]["cgroupMode"];
  runtimes?: Snapshot["node"]["runtimes"];
  kubelet?: boolean;
  privilege?: Snapshot["node"]["privilege"];
  pods?: { all: number } & Record<SandboxState, number>;
  findings?: Record<Severity, number>;
  /** pssUnread: of how many the share was not read, and is not in pssBytes. */
  pause?: { processes: number; pssBytes: number; pssUnread: number; monitors: number; cgroups: number };
  readiness?: { yes: number; no: number; unknown: number };
  gaps?: number;
}

interface Concluded {
  findings: readonly Finding[];
  readiness: Readiness;
  cost: NodeCost;
}

/** The row of a node that was read. @param seconds how long that took @param known what was concluded of it before */
export function fleetRow(
  node: string,
  snapshot: Snapshot,
  seconds: number,
  known: Concluded = { findings: findings(snapshot), readiness: readiness(snapshot), cost: nodeCost(snapshot) },
): FleetRow {
  const pods = { all: snapshot.pods.length, process: 0, dropped: 0, dead: 0, none: 0, starting: 0 };
  for (const { sandbox } of snapshot.pods) pods[sandbox.state] += 1;
  const found = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of known.findings) found[severity] += 1;
  const verdicts = { yes: 0, no: 0, unknown: 0 };
  for (const { verdict } of known.readiness.pods) verdicts[verdict] += 1;
  const gaps = snapshot.gaps.filter((gap) => !isSlowPlace(gap));
  const { hostname, kernel, os, cgroupMode, runtimes, kubelet, privilege } = snapshot.node;
  return {
    node,
    state: gaps.every(isByNature) ? "read" : "partly",
    seconds,
    hostname,
    kernel,
    os,
    cgroupMode,
    runtimes,
    kubelet: kubelet !== undefined,
    privilege,
    pods,
    findings: found,
    pause: pauseOf(known.cost),
    readiness: verdicts,
    gaps: gaps.length,
  };
}

function pauseOf({ pods, pssBytes, pssUnread, monitors, cgroups }: NodeCost): FleetRow["pause"] {
  return { processes: pods, pssBytes, pssUnread, monitors: monitors.processes, cgroups };
}

const WORST: Record<FleetRow["state"], number> = { refused: 0, unreadable: 1, unreachable: 2, partly: 3, read: 4 };

/** Worst first: what could not be read, then criticals, dead sandboxes, warnings; then by name. */
export function byWorst(a: FleetRow, b: FleetRow): number {
  const lost = (row: FleetRow) => (row.pods === undefined ? WORST[row.state] : 9);
  return (
    lost(a) - lost(b) ||
    (b.findings?.critical ?? 0) - (a.findings?.critical ?? 0) ||
    (b.pods?.dead ?? 0) - (a.pods?.dead ?? 0) ||
    (b.findings?.warning ?? 0) - (a.findings?.warning ?? 0) ||
    (a.node < b.node ? -1 : a.node > b.node ? 1 : 0)
  );
}

/** What all of them come to, in words. */
export function fleetSums(rows: readonly FleetRow[]): string {
  const read = rows.filter(({ pods }) => pods !== undefined);
  const sum = (of: (row: FleetRow) => number | undefined): number =>
    read.reduce((total, row) => total + (of(row) ?? 0), 0);
  const lost = rows.length - read.length;
  const pause = {
    processes: sum((row) => row.pause?.processes),
    pssBytes: sum((row) => row.pause?.pssBytes),
    pssUnread: sum((row) => row.pause?.pssUnread),
  };
  const unknown = sum((row) => row.readiness?.unknown);
  return [
    `${read.length} of ${count(rows.length, "node was", "nodes were")} read${lost > 0 ? `, ${lost} not` : ""}`,
    count(
      sum((row) => row.pods?.all),
      "pod",
    ),
    `${count(pause.processes, "pause process that uses", "pause processes that use")} ${shareWords(pause)} (Pss)`,
    `${sum((row) => row.readiness?.yes)} of them could go${unknown > 0 ? `, of ${unknown} it is not known` : ""}`,
  ].join("; ");
}
