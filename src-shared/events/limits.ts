/** Limits that were changed on a living group: a resize, `systemctl set-property`, or a hand. */
import { cgroupsOf } from "../cgroups/report.ts";
import { bytes, cores, inertPath } from "../format.ts";
import type { Snapshot } from "../model.ts";
import type { CgroupReport } from "../reports.ts";
import type { Happening } from "./event.ts";

type Limit = keyof CgroupReport["limits"];
const WORDS: Record<Limit, [string, (value: number) => string]> = {
  memoryMaxBytes: ["memory limit", bytes],
  memoryHighBytes: ["memory.high", bytes],
  swapMaxBytes: ["swap limit", bytes],
  memoryAndSwapMaxBytes: ["limit of memory and swap", bytes],
  cpuMaxCores: ["cpu limit", cores],
  pidsMax: ["pids limit", String],
};

/** The files that tell a limit, v2 first: without one of them in both readings nothing is known of a change. */
const FILES: Record<Limit, string[]> = {
  memoryMaxBytes: ["memory.max", "memory.limit_in_bytes"],
  memoryHighBytes: ["memory.high"],
  swapMaxBytes: ["memory.swap.max"],
  memoryAndSwapMaxBytes: ["memory.memsw.limit_in_bytes"],
  cpuMaxCores: ["cpu.max", "cpu.cfs_quota_us"],
  pidsMax: ["pids.max"],
};
const names = Object.keys(WORDS) as Limit[];

export function limitEvents(before: Snapshot, after: Snapshot): Happening[] {
  if (before.cgroups === after.cgroups) return [];
  const old = cgroupsOf(before).byPath;
  const filesBefore = filesOf(before);
  const filesAfter = filesOf(after);
  return cgroupsOf(after).reports.flatMap((is) => {
    const was = old.get(is.path);
    if (was === undefined) return [];
    return names.flatMap((name): Happening[] => {
      const [from, to] = [was.limits[name], is.limits[name]];
      if (from === to || !read(filesBefore, is.path, name) || !read(filesAfter, is.path, name)) return [];
      const [words, show] = WORDS[name];
      const said = (value: number | undefined) => (value === undefined ? "none" : show(value));
      return [
        {
          kind: "limit-changed",
          ...(is.podKey === undefined ? {} : { pod: is.podKey }),
          ...(is.containerId === undefined ? {} : { container: is.containerId }),
          text: `the ${words} of ${inertPath(is.path)} is ${said(to)}, it was ${said(from)}`,
          before: from ?? null,
          after: to ?? null,
        },
      ];
    });
  });
}

const read = (files: Map<string, Set<string>>, path: string, name: Limit): boolean =>
  FILES[name].some((file) => files.get(path)?.has(file));

/** The names of the files that were read of each group, over its hierarchies. */
function filesOf(snapshot: Snapshot): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { path, files } of snapshot.cgroups) {
    const known = found.get(path) ?? new Set<string>();
    for (const name in files) known.add(name);
    found.set(path, known);
  }
  return found;
}
