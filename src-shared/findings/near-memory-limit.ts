/** Close to the memory limit that really holds, with kills by the OOM killer: it will happen again. */
import { bytes, count, inert, percent } from "../format.ts";
import type { CgroupReport, Finding, OomKill } from "../model.ts";
import { atCgroup, placeOfCgroup, type Rule, repeatsOuter, some, type View } from "./view.ts";

/** The kernel reclaims at the limit, so an honest working set this close has little left to give back. */
const NEAR = 0.9;
/** A kill that the kernel log dates no longer ago than this is what a person came for, in a first reading too. */
const RECENT_MS = 10 * 60_000;

export const nearMemoryLimit: Rule = (view): Finding[] => {
  const kills = killsByCgroup(view);
  return view.reports.flatMap((report) => {
    const logged = kills.get(report.path) ?? [];
    const killed = Math.max(report.events?.oomKill ?? 0, logged.length);
    // A v2 parent counts its children's kills too: the story is told where the limit is, once.
    const limit = report.effective.memoryMaxBytes;
    if (killed === 0 || !limit || limit.setBy !== report.path) return [];
    if (repeatsOuter(view, report, "memoryMaxBytes")) return [];
    const fresh = Math.max(
      0,
      (report.events?.oomKill ?? 0) - (view.before?.report.get(report.path)?.events?.oomKill ?? 0),
    );
    const used = report.usage.workingSetBytes ?? report.usage.memoryBytes ?? 0;
    const near = used >= NEAR * limit.value;
    const recent = (view.before && fresh > 0) || logged.some(({ at }) => isRecent(at, view.snapshot.takenAt));
    const severity = recent ? "critical" : near ? "warning" : "info";
    const lines = logged.map(({ line }) => `kernel log: ${inert(line, 300)}`);
    return [finding(view, report, severity, killed, view.before ? fresh : undefined, used, lines)];
  });
};

const finding = (
  view: View,
  report: CgroupReport,
  severity: Finding["severity"],
  killed: number,
  fresh: number | undefined,
  used: number,
  lines: string[],
): Finding => {
  const limit = report.effective.memoryMaxBytes!.value;
  const kind = report.usage.workingSetBytes === undefined ? "usage with page cache" : "working set";
  return {
    rule: "near-memory-limit",
    severity,
    title:
      severity === "critical"
        ? `OOM kill at its memory limit, ${count(killed, "process", "processes")} killed so far`
        : severity === "warning"
          ? `At its memory limit, ${count(killed, "process", "processes")} killed so far`
          : `${count(killed, "process was", "processes were")} killed at this memory limit`,
    where: placeOfCgroup(view, report),
    evidence: [
      `${kind} ${bytes(used)} of ${bytes(limit)} (${percent(used / limit)}), limit set by ${inert(report.path, 300)}`,
      `oom_kill ${report.events?.oomKill ?? "not counted here"}${fresh === undefined ? "" : `, ${fresh} of them since the reading before`}`,
      ...some(lines, 3),
    ],
    why: "At the limit the kernel first takes page cache back, then kills. Which process it takes depends on size and oom_score_adj, not on who asked for the last page; with memory.oom.group the whole container goes.",
    todo: "Raise the limit, or find what grows. podglass cgroups shows the headroom; the order in which the kernel would kill is beside it.",
    link: "https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files",
    at: atCgroup(report),
  };
};

/** Both by the node's clock. A kill that the log does not date is not known to be recent. */
const isRecent = (at: string | undefined, takenAt: string): boolean => {
  const age = at === undefined ? Number.NaN : Date.parse(takenAt) - Date.parse(at);
  return age >= 0 && age <= RECENT_MS;
};

/** What the kernel log tells, by the cgroup whose limit was hit. */
const killsByCgroup = (view: View): Map<string, OomKill[]> => {
  const found = new Map<string, OomKill[]>();
  for (const kill of view.snapshot.oomKills ?? []) {
    if (kill.limitCgroup === undefined) continue;
    found.set(kill.limitCgroup, [...(found.get(kill.limitCgroup) ?? []), kill]);
  }
  return found;
};
