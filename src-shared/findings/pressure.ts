/** All work of a pod stood still for want of memory or disk, for a good part of the last minute. */
import { count, inert } from "../format.ts";
import type { Finding, Psi } from "../reports.ts";
import { atCgroup, placeOfCgroup, type Rule } from "./view.ts";

/** Percent of the last minute in which every task waited: beyond this people notice. */
const FULL = 20;

export const pressure: Rule = (view): Finding[] =>
  view.reports.flatMap((report) => {
    // Where a child waits its parents wait: tell it once, at the container or the pod.
    if (report.containerId === undefined) return [];
    return (["memory", "io"] as const).flatMap((what) => {
      const full = report.pressure?.[what]?.full;
      if (!full || full.avg60 < FULL || full.avg10 < FULL) return [];
      return [
        {
          rule: `${what}-pressure`,
          severity: "warning",
          title: `Stalled by ${what === "io" ? "disk" : "memory"} for ${Math.round(full.avg60)} % of the last minute`,
          where: placeOfCgroup(view, report),
          evidence: [`${inert(report.path, 300)}/${what}.pressure: full ${psi(full)}`],
          why:
            what === "memory"
              ? "While tasks wait for memory the kernel throws out pages that are needed again at once. It goes on like this long before the limit kills anything."
              : "Every task waited for the disk at once; memory that is short shows up here too, as pages read again and again.",
          todo:
            what === "memory"
              ? "Compare the working set with the effective limit; raise it or find what grows."
              : "See who reads and writes (io.stat of the pods beside it) and whether memory is short as well.",
          link: "https://docs.kernel.org/accounting/psi.html",
          at: atCgroup(report),
        } satisfies Finding,
      ];
    });
  });

const psi = (value: Psi): string =>
  `avg10=${value.avg10} avg60=${value.avg60} avg300=${value.avg300}, ${count(Math.round(value.totalUsec / 1e6), "second")} in all`;
