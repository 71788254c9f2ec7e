/** The node from far away: a pod is a few pixels. Rectangles of one colour are drawn together. */
import type { Camera } from "../camera.ts";
import type { Theme } from "../theme.ts";
import { type Block, HEADING, PITCH_X, PITCH_Y } from "./layout.ts";
import { readMeasure } from "./measure.ts";
import type { Emphasis, Scene } from "./paint.ts";
import { TILE_TYPES, type Tile } from "./tiles.ts";

type Rect = [x: number, y: number, w: number, h: number];

/** Colour to rectangles; "!" before a colour marks those that are dimmed. */
type Batches = Map<string, Rect[]>;

export function paintSpecks(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  block: Block,
  range: { c0: number; c1: number; r0: number; r1: number },
  camera: Camera,
  theme: Theme,
  emphasis: Emphasis,
): void {
  const { k } = camera;
  const batches: Batches = new Map();
  for (let row = range.r0; row <= range.r1; row += 1) {
    for (let column = range.c0; column <= range.c1; column += 1) {
      const key = block.places[row * block.columns + column];
      const tile = key ? scene.tiles.get(key) : undefined;
      if (!tile) continue;
      const x = camera.x + (block.x + column * PITCH_X) * k;
      const y = camera.y + (block.y + HEADING + row * PITCH_Y) * k;
      const dimmed = (emphasis.lit !== null && !emphasis.lit.has(tile.key)) || emphasis.faded.has(tile.key);
      speck(batches, scene, tile, x, y, k, theme, dimmed ? "!" : "");
      if (emphasis.selected === tile.key) {
        ctx.fillStyle = theme.accent;
        ctx.fillRect(x - 1.5, y - 1.5, PITCH_X * k, PITCH_Y * k);
      }
    }
  }
  for (const [colour, rects] of batches) {
    ctx.globalAlpha = colour.startsWith("!") ? theme.dim : 1;
    ctx.fillStyle = colour.startsWith("!") ? colour.slice(1) : colour;
    for (const [x, y, w, h] of rects) ctx.fillRect(x, y, w, h);
  }
  ctx.globalAlpha = 1;
}

function put(batches: Batches, colour: string, rect: Rect): void {
  const list = batches.get(colour);
  if (list) list.push(rect);
  else batches.set(colour, [rect]);
}

function speck(
  batches: Batches,
  scene: Scene,
  tile: Tile,
  x: number,
  y: number,
  k: number,
  theme: Theme,
  dim: string,
): void {
  const reading = readMeasure(tile, scene.measure, scene.nodeBytes);
  const trouble = tile.severity === "critical" || tile.sandbox === "dead" || reading?.level === "hot";
  const warm = tile.severity === "warning" || reading?.level === "warm";
  if (k < 0.16) {
    // Too small for rails: a solid block, by trouble first, else by how the sandbox is held.
    const colour = trouble ? theme.barHot : warm ? theme.barWarm : tile.sandbox === "process" ? theme.beam : theme.bar;
    put(batches, dim + colour, [x, y, PITCH_X * k - 1, PITCH_Y * k - 1]);
    return;
  }
  const pitch = 5.2 * k;
  const width = Math.max(1, 2 * k);
  TILE_TYPES.forEach((type, column) => {
    const bits = 1 << column;
    if ((tile.held | tile.pinned) & bits)
      put(batches, dim + theme.hues[type].mark, [x + (2 * k + column * pitch), y + 6 * k, width, 24 * k]);
  });
  if (tile.held && tile.sandbox === "process") {
    const last = 31 - Math.clz32(tile.held & 0x3f);
    put(batches, dim + theme.beam, [x, y + 5 * k, Math.max(2, (last + 1) * pitch), Math.max(1.5, 5 * k)]);
  }
  if (tile.sandbox === "dead") put(batches, dim + theme.bad, [x, y + 5 * k, 16 * k, Math.max(1.5, 3 * k)]);
  if (!tile.held && !tile.pinned) put(batches, dim + theme.line3, [x + 2 * k, y + 14 * k, 24 * k, Math.max(1, 2 * k)]);
  if (reading) {
    const colour = trouble ? theme.barHot : warm ? theme.barWarm : theme.bar;
    const bar = Math.max(1, 3 * k);
    put(batches, dim + theme.barTrack, [x + 35 * k, y + 5 * k, bar, 26 * k]);
    put(batches, dim + colour, [x + 35 * k, y + (31 - 26 * reading.fill) * k, bar, 26 * k * reading.fill]);
  }
}
