/** Cgroups as read, with their members. */
import type { Cgroup, Process } from "../model.ts";
import type { RawCgroup } from "../reading.ts";
import { compareText } from "./namespaces.ts";
import { pidsBy } from "./processes.ts";

/** A group that only /proc/PID/cgroup tells of is there too, without files. Sorted by path, then hierarchy. */
export function cgroupsOf(read: readonly RawCgroup[], processes: readonly Process[]): Cgroup[] {
  const hierarchies = new Map<string, Map<string, Cgroup>>();
  const list: Cgroup[] = [];
  const at = (hierarchy: string, path: string): Cgroup => {
    const paths = hierarchies.get(hierarchy) ?? new Map<string, Cgroup>();
    if (paths.size === 0) hierarchies.set(hierarchy, paths);
    const known = paths.get(path);
    if (known) return known;
    const group: Cgroup = { path, hierarchy, pids: [], files: {} };
    paths.set(path, group);
    list.push(group);
    return group;
  };
  for (const { hierarchy, path, files } of read) {
    const group = at(hierarchy, path);
    group.files = files;
    const controllers = files["cgroup.controllers"];
    if (controllers !== undefined) group.controllers = controllers.split(" ").filter(Boolean);
  }
  const mixed = new Set<Cgroup>();
  const put = (hierarchy: string, path: string, pids: readonly number[]) => {
    const group = at(hierarchy, path);
    if (group.pids.length === 0) group.pids = pids.slice();
    else {
      for (const pid of pids) group.pids.push(pid);
      mixed.add(group);
    }
  };
  for (const [cgroup, pids] of pidsBy(processes, (process) => process.cgroup)) {
    if (cgroup.v2 !== undefined) put("v2", cgroup.v2, pids);
    for (const hierarchy in cgroup.v1) put(hierarchy, cgroup.v1[hierarchy]!, pids);
  }
  for (const group of mixed) group.pids.sort((a, b) => a - b);
  return list.sort((a, b) => compareText(a.path, b.path) || compareText(a.hierarchy, b.hierarchy));
}
