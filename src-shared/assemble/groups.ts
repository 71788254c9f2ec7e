/** Cgroups as read, with their members. */
import type { Cgroup, Process } from "../model.ts";
import { compareText } from "../order.ts";
import type { RawCgroup } from "../reading.ts";
import type { Shared } from "./processes.ts";

/** Groups between two steps. */
const PER_STEP = 8000;

/** A group that only /proc/PID/cgroup tells of is there too, without files. Sorted by path, then hierarchy. */
export function* cgroupsOf(
  read: readonly RawCgroup[],
  places: readonly Shared<Process["cgroup"]>[],
): Generator<undefined, Cgroup[]> {
  // By path first: v1 has the same paths in every hierarchy, and sorting long paths is what costs here.
  const paths = new Map<string, Map<string, Cgroup>>();
  const at = (hierarchy: string, path: string): Cgroup => {
    let hierarchies = paths.get(path);
    if (!hierarchies) {
      hierarchies = new Map();
      paths.set(path, hierarchies);
    }
    const known = hierarchies.get(hierarchy);
    if (known) return known;
    const group: Cgroup = { path, hierarchy, pids: [], files: {} };
    hierarchies.set(hierarchy, group);
    return group;
  };
  let done = 0;
  for (const { hierarchy, path, files } of read) {
    const group = at(hierarchy, path);
    group.files = files;
    const controllers = files["cgroup.controllers"];
    if (controllers !== undefined) group.controllers = controllers.split(" ").filter(Boolean);
    if (++done % PER_STEP === 0) yield;
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
  for (const { shown: cgroup, pids } of places) {
    if (cgroup.v2 !== undefined) put("v2", cgroup.v2, pids);
    for (const hierarchy in cgroup.v1) put(hierarchy, cgroup.v1[hierarchy]!, pids);
    if (++done % PER_STEP === 0) yield;
  }
  for (const group of mixed) group.pids.sort((a, b) => a - b);
  yield;
  const list: Cgroup[] = [];
  for (const path of [...paths.keys()].sort(compareText)) {
    const hierarchies = paths.get(path)!;
    if (hierarchies.size === 1) list.push(...hierarchies.values());
    else list.push(...[...hierarchies.values()].sort((a, b) => compareText(a.hierarchy, b.hierarchy)));
  }
  return list;
}
