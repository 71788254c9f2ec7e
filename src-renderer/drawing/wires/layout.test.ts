import { expect, it } from "vitest";
import type { WirePlan } from "../../../src-shared/questions/wire-plan.ts";
import { podOf } from "../../../src-shared/testing/snapshot.ts";
import { boxOf, busY, layoutWires, nextPlug, plugAt, tileBox } from "./layout.ts";

const plugs = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ key: `${name}${i} 2`, pod: podOf(`x/${name}${i}`) }));
const plan: WirePlan = {
  uplinks: [
    { key: "1 ens3", name: "ens3", says: "" },
    { key: "1 ens4", name: "ens4", says: "" },
  ],
  groups: [
    { key: "a", kind: "bridge", name: "cni0", says: "", uplink: "1 ens3", plugs: plugs("a", 23) },
    { key: "b", kind: "parent", name: "ens4", says: "", uplink: "1 ens4", plugs: plugs("b", 1) },
    { key: "c", kind: "none", name: "no wire", says: "", plugs: plugs("c", 9) },
  ],
};

it("gives every wire a place of its own, found again by the point, below the line of its row", () => {
  for (const aspect of [0.5, 1.5, 4]) {
    const layout = layoutWires(plan, aspect);
    const boxes = [...layout.at].map(([key, { place, i }]) => {
      const box = tileBox(layout, place, i);
      expect(plugAt(layout, box.x + 3, box.y + 3)).toBe(key);
      expect(boxOf(layout, key)).toEqual(box);
      expect(box.y).toBeGreaterThan(busY(place, Math.floor(i / layout.columns)));
      expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
      expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
      return box;
    });
    const apart = (a: (typeof boxes)[number], b: (typeof boxes)[number]) =>
      a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
    expect(boxes.every((a, i) => boxes.slice(i + 1).every((b) => apart(a, b)))).toBe(true);
    expect(plugAt(layout, -5, -5)).toBeNull();
  }
});

it("follows the shape of the plane, and leads each uplink's line to its last group", () => {
  const [high, wide] = [layoutWires(plan, 0.5), layoutWires(plan, 4)];
  expect(wide.columns).toBeGreaterThan(high.columns);
  for (const { trunk, end } of high.uplinks) {
    const last = high.groups.filter(({ uplink }) => uplink === trunk).at(-1)!;
    expect(end).toBe(last.y + last.height / 2);
  }
});

it("is walked whole with the arrows, and back", () => {
  const layout = layoutWires(plan, 1);
  const seen = new Set<string>();
  for (let row = nextPlug(layout, null, "down")!; ; ) {
    for (let key = row; ; ) {
      seen.add(key);
      const next = nextPlug(layout, key, "right")!;
      if (next === key) break;
      key = next;
    }
    const below = nextPlug(layout, row, "down")!;
    if (below === row) break;
    expect(nextPlug(layout, below, "up")).toBe(row);
    row = below;
  }
  expect(seen).toEqual(new Set(layout.at.keys()));
});
