import { useEffect, useMemo, useRef, useState } from "react";
import type { CgroupReport } from "../../src-shared/reports.ts";
import { GONE_MS } from "./nodes.ts";

export interface Steady<T> {
  items: T[];
  /** Keys of what is not on the node any more and stays for a moment. */
  gone: ReadonlySet<string>;
  /** Keys of what has just come. */
  fresh: ReadonlySet<string>;
}

/** How items are told apart, and where one that went stands among the others. */
export interface Kind<T> {
  key(item: T): string;
  /** Sorts by code units. */
  place(item: T): string;
}

/** What is remembered between two readings. */
export interface Memory<T> {
  known?: ReadonlyMap<string, T>;
  /** By key, with when. */
  ghosts: Map<string, { item: T; at: number }>;
  fresh: Map<string, number>;
  /** Came while the pointer was there: shown when it leaves. */
  held: Set<string>;
}

export const forgetful = <T>(): Memory<T> => ({ ghosts: new Map(), fresh: new Map(), held: new Set() });

const FRESH_MS = 400;
const NOTHING: ReadonlySet<string> = new Set();

/** Cgroups, parents before children. */
export const BY_PATH: Kind<CgroupReport> = {
  key: ({ path }) => path,
  place: ({ path }) => (path === "/" ? "" : path.replaceAll("/", "\u0000")),
};

/**
 * The items to show: what went stays for three seconds; while the pointer rests on them (`frozen`) nothing comes and
 * nothing goes, so that what is under it stays there. Changes `memory`.
 */
export function steadied<T>(items: T[], kind: Kind<T>, frozen: boolean, memory: Memory<T>, now: number): Steady<T> {
  const byKey = new Map(items.map((item) => [kind.key(item), item]));
  const { known, ghosts, fresh, held } = memory;
  if (known) {
    for (const [key, item] of known) if (!byKey.has(key)) ghosts.set(key, { item, at: now });
    for (const key of byKey.keys())
      if (!known.has(key)) {
        fresh.set(key, now);
        if (frozen && !ghosts.has(key)) held.add(key);
      }
  }
  memory.known = byKey;
  if (!frozen) {
    for (const key of held) fresh.set(key, now);
    held.clear();
  }
  for (const [key, { at }] of ghosts) if (byKey.has(key) || (!frozen && now - at > GONE_MS)) ghosts.delete(key);
  for (const [key, at] of fresh) if (!byKey.has(key) || now - at > FRESH_MS) fresh.delete(key);
  if (ghosts.size === 0 && held.size === 0) return { items, gone: NOTHING, fresh: new Set(fresh.keys()) };
  const shown = [...items.filter((item) => !held.has(kind.key(item))), ...[...ghosts.values()].map(({ item }) => item)];
  if (ghosts.size > 0) {
    const places = new Map(shown.map((item) => [item, kind.place(item)]));
    shown.sort((a, b) => (places.get(a)! < places.get(b)! ? -1 : 1));
  }
  return { items: shown, gone: new Set(ghosts.keys()), fresh: new Set(fresh.keys()) };
}

/** `kind` must be the same at each call. */
export function useSteady<T>(items: T[], kind: Kind<T>, frozen: boolean): Steady<T> {
  const memory = useRef<Memory<T>>(undefined);
  memory.current ??= forgetful();
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` only says that time has passed
  const steady = useMemo(
    () => steadied(items, kind, frozen, memory.current!, performance.now()),
    [items, kind, frozen, round],
  );
  useEffect(() => {
    if (steady.gone.size === 0 || frozen) return;
    const timer = setTimeout(() => setRound((n) => n + 1), GONE_MS + 50);
    return () => clearTimeout(timer);
  }, [steady, frozen]);
  return steady;
}

/** The class of a row that came or went. */
export const motion = ({ gone, fresh }: Steady<never> | Steady<unknown>, key: string): string =>
  gone.has(key) ? "gone" : fresh.has(key) ? "arrived" : "";
