/** One step of a recording: a snapshot told by what changed since the one before. Items are named by their place. */
import { itemId, itemOrder, LISTS } from "../delta.ts";
import type { Snapshot } from "../model.ts";
import { applyPatch, type Patch, PatchError, patchBetween } from "./patch.ts";

type ListName = (typeof LISTS)[number];

interface ListStep {
  /** Places in the list before, ascending. */
  gone?: number[];
  changed?: [number, Patch][];
  put?: unknown[];
}

export interface Step {
  lists: Partial<Record<ListName, ListStep>>;
  /** Everything that is not a list: takenAt always, node and the others where they changed. */
  rest: Patch;
}

type Item = object;
const lists = (snapshot: Snapshot): Record<ListName, Item[]> => snapshot as unknown as Record<ListName, Item[]>;
const idOf = (list: ListName) => itemId[list] as (item: unknown) => string;

const restOf = (snapshot: Snapshot): object => {
  const rest: Record<string, unknown> = { ...snapshot };
  for (const list of LISTS) delete rest[list];
  return rest;
};

export function stepBetween(before: Snapshot, after: Snapshot): Step {
  const step: Step = { lists: {}, rest: patchBetween(restOf(before), restOf(after)) ?? {} };
  for (const list of LISTS) {
    const places = new Map(lists(before)[list].map((item, at) => [idOf(list)(item), at]));
    const put: unknown[] = [];
    const changed: [number, Patch][] = [];
    for (const item of lists(after)[list]) {
      const id = idOf(list)(item);
      const at = places.get(id);
      if (at === undefined) {
        put.push(item);
        continue;
      }
      places.delete(id);
      const old = lists(before)[list][at];
      const patch = old && patchBetween(old, item);
      if (patch) changed.push([at, patch]);
    }
    const changes: ListStep = {
      ...(places.size > 0 ? { gone: [...places.values()].sort((a, b) => a - b) } : {}),
      ...(changed.length > 0 ? { changed } : {}),
      ...(put.length > 0 ? { put } : {}),
    };
    if (Object.keys(changes).length > 0) step.lists[list] = changes;
  }
  return step;
}

/** The next snapshot; items that did not change stay the same objects. Throws PatchError where the step does not fit. */
export function applyStep(before: Snapshot, step: Step): Snapshot {
  if (typeof step !== "object" || step === null || typeof step.lists !== "object" || step.lists === null)
    throw new PatchError("a frame has no lists");
  const after = { ...before, ...(applyPatch(restOf(before), step.rest ?? {}) as Partial<Snapshot>) };
  for (const list of LISTS) {
    const changes = step.lists[list];
    if (!changes) continue;
    const items: (Item | undefined)[] = [...lists(before)[list]];
    for (const [at, patch] of changes.changed ?? []) {
      const old = items[at];
      if (!old) throw new PatchError(`${list} has no item ${at}`);
      items[at] = applyPatch(old, patch);
    }
    for (const at of changes.gone ?? []) {
      if (!items[at]) throw new PatchError(`${list} has no item ${at}`);
      items[at] = undefined;
    }
    const kept = items.filter((item) => item !== undefined);
    if (changes.put && changes.put.length > 0) {
      kept.push(...(changes.put as Item[]));
      kept.sort(itemOrder[list] as (a: Item, b: Item) => number);
    }
    (after as unknown as Record<ListName, Item[]>)[list] = kept;
  }
  return after;
}
