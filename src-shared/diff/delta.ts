/**
 * From one snapshot to the next, and back: what a live session and a recording send instead of whole snapshots.
 * Deltas are by item: an item that changed in any field is put whole; one that is gone is named by its id.
 */

import { type ChangeSet, cgroupId, DELTA_SCHEMA, type Delta, namespaceId, processId, type Snapshot } from "../model.ts";
import { compareText } from "../order.ts";

type Listed = Pick<Snapshot, "processes" | "namespaces" | "cgroups" | "containers" | "pods" | "gaps">;
export type ListName = keyof Listed;
type Item<L extends ListName> = Listed[L][number];

/** The identity of an item in `gone` lists; a gap is known by what and why. */
export const itemId: { [L in ListName]: (item: Item<L>) => string } = {
  processes: processId,
  namespaces: namespaceId,
  cgroups: cgroupId,
  containers: (container) => container.id,
  pods: (pod) => pod.key,
  gaps: (gap) => `${gap.what}: ${gap.why}`,
};

/** The one order of each list, so that two snapshots of an unchanged node are equal text. */
export const itemOrder: { [L in ListName]: (a: Item<L>, b: Item<L>) => number } = {
  processes: (a, b) => a.pid - b.pid || a.startTicks - b.startTicks,
  namespaces: (a, b) => a.inode - b.inode || compareText(a.type, b.type),
  cgroups: (a, b) => compareText(a.path, b.path) || compareText(a.hierarchy, b.hierarchy),
  containers: (a, b) => compareText(a.id, b.id),
  pods: (a, b) => compareText(a.key, b.key),
  gaps: (a, b) => compareText(itemId.gaps(a), itemId.gaps(b)),
};

export const LISTS: readonly ListName[] = ["processes", "namespaces", "cgroups", "containers", "pods", "gaps"];

/** Whether each list is in its one order, no two items of it alike. */
export const isSorted = (snapshot: Listed): boolean =>
  LISTS.every((list) => isAscending(list, snapshot[list] as never));

function isAscending<L extends ListName>(list: L, items: Listed[L]): boolean {
  const order = itemOrder[list] as (a: Item<L>, b: Item<L>) => number;
  for (let at = 1; at < items.length; at++) if (order(items[at - 1]!, items[at]!) >= 0) return false;
  return true;
}

/** Whether two JSON values are the same. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!sameJson(a[i], b[i])) return false;
    return true;
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  let count = 0;
  for (const key in left) {
    if (left[key] === undefined) continue;
    count += 1;
    if (!sameJson(left[key], right[key])) return false;
  }
  for (const key in right) if (right[key] !== undefined) count -= 1;
  return count === 0;
}

function changesOf<L extends ListName>(list: L, before: Listed[L], after: Listed[L]): ChangeSet[L] {
  const idOf = itemId[list] as (item: Item<L>) => string;
  const old = new Map<string, Item<L>>();
  for (const item of before) old.set(idOf(item), item);
  const put: unknown[] = [];
  for (const item of after) {
    const id = idOf(item);
    const was = old.get(id);
    if (was === undefined || !sameJson(was, item)) put.push(item);
    old.delete(id);
  }
  if (put.length === 0 && old.size === 0) return undefined;
  return { put, gone: [...old.keys()] };
}

/** What changed from `before` to `after`; applied to `before` it gives `after`. `seq` is the number of the new state. */
export function deltaBetween(before: Snapshot, after: Snapshot, seq: number): Delta {
  const changes: ChangeSet = {};
  for (const list of LISTS) {
    const change = changesOf(list, before[list] as never, after[list] as never);
    if (change !== undefined) changes[list] = change;
  }
  const delta: Delta = { schema: DELTA_SCHEMA, seq, takenAt: after.takenAt, changes };
  if (!sameJson(before.node, after.node)) delta.node = after.node;
  if (!sameJson(before.oomKills, after.oomKills)) delta.oomKills = after.oomKills ?? [];
  if (before.deep !== after.deep) delta.deep = after.deep ?? false;
  return delta;
}

function applyList<L extends ListName>(list: L, before: Listed[L], change: NonNullable<ChangeSet[L]>): Listed[L] {
  const idOf = itemId[list] as (item: Item<L>) => string;
  const order = itemOrder[list] as (a: Item<L>, b: Item<L>) => number;
  const put = new Map<string, Item<L>>();
  for (const item of change.put as Item<L>[]) put.set(idOf(item), item);
  const gone = new Set(change.gone);
  const after: Item<L>[] = [];
  for (const item of before as Item<L>[]) {
    const id = idOf(item);
    if (gone.has(id)) continue;
    const now = put.get(id);
    after.push(now ?? item);
    put.delete(id);
  }
  if (put.size > 0) {
    after.push(...put.values());
    after.sort(order);
  }
  return after as Listed[L];
}

/** The next snapshot. Items that did not change stay the same objects, so a view can tell by identity. */
export function applyDelta(before: Snapshot, delta: Delta): Snapshot {
  const after: Snapshot = { ...before, takenAt: delta.takenAt };
  for (const list of LISTS) {
    const change = delta.changes[list];
    if (change !== undefined)
      (after as unknown as Record<ListName, unknown>)[list] = applyList(list, before[list] as never, change);
  }
  if (delta.node !== undefined) after.node = delta.node;
  if (delta.oomKills !== undefined) after.oomKills = delta.oomKills;
  if (delta.deep !== undefined) after.deep = delta.deep;
  return after;
}
