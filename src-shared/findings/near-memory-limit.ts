/** Close to the memory limit that really holds, with kills by the OOM killer: it will happen again. */
import { bytes, count, inert, percent } from "../format.ts";
import type { CgroupReport, Finding } from "../model.ts";
import { atCgroup, placeOfCgroup, type Rule, repeatsOuter, some, type View } from "./view.ts";

/** The kernel reclaims at the limit, so an honest working set this close has little left to give back. */
const NEAR = 0.9;

export const nearMemoryLimit: Rule = (view): Finding[] => {
  const kills = killsByCgroup(view);
  return view.reports.flatMap((report) => {
    const killed = Math.max(report.events?.oomKill ?? 0, kills.get(report.path)?.length ?? 0);
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
    const severity = view.before && fresh > 0 ? "critical" : near ? "warning" : "info";
    return [
      finding(view, report, severity, killed, view.before ? fresh : undefined, used, kills.get(report.path) ?? []),
    ];
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
      severity === "info"
        ? `${count(killed, "process was", "processes were")} killed at this memory limit`
        : `At its memory limit, ${count(killed, "process", "processes")} killed so far`,
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

/** Kernel log lines by the cgroup whose limit was hit. */
const killsByCgroup = (view: View): Map<string, string[]> => {
  const found = new Map<string, string[]>();
  for (const kill of view.snapshot.oomKills ?? []) {
    if (kill.limitCgroup === undefined) continue;
    found.set(kill.limitCgroup, [...(found.get(kill.limitCgroup) ?? []), `kernel log: ${inert(kill.line, 300)}`]);
  }
  return found;
};
