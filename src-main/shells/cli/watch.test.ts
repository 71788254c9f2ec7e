import { describe, expect, it } from "vitest";
import { applyDelta, deltaBetween, itemId, LISTS } from "../../../src-shared/diff/delta.ts";
import { type ItemPatch, type PatchedDelta, patched } from "../../../src-shared/diff/patched.ts";
import type { Delta, Snapshot } from "../../../src-shared/model.ts";
import { recordedPath, recordedScenes } from "../../demo/recorded.ts";
import { openRecording } from "../../recordings/reader.ts";

function apply(before: object, { s = {}, d = [], o = {}, l = {}, n = {} }: ItemPatch): object {
  const after = new Map<string, unknown>(Object.entries({ ...before, ...s }));
  for (const field of d) after.delete(field);
  for (const [field, inside] of Object.entries(o)) after.set(field, apply(after.get(field) as object, inside));
  for (const [field, changed] of Object.entries(l)) {
    const lines = (after.get(field) as string).split("\n");
    for (const [at, [stays, then]] of Object.entries(changed)) lines[+at] = lines[+at]!.slice(0, stays) + then;
    after.set(field, lines.join("\n"));
  }
  for (const [field, { put, gone }] of Object.entries(n)) {
    const kept = (after.get(field) as number[]).filter((number) => !gone.includes(number));
    after.set(
      field,
      [...kept, ...put].sort((x, y) => x - y),
    );
  }
  return Object.fromEntries(after);
}

/** As who reads the lines does it: back to a Delta, by what is kept of the item before. */
function whole(before: Snapshot, { changes, node, oomKills, deep, ...head }: PatchedDelta): Delta {
  const delta: Delta = { ...head, schema: "podglass.delta/1", changes: {} };
  for (const list of LISTS) {
    const change = changes[list];
    if (change === undefined) continue;
    const idOf = itemId[list] as (item: unknown) => string;
    const old = new Map<string, object>(before[list].map((item) => [idOf(item), item]));
    const changed = Object.entries(change.changed ?? {}).map(([id, patch]) => apply(old.get(id)!, patch));
    delta.changes[list] = { put: [...(change.put ?? []), ...changed], gone: change.gone ?? [] };
  }
  if (node !== undefined) delta.node = apply(before.node, node) as Snapshot["node"];
  if (oomKills !== undefined) delta.oomKills = oomKills;
  if (deep !== undefined) delta.deep = deep;
  return delta;
}

describe("lines of watch --json --patch", () => {
  it.each(recordedScenes)("give each second of the recording $id, in a quarter of the bytes", async ({ id }) => {
    const recording = await openRecording(recordedPath(id)!);
    let before: Snapshot | undefined;
    let built: Snapshot | undefined;
    let [many, few, seconds] = [0, 0, 0];
    for await (const { snapshot } of recording.frames()) {
      if (before !== undefined && built !== undefined) {
        const delta = deltaBetween(before, snapshot, 2);
        const slim = JSON.stringify(patched(before, delta));
        built = applyDelta(built, whole(built, JSON.parse(slim)));
        expect(built).toEqual(snapshot);
        many += JSON.stringify(delta).length;
        few += slim.length;
      }
      before = snapshot;
      built ??= snapshot;
      if (++seconds > 20) break;
    }
    await recording.close();
    expect(few * 4).toBeLessThan(many);
  });
});
