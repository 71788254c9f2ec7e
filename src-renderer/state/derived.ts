import { cgroupsOf } from "../../src-shared/cgroups/report.ts";
import { type RuleNote, ruleNotes } from "../../src-shared/cgroups/rules.ts";
import { type Since, sinceLast } from "../../src-shared/cgroups/since.ts";
import type { CgroupTree } from "../../src-shared/cgroups/tree.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { baselines } from "../../src-shared/findings/over-time.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { type NodeCost, nodeCost } from "../../src-shared/questions/cost.ts";
import { podReport } from "../../src-shared/questions/pod-report.ts";
import { readiness } from "../../src-shared/questions/readiness.ts";
import type { CgroupReport, Finding, PodReport, Readiness, Severity } from "../../src-shared/reports.ts";
import { type Conclusions, conclusionsOf } from "./conclusions.ts";
import { grouped } from "./grouped.ts";
import { mutedRules } from "./muted.ts";
import type { OpenNode } from "./nodes.ts";

/** What src-shared says of a snapshot, asked once per snapshot however many places show it. */
function once<T>(make: (snapshot: Snapshot) => T): (snapshot: Snapshot) => T {
  const known = new WeakMap<Snapshot, { value: T }>();
  return (snapshot) => {
    const hit = known.get(snapshot);
    if (hit) return hit.value;
    const value = make(snapshot);
    known.set(snapshot, { value });
    return value;
  };
}

export const reportsOf = (snapshot: Snapshot): CgroupReport[] => cgroupsOf(snapshot).reports;

/** How many there are, whatever the number of hierarchies: they come sorted by path. */
export const cgroupCount = ({ cgroups }: Snapshot): number =>
  cgroups.reduce((count, { path }, i) => (path === cgroups[i - 1]?.path ? count : count + 1), 0);

export const reportsByPath = (snapshot: Snapshot): Map<string, CgroupReport> => cgroupsOf(snapshot).byPath;

export const treeOf = (snapshot: Snapshot): CgroupTree => cgroupsOf(snapshot).tree;
export const ruleNotesOf: (snapshot: Snapshot) => RuleNote[] = once((snapshot) =>
  ruleNotes(treeOf(snapshot), snapshot),
);

/** The snapshot of some seconds before that rates are counted from; undefined for a node's first. */
const beforeOf: (snapshot: Snapshot) => Snapshot | undefined = once(baselines());

/** What happened in a cgroup since then; undefined where it was not there. */
export function sinceOf(snapshot: Snapshot, report: CgroupReport): Since | undefined {
  const before = beforeOf(snapshot);
  if (!before) return undefined;
  const elapsedMs = Date.parse(snapshot.takenAt) - Date.parse(before.takenAt);
  return sinceLast([report], reportsByPath(before), elapsedMs)[0];
}

/** What the worker concluded last, or nothing yet; a small node's is concluded at once. */
function derived<T>(
  none: T,
  part: (all: Conclusions) => T,
  conclude: (snapshot: Snapshot) => T,
): (snapshot: Snapshot) => T {
  return once((snapshot) => {
    const all = conclusionsOf(snapshot);
    return all === undefined ? conclude(snapshot) : all === "none yet" ? none : part(all);
  });
}

export const findingsOf = derived<Finding[]>(
  [],
  (all) => all.findings,
  (snapshot) => findings(snapshot, beforeOf(snapshot)),
);

/** False while a large node is being looked through for the first time: that nothing was found then says nothing. */
export const findingsKnown = (snapshot: Snapshot): boolean => conclusionsOf(snapshot) !== "none yet";

function counted(found: readonly Finding[], muted: readonly string[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, warning: 0, info: 0 };
  for (const { severity, rule } of grouped(found)) if (!muted.includes(rule)) counts[severity] += 1;
  return counts;
}

const troubles = new WeakMap<Snapshot, { muted: readonly string[]; counts: Record<Severity, number> }>();

/** How much there is to see to on a node, in rows of the findings' page: what the side bar, the title and an alarm count. */
export function troubleOf(snapshot: Snapshot): Record<Severity, number> {
  const muted = mutedRules();
  const known = troubles.get(snapshot);
  if (known?.muted === muted) return known.counts;
  const counts = counted(findingsOf(snapshot), muted);
  // Nothing was concluded yet: to be counted again, not to be remembered as none.
  if (findingsKnown(snapshot)) troubles.set(snapshot, { muted, counts });
  return counts;
}

/** undefined while nothing is known. */
export function troubleCount(snapshot: Snapshot): number | undefined {
  const { critical, warning, info } = troubleOf(snapshot);
  return findingsKnown(snapshot) ? critical + warning + info : undefined;
}

/** The same of any open node; of one that rests by its summary, and undefined while nothing is known. */
export function troubleOn({ snapshot, summary }: Pick<OpenNode, "snapshot" | "summary">) {
  return snapshot ? troubleOf(snapshot) : summary && counted(summary.findings, mutedRules());
}

export function worstOf(snapshot: Snapshot): Severity | undefined {
  const { critical, warning, info } = troubleOf(snapshot);
  return critical > 0 ? "critical" : warning > 0 ? "warning" : info > 0 ? "info" : undefined;
}

export const findingsByPod: (snapshot: Snapshot) => Map<string, Finding[]> = once((snapshot) => {
  const byPod = new Map<string, Finding[]>();
  for (const finding of findingsOf(snapshot)) {
    const key = finding.at?.podKey;
    if (key !== undefined) byPod.set(key, [...(byPod.get(key) ?? []), finding]);
  }
  return byPod;
});

export const readinessOf = derived<Readiness | undefined>(undefined, (all) => all.readiness, readiness);
export const nodeCostOf = derived<NodeCost | undefined>(undefined, (all) => all.cost, nodeCost);

const podReports = once(() => new Map<string, PodReport>());

/** undefined where the snapshot has no such pod. */
export function reportOf(snapshot: Snapshot, podKey: string): PodReport | undefined {
  const known = podReports(snapshot);
  const hit = known.get(podKey);
  if (hit || !snapshot.pods.some(({ key }) => key === podKey)) return hit;
  const report = podReport(snapshot, podKey);
  known.set(podKey, report);
  return report;
}
