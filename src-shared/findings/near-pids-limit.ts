/** Nearly no process more can be started: fork fails at the limit, with messages that point elsewhere. */
import { count, inert, percent } from "../format.ts";
import type { Finding } from "../reports.ts";
import { atCgroup, placeOfCgroup, type Rule, repeatsOuter } from "./view.ts";

const NEAR = 0.9;

export const nearPidsLimit: Rule = (view): Finding[] =>
  view.reports.flatMap((report) => {
    const limit = report.limits.pidsMax;
    const used = report.usage.pids;
    if (limit === undefined || used === undefined || used < NEAR * limit) return [];
    if (repeatsOuter(view, report, "pidsMax")) return [];
    return [
      {
        rule: "near-pids-limit",
        severity: report.podKey === undefined ? "info" : "warning",
        title: `${used} of ${count(limit, "process or thread", "processes and threads")} ${used === 1 ? "is" : "are"} in use`,
        where: placeOfCgroup(view, report),
        evidence: [
          `pids.current ${used}, pids.max ${limit} (${percent(used / Math.max(1, limit))}) in ${inert(report.path, 300)}`,
        ],
        why: 'At the limit fork and clone fail with EAGAIN, which programs report as "resource temporarily unavailable" or "cannot create native thread". Threads and zombies count too.',
        todo: "Look for zombies and for threads that only grow; else raise the limit (kubelet podPidsLimit, podman and docker --pids-limit).",
        link: "https://docs.kernel.org/admin-guide/cgroup-v2.html#pid",
        at: atCgroup(report),
      } satisfies Finding,
    ];
  });
