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

/** Limits that the last reading told and the one before it did not, as bits by the order of their names, by their group. */
export type YoungLimits = Map<string, number>;

/**
 * A group that is being made is there before its limits are written: what a limit was at its first sight is no limit that
 * was changed, if the next reading tells another.
 */
export function limitEvents(before: Snapshot, after: Snapshot, young: YoungLimits = new Map()): Happening[] {
  const unsettled = new Map(young);
  young.clear();
  if (before.cgroups === after.cgroups) return [];
  const old = cgroupsOf(before).byPath;
  const [had, has] = [toldIn(before), toldIn(after)];
  return cgroupsOf(after).reports.flatMap((is) => {
    const [first, then] = [had.get(is.path) ?? 0, has.get(is.path) ?? 0];
    if ((then & ~first) !== 0) young.set(is.path, then & ~first);
    const was = old.get(is.path);
    if (was === undefined) return [];
    const settled = first & then & ~(unsettled.get(is.path) ?? 0);
    return names.flatMap((name, bit): Happening[] => {
      const [from, to] = [was.limits[name], is.limits[name]];
      if (from === to || (settled & (1 << bit)) === 0) return [];
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

/** Which limits' files were read of each group, over its hierarchies, as bits by the order of their names. */
function toldIn(snapshot: Snapshot): Map<string, number> {
  const found = new Map<string, number>();
  for (const { path, files } of snapshot.cgroups) {
    let bits = found.get(path) ?? 0;
    for (const [bit, name] of names.entries()) if (FILES[name].some((file) => file in files)) bits |= 1 << bit;
    found.set(path, bits);
  }
  return found;
}
