/**
 * A delta for who counts bytes. A Delta puts an item whole when one of its counters moved, and on a node at work half of
 * the groups move each second; this says of an item that was there before only what changed inside it.
 */
import type { Delta, Snapshot } from "../model.ts";
import { type Patch, patchBetween } from "../recordings/patch.ts";
import { itemId, LISTS, type ListName } from "./delta.ts";

export const PATCHED_SCHEMA = "podglass.patch/1";

/** What changed inside an item that was there before. */
export interface ItemPatch {
  /** Fields that are new or other, whole; and those that are gone. */
  s?: Record<string, unknown>;
  d?: string[];
  /** Fields that are objects and changed inside. */
  o?: Record<string, ItemPatch>;
  /** Texts of as many lines as before: number of the line to how much of its start stays, and what follows on that. */
  l?: Record<string, Record<string, [stays: number, then: string]>>;
  /** Ascending lists of numbers: those that came and those that went. */
  n?: Record<string, { put: number[]; gone: number[] }>;
}

export interface PatchedDelta {
  schema: typeof PATCHED_SCHEMA;
  seq: number;
  takenAt: string;
  /** put: items that are new, whole. changed: by id. gone: as in a Delta. */
  changes: Partial<Record<ListName, { put?: unknown[]; changed?: Record<string, ItemPatch>; gone?: string[] }>>;
  node?: ItemPatch;
  oomKills?: Delta["oomKills"];
  deep?: boolean;
}

/** @param before the snapshot that `delta` follows on */
export function patched(before: Snapshot, { seq, takenAt, changes, node, oomKills, deep }: Delta): PatchedDelta {
  const slim: PatchedDelta = { schema: PATCHED_SCHEMA, seq, takenAt, changes: {} };
  for (const list of LISTS) {
    const change = changes[list];
    if (change === undefined) continue;
    const idOf = itemId[list] as (item: unknown) => string;
    const old = new Map<string, object>(before[list].map((item) => [idOf(item), item]));
    const put: unknown[] = [];
    const changed = new Map<string, ItemPatch>();
    for (const item of change.put as object[]) {
      const was = old.get(idOf(item));
      if (was === undefined) put.push(item);
      else changed.set(idOf(item), itemPatch(was, item));
    }
    slim.changes[list] = {
      ...(put.length > 0 ? { put } : {}),
      ...(changed.size > 0 ? { changed: Object.fromEntries(changed) } : {}),
      ...(change.gone.length > 0 ? { gone: change.gone } : {}),
    };
  }
  if (node !== undefined) slim.node = itemPatch(before.node, node);
  if (oomKills !== undefined) slim.oomKills = oomKills;
  if (deep !== undefined) slim.deep = deep;
  return slim;
}

const itemPatch = (was: object, item: object): ItemPatch => slimmer(was, patchBetween(was, item) ?? {});

/** A line of a pressure file is sixty characters of which the last digits move, a namespace's pids thousands of which one went. */
function slimmer(was: object, { s = {}, l = {}, o = {}, ...more }: Patch): ItemPatch {
  const old = was as Record<string, unknown>;
  const [set, lists, texts, inner]: [ItemPatch["s"], ItemPatch["n"], ItemPatch["l"], ItemPatch["o"]] = [{}, {}, {}, {}];
  for (const [field, value] of Object.entries(s)) {
    const before = old[field];
    if (!areAscending(before) || !areAscending(value)) set[field] = value;
    else {
      const [earlier, later] = [new Set(before), new Set(value)];
      const put = value.filter((number) => !earlier.has(number));
      lists[field] = { put, gone: before.filter((number) => !later.has(number)) };
    }
  }
  for (const [field, changed] of Object.entries(l)) {
    const lines = (old[field] as string).split("\n");
    texts[field] = Object.fromEntries(
      Object.entries(changed).map(([at, line]) => [at, ending(lines[Number(at)]!, line)]),
    );
  }
  for (const [field, inside] of Object.entries(o)) inner[field] = slimmer(old[field] as object, inside);
  const parts = { s: set, l: texts, o: inner, n: lists };
  return { ...more, ...Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0)) };
}

const areAscending = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one, at) => typeof one === "number" && (at === 0 || one > value[at - 1]));

function ending(before: string, after: string): [number, string] {
  let stays = 0;
  while (stays < before.length && stays < after.length && before[stays] === after[stays]) stays++;
  return [stays, after.slice(stays)];
}
