/** A node in one row: what a person looks for who has many of them (contract.md, "Several nodes"). */

import { findings } from "../findings/findings.ts";
import { isSlowPlace } from "../gaps.ts";
import type { SandboxState, Severity, Snapshot } from "../model.ts";
import { nodeCost } from "./cost.ts";
import { readiness } from "./readiness.ts";

export interface FleetRow {
  /** The target, as the person named it. */
  node: string;
  /** partly: something could not be read beside the slow places; the sums are of what was. */
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

/** The row of a node that was read. @param seconds how long that took */
export function fleetRow(node: string, snapshot: Snapshot, seconds: number): FleetRow {
  const pods = { all: snapshot.pods.length, process: 0, dropped: 0, dead: 0, none: 0, starting: 0 };
  for (const { sandbox } of snapshot.pods) pods[sandbox.state] += 1;
  const found = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of findings(snapshot)) found[severity] += 1;
  const verdicts = { yes: 0, no: 0, unknown: 0 };
  for (const { verdict } of readiness(snapshot).pods) verdicts[verdict] += 1;
  const gaps = snapshot.gaps.filter((gap) => !isSlowPlace(gap)).length;
  const { hostname, kernel, os, cgroupMode, runtimes, kubelet, privilege } = snapshot.node;
  return {
    node,
    state: gaps > 0 ? "partly" : "read",
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
    pause: pauseOf(snapshot),
    readiness: verdicts,
    gaps,
  };
}

function pauseOf(snapshot: Snapshot): FleetRow["pause"] {
  const { pods, pssBytes, pssUnread, monitors, cgroups } = nodeCost(snapshot);
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
