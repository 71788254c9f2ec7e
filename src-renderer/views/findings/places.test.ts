import { expect, it } from "vitest";
import { findings } from "../../../src-shared/findings/findings.ts";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { nodeTiles } from "../../drawing/node/tiles.ts";
import { findingId, placesOf } from "./places.ts";

it("leads each finding about a pod to a tile of the picture", () => {
  const snapshot = syntheticSnapshot({ pods: 120 });
  const all = findings(snapshot);
  const tiles = new Set(
    nodeTiles({ snapshot, reports: new Map(), findings: all, grouping: "namespace" }).map(({ key }) => key),
  );
  const ofPods = all.filter(({ at }) => at?.podKey !== undefined);
  expect(ofPods.length).toBeGreaterThan(0);
  for (const finding of ofPods) {
    const [place] = placesOf(finding, snapshot);
    expect(place?.view).toBe("picture");
    expect(tiles.has(place!.params.at!)).toBe(true);
  }
  expect(placesOf({ ...all[0]!, at: undefined }, snapshot)).toEqual([]);
  expect(findingId(all[0]!)).toContain(all[0]!.rule);
});
