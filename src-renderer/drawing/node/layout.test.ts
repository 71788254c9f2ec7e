import { describe, expect, it } from "vitest";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { HEADING, layoutNode, type NodeLayout, PITCH_X, PITCH_Y, placeX, placeY } from "./layout.ts";
import { neighbour, tileAt, visiblePlaces } from "./pick.ts";
import { nodeTiles, podTiles } from "./tiles.ts";

const tilesOf = (pods: number, grouping: "namespace" | "runtime" = "namespace") =>
  nodeTiles({ snapshot: syntheticSnapshot({ pods }), reports: new Map(), findings: [], grouping });

const positions = (layout: NodeLayout) =>
  new Map([...layout.at].map(([key, { block, place }]) => [key, `${placeX(block, place)},${placeY(block, place)}`]));

describe("layoutNode", () => {
  it("gives the same picture for the same input, whatever its order", () => {
    const tiles = tilesOf(120);
    expect(positions(layoutNode([...tiles].reverse()))).toEqual(positions(layoutNode(tiles)));
  });

  it("gives every tile a place of its own", () => {
    for (const count of [1, 7, 120, 1000]) {
      const layout = layoutNode(tilesOf(count));
      const all = positions(layout);
      expect(all.size).toBe(tilesOf(count).length);
      expect(new Set(all.values()).size).toBe(all.size);
    }
  });

  it("moves no other pod when pods come and go, and blocks never overlap", () => {
    let tiles = tilesOf(60);
    let layout = layoutNode(tiles);
    for (let count = 61; count < 160; count += 7) {
      const before = positions(layout);
      tiles = tilesOf(count).filter((tile) => !tile.name.endsWith(String(count % 10)) || tile.name.endsWith("5"));
      layout = layoutNode(tiles, layout);
      const after = positions(layout);
      for (const tile of tiles) if (before.has(tile.key)) expect(after.get(tile.key)).toBe(before.get(tile.key));
      expect(after.size).toBe(tiles.length);
      expect(new Set(after.values()).size).toBe(after.size);
    }
  });

  it("keeps one fresh pod from moving others even in a new group", () => {
    const tiles = tilesOf(40);
    const layout = layoutNode(tiles);
    const before = positions(layout);
    const after = positions(
      layoutNode([...tiles, { ...tiles[0]!, key: "new", group: "never seen", name: "a" }], layout),
    );
    for (const [key, at] of before) expect(after.get(key)).toBe(at);
    expect(after.has("new")).toBe(true);
  });

  it("keeps what belongs to no pod below the pods, and blocks apart", () => {
    const loose = Array.from({ length: 90 }, (_, i) => ({
      key: `process:${i}`,
      group: "alone",
      name: `p${i}`,
      loose: true,
    }));
    let layout = layoutNode([...tilesOf(50), ...loose]);
    const more = loose.map((tile) => ({ ...tile, key: `${tile.key}b` }));
    layout = layoutNode([...tilesOf(120), ...loose, ...more], layout);
    for (const a of layout.blocks)
      for (const b of layout.blocks) {
        if (a === b) continue;
        const across = a.x < b.x + b.columns * PITCH_X && b.x < a.x + a.columns * PITCH_X;
        const down = a.y < b.y + HEADING + b.rows * PITCH_Y && b.y < a.y + HEADING + a.rows * PITCH_Y;
        expect(across && down).toBe(false);
      }
  });

  it("is packed for the canvas: pods fill most of it whatever its shape, and what is outside pods stands below", () => {
    for (const aspect of [0.8, 1.55, 2.4])
      for (const count of [6, 20, 57, 200]) {
        const { blocks, main, at } = layoutNode(tilesOf(count), undefined, aspect);
        const scale = Math.min(aspect / main.width, 1 / main.height);
        const ink = at.size * PITCH_X * PITCH_Y * scale * scale;
        expect(ink / aspect, `${count} pods at ${aspect}`).toBeGreaterThan(count <= 6 ? 0.3 : count <= 20 ? 0.35 : 0.5);
        for (const block of blocks)
          if (block.taken <= 24) expect(block.places.length - block.taken).toBeLessThan(block.columns);
      }
    const loose = [{ key: "process:1", group: "alone", name: "p", loose: true }];
    const layout = layoutNode([...tilesOf(20), ...loose]);
    for (const block of layout.blocks) if (block.loose) expect(block.y).toBeGreaterThanOrEqual(layout.main.height);
  });
});

describe("picking", () => {
  const layout = layoutNode(tilesOf(150));

  it("finds each tile at its own place and nothing between blocks", () => {
    for (const [key, { block, place }] of layout.at)
      expect(tileAt(layout, placeX(block, place) + 5, placeY(block, place) + 5)).toBe(key);
    expect(tileAt(layout, -10, -10)).toBeNull();
  });

  it("walks to a neighbour and back", () => {
    const { block } = [...layout.at.values()][0]!;
    const [a, b] = [block.places[0]!, block.places[1]!];
    expect(neighbour(layout, a, "right")).toBe(b);
    expect(neighbour(layout, b, "left")).toBe(a);
    expect(neighbour(layout, a, "down")).toBe(block.places[block.columns]);
  });

  it("culls to what a view touches", () => {
    const block = layout.blocks[0]!;
    const x = placeX(block, 1);
    const y = placeY(block, 1);
    expect(visiblePlaces(block, { x0: x + 1, y0: y + 1, x1: x + 2, y1: y + 2 })).toEqual({
      c0: 1,
      c1: 1,
      r0: 0,
      r1: 0,
    });
    expect(visiblePlaces(block, { x0: -500, y0: -500, x1: -400, y1: -400 })).toBeNull();
  });

  it("gives pods the same places in a first look, before the rest is made", () => {
    const snapshot = syntheticSnapshot({ pods: 300 });
    snapshot.containers.push({ ...snapshot.containers[0]!, id: "f".repeat(64), podKey: undefined, name: "alone" });
    const of = { snapshot, findings: [], grouping: "namespace" as const };
    const early = layoutNode(podTiles(of));
    const whole = layoutNode(nodeTiles({ ...of, reports: new Map() }));
    expect(whole.at.size).toBe(early.at.size + 1);
    for (const [key, { block, place }] of early.at) {
      const later = whole.at.get(key)!;
      expect([placeX(later.block, later.place), placeY(later.block, later.place)]).toEqual([
        placeX(block, place),
        placeY(block, place),
      ]);
    }
  });
});
