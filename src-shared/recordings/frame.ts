/** One step of a recording: a snapshot told by what changed since the one before. Items are named by their place. */
import { itemId, itemOrder, LISTS } from "../diff/delta.ts";
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
    // Ids are unique on a healthy node; where they are not, each is still told apart by its turn.
    const places = new Map<string, number[]>();
    for (const [at, item] of lists(before)[list].entries()) {
      const id = idOf(list)(item);
      const known = places.get(id);
      if (known) known.push(at);
      else places.set(id, [at]);
    }
    const put: unknown[] = [];
    const changed: [number, Patch][] = [];
    for (const item of lists(after)[list]) {
      const at = places.get(idOf(list)(item))?.shift();
      if (at === undefined) {
        put.push(item);
        continue;
      }
      const old = lists(before)[list][at];
      const patch = old && patchBetween(old, item);
      if (patch) changed.push([at, patch]);
    }
    const gone = [...places.values()].flat().sort((a, b) => a - b);
    const changes: ListStep = {
      ...(gone.length > 0 ? { gone } : {}),
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
