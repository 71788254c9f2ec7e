/** What lies under a point, and who is next in a direction: both straight from the grid, without a search tree. */
import { type Block, HEADING, type NodeLayout, PITCH_X, PITCH_Y, placeX, placeY } from "./layout.ts";

/** Key of the tile at a point in world units. */
export function tileAt(layout: NodeLayout, x: number, y: number): string | null {
  for (const block of layout.blocks) {
    const column = Math.floor((x - block.x) / PITCH_X);
    const row = Math.floor((y - block.y - HEADING) / PITCH_Y);
    if (column >= 0 && column < block.columns && row >= 0 && row < block.rows)
      return block.places[row * block.columns + column] ?? null;
  }
  return null;
}

export type Direction = "left" | "right" | "up" | "down";

/** The nearest tile in a direction: straight ahead counts more than aside. */
export function neighbour(layout: NodeLayout, key: string, direction: Direction): string {
  const from = layout.at.get(key);
  if (!from) return firstTile(layout) ?? key;
  const [x, y] = [placeX(from.block, from.place), placeY(from.block, from.place)];
  let best = key;
  let least = Number.POSITIVE_INFINITY;
  for (const [other, { block, place }] of layout.at) {
    const dx = placeX(block, place) - x;
    const dy = placeY(block, place) - y;
    const [ahead, aside] =
      direction === "left" ? [-dx, dy] : direction === "right" ? [dx, dy] : direction === "up" ? [-dy, dx] : [dy, dx];
    if (ahead <= 0) continue;
    const cost = ahead + Math.abs(aside) * 3;
    if (cost < least) {
      least = cost;
      best = other;
    }
  }
  return best;
}

export function firstTile(layout: NodeLayout): string | null {
  for (const block of layout.blocks) for (const key of block.places) if (key !== null) return key;
  return null;
}

/** Rows and columns of a block that a rectangle in world units touches; null when none. */
export function visiblePlaces(
  block: Block,
  view: { x0: number; y0: number; x1: number; y1: number },
): { c0: number; c1: number; r0: number; r1: number } | null {
  const c0 = Math.max(0, Math.floor((view.x0 - block.x) / PITCH_X));
  const c1 = Math.min(block.columns - 1, Math.floor((view.x1 - block.x) / PITCH_X));
  const r0 = Math.max(0, Math.floor((view.y0 - block.y - HEADING) / PITCH_Y));
  const r1 = Math.min(block.rows - 1, Math.floor((view.y1 - block.y - HEADING) / PITCH_Y));
  return c0 > c1 || r0 > r1 ? null : { c0, c1, r0, r1 };
}
