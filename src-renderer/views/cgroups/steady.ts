import { useEffect, useMemo, useRef, useState } from "react";
import type { CgroupReport } from "../../../src-shared/model.ts";
import { GONE_MS } from "../../state/nodes.ts";

export interface Steady {
  reports: CgroupReport[];
  /** What is not on the node any more and stays for a moment. */
  gone: ReadonlySet<string>;
  /** What has just come. */
  fresh: ReadonlySet<string>;
}

/** What is remembered between two readings. */
export interface Memory {
  known?: ReadonlyMap<string, CgroupReport>;
  /** By path, with when. */
  ghosts: Map<string, { report: CgroupReport; at: number }>;
  fresh: Map<string, number>;
  /** Came while the pointer was there: shown when it leaves. */
  held: Set<string>;
}

export const forgetful = (): Memory => ({ ghosts: new Map(), fresh: new Map(), held: new Set() });

const FRESH_MS = 400;
const NOTHING: ReadonlySet<string> = new Set();
const depthFirst = (path: string): string => (path === "/" ? "" : path.replaceAll("/", "\u0000"));

/**
 * The cgroups to show: what went stays for three seconds; while the pointer rests on them (`frozen`) nothing comes and
 * nothing goes, so that what is under it stays there. Changes `memory`.
 */
export function steadied(reports: CgroupReport[], frozen: boolean, memory: Memory, now: number): Steady {
  const byPath = new Map(reports.map((report) => [report.path, report]));
  const { known, ghosts, fresh, held } = memory;
  if (known) {
    for (const [path, report] of known) if (!byPath.has(path)) ghosts.set(path, { report, at: now });
    for (const path of byPath.keys())
      if (!known.has(path)) {
        fresh.set(path, now);
        if (frozen && !ghosts.has(path)) held.add(path);
      }
  }
  memory.known = byPath;
  if (!frozen) {
    for (const path of held) fresh.set(path, now);
    held.clear();
  }
  for (const [path, { at }] of ghosts) if (byPath.has(path) || (!frozen && now - at > GONE_MS)) ghosts.delete(path);
  for (const [path, at] of fresh) if (!byPath.has(path) || now - at > FRESH_MS) fresh.delete(path);
  if (ghosts.size === 0 && held.size === 0) return { reports, gone: NOTHING, fresh: new Set(fresh.keys()) };
  const shown = [...reports.filter(({ path }) => !held.has(path)), ...[...ghosts.values()].map(({ report }) => report)];
  if (ghosts.size > 0) {
    const keys = new Map(shown.map(({ path }) => [path, depthFirst(path)]));
    shown.sort((a, b) => (keys.get(a.path)! < keys.get(b.path)! ? -1 : 1));
  }
  return { reports: shown, gone: new Set(ghosts.keys()), fresh: new Set(fresh.keys()) };
}

export function useSteady(reports: CgroupReport[], frozen: boolean): Steady {
  const memory = useRef<Memory>(undefined);
  memory.current ??= forgetful();
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` only says that time has passed
  const steady = useMemo(() => steadied(reports, frozen, memory.current!, performance.now()), [reports, frozen, round]);
  useEffect(() => {
    if (steady.gone.size === 0 || frozen) return;
    const timer = setTimeout(() => setRound((n) => n + 1), GONE_MS + 50);
    return () => clearTimeout(timer);
  }, [steady, frozen]);
  return steady;
}
