/** A container that stands still because its cgroup is frozen, not because it is idle. */
import { fileOf, v2File } from "../cgroups/tree.ts";
import { keyed } from "../cgroups/values.ts";
import { inert } from "../format.ts";
import type { Finding } from "../reports.ts";
import { atCgroup, placeOfCgroup, type Rule } from "./view.ts";

export const frozen: Rule = (view): Finding[] =>
  view.reports.flatMap((report) => {
    const node = view.tree.byPath.get(report.path);
    if (report.containerId === undefined || !node) return [];
    const container = view.find.container(report.containerId);
    // Once a container, at its own cgroup, not at the folders inside it.
    if (container?.cgroupPath !== report.path) return [];
    const state = fileOf(node, "freezer.state")?.trim();
    if (keyed(v2File(node, "cgroup.events"), "frozen") !== 1 && state !== "FROZEN") return [];
    return [
      {
        rule: "frozen",
        severity: "info",
        title: "Frozen: none of its processes runs",
        where: placeOfCgroup(view, report),
        evidence: [
          `${inert(report.path, 300)}: ${state === "FROZEN" ? "freezer.state FROZEN" : "cgroup.events frozen 1"}`,
        ],
        why: "Somebody paused it (podman pause, docker pause, a checkpoint). It keeps its memory, answers nothing, and probes against it fail.",
        todo: "Unpause it when whoever paused it is done.",
        link: "https://docs.kernel.org/admin-guide/cgroup-v2.html#core-interface-files",
        at: atCgroup(report),
      } satisfies Finding,
    ];
  });
