/** Out of cpu quota in most periods: the work waits although the node may be idle. */
import { type CgroupNode, fileOf } from "../cgroups/tree.ts";
import { keyed } from "../cgroups/values.ts";
import { cores, duration, inert, percent } from "../format.ts";
import type { CgroupReport, Finding } from "../reports.ts";
import { atCgroup, placeOfCgroup, type Rule, repeatsOuter, type View } from "./view.ts";

const MOSTLY = 0.5;
/** Ten seconds of the usual 100 ms periods, or two between readings: fewer say little. */
const ENOUGH = { everSince: 100, sinceLast: 20 };

interface Periods {
  all: number;
  throttled: number;
  usec: number;
}

export const throttled: Rule = (view): Finding[] =>
  view.reports.flatMap((report) => {
    if (report.limits.cpuMaxCores === undefined || repeatsOuter(view, report, "cpuMaxCores")) return [];
    const now = periodsOf(view.tree.byPath.get(report.path));
    if (!now) return [];
    const before = view.before ? periodsOf(view.before.tree.byPath.get(report.path)) : undefined;
    const span = before && now.all >= before.all ? minus(now, before) : now;
    const enough = span === now ? ENOUGH.everSince : ENOUGH.sinceLast;
    if (span.all < enough || span.throttled / span.all < MOSTLY) return [];
    return [finding(view, report, span, span === now ? undefined : view.before?.elapsedMs)];
  });

const periodsOf = (node: CgroupNode | undefined): Periods | undefined => {
  const stat = node && fileOf(node, "cpu.stat");
  const all = keyed(stat, "nr_periods");
  const hit = keyed(stat, "nr_throttled");
  if (all === undefined || hit === undefined) return undefined;
  const usec = keyed(stat, "throttled_usec") ?? (keyed(stat, "throttled_time") ?? 0) / 1000;
  return { all, throttled: hit, usec };
};

const minus = (a: Periods, b: Periods): Periods => ({
  all: a.all - b.all,
  throttled: a.throttled - b.throttled,
  usec: a.usec - b.usec,
});

const finding = (view: View, report: CgroupReport, span: Periods, elapsedMs: number | undefined): Finding => ({
  rule: "throttled",
  severity: report.podKey === undefined ? "info" : "warning",
  title: `Throttled in ${percent(span.throttled / span.all)} of its periods`,
  where: placeOfCgroup(view, report),
  evidence: [
    `${span.throttled} of ${span.all} periods ${elapsedMs === undefined ? "since it was made" : `in the last ${duration(elapsedMs * 1000)}`} ran out of quota, ${duration(span.usec)} waited over all cpus`,
    `quota ${cores(report.limits.cpuMaxCores)} in ${inert(report.path, 300)}`,
  ],
  why: "When the quota of a period is used up every thread of the group stops until the next, so requests stall for tens of milliseconds however idle the node is. Programs with more threads than quota use it up at once.",
  todo: "Raise the cpu limit or take it away (the weight from requests still shares fairly), or let the program start fewer threads (GOMAXPROCS, -XX:ActiveProcessorCount).",
  link: "https://docs.kernel.org/scheduler/sched-bwc.html",
  at: atCgroup(report),
});
