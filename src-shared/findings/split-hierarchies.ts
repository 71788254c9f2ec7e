/** v1: a container whose processes are in one hierarchy and not in another, so one of its limits does not reach them. */
import { count, inert } from "../format.ts";
import { isLive } from "../liveness.ts";
import type { Finding } from "../reports.ts";
import { atCgroup, placeOfCgroup, type Rule, truncate } from "./view.ts";

/** Hierarchies in which the way of a process decides what it may use. */
const LIMITING = ["memory", "cpu", "pids"];

export const splitHierarchies: Rule = (view): Finding[] =>
  view.snapshot.containers.flatMap((container) => {
    const report = view.report.get(container.cgroupPath);
    if (!report || container.cgroupPath === "") return [];
    const astray = container.pids.flatMap((pid) => {
      const process = view.find.process(pid);
      if (!process?.cgroup.v1 || !isLive(process)) return [];
      const elsewhere = Object.entries(process.cgroup.v1).filter(
        ([hierarchy, path]) =>
          hierarchy.split(",").some((name) => LIMITING.includes(name)) &&
          view.tree.v1.includes(hierarchy) &&
          path !== container.cgroupPath &&
          !path.startsWith(`${container.cgroupPath}/`),
      );
      return elsewhere.map(([hierarchy, path]) => `pid ${pid}: ${inert(hierarchy, 40)} is ${inert(path, 200)}`);
    });
    if (astray.length === 0) return [];
    return [
      {
        rule: "split-hierarchies",
        severity: "warning",
        title: `${count(astray.length, "membership")} of its processes lead elsewhere`,
        where: placeOfCgroup(view, report),
        evidence: [`its cgroup is ${inert(report.path, 300)}`, ...truncate(astray)],
        why: "On cgroup v1 each controller has a tree of its own. A process that is here in one and elsewhere in another escapes the limits of that controller, and its usage is counted to somebody else.",
        todo: "Find who moved it (an exec, a cgexec, a script that wrote to cgroup.procs), and write its pid to cgroup.procs of the right folder.",
        link: "https://docs.kernel.org/admin-guide/cgroup-v1/cgroups.html",
        at: atCgroup(report),
      } satisfies Finding,
    ];
  });
