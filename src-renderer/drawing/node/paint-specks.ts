/** The node from far away: a pod is a few pixels, stamped whole; farther still it is a block of one colour. */
import type { Camera } from "../camera.ts";
import type { Theme } from "../theme.ts";
import { type Block, HEADING, PITCH_X, PITCH_Y } from "./layout.ts";
import { type Reading, readMeasure } from "./measure.ts";
import { type Emphasis, opacity, type Scene } from "./paint.ts";
import { runs, TILE } from "./paint-tile.ts";
import type { Sprites } from "./sprites.ts";
import { TILE_TYPES, type Tile } from "./tiles.ts";

/** Below this a rail would be thinner than a pixel. */
const RAILS = 0.16;
/** Steps of the bar: few enough that pods share their stamps, more than the eye tells apart at this size. */
const STEPS = 12;

/** Larger ones are painted tile by tile: a bitmap of that size would cost more memory than it saves time. */
const MOST_PIXELS = 6_000_000;

interface Specks {
  scene: Scene;
  block: Block;
  camera: Camera;
  theme: Theme;
  emphasis: Emphasis;
  sprites: Sprites;
}

/** A group from far away: one bitmap, painted afresh only when it changed, so that panning over thousands is one stamp. */
export function paintSpecks(ctx: CanvasRenderingContext2D, specks: Specks, range: Range, dpr: number): void {
  const { scene, block, camera, theme, emphasis, sprites } = specks;
  const scale = sprites.scaleFor(camera.k);
  const width = Math.ceil(block.columns * PITCH_X * scale) + 2;
  const height = Math.ceil(block.rows * PITCH_Y * scale) + 2;
  if (width * height > MOST_PIXELS) {
    paintTiles(ctx, specks, range);
    return;
  }
  const from = [scene, theme, emphasis.lit, emphasis.faded, emphasis.selected];
  const whole = sprites.whole(block, scale, from, () => {
    const canvas = new OffscreenCanvas(width, height);
    const into = canvas.getContext("2d")!;
    const at = { k: scale, x: 1 - block.x * scale, y: 1 - (block.y + HEADING) * scale };
    sprites.begin(theme, 1, false);
    paintTiles(into, { ...specks, camera: at }, { c0: 0, r0: 0, c1: block.columns - 1, r1: block.rows - 1 });
    sprites.begin(theme, dpr, emphasis.moving);
    return canvas.transferToImageBitmap();
  });
  const ratio = camera.k / whole.scale;
  const x = camera.x + block.x * camera.k - ratio;
  const y = camera.y + (block.y + HEADING) * camera.k - ratio;
  const { bitmap } = whole;
  const [left, top] = [Math.round(x * dpr) / dpr, Math.round(y * dpr) / dpr];
  ctx.drawImage(bitmap, left, top, bitmap.width * ratio, bitmap.height * ratio);
}

interface Range {
  c0: number;
  c1: number;
  r0: number;
  r1: number;
}

type Ctx = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

function paintTiles(ctx: Ctx, { scene, block, camera, theme, emphasis, sprites }: Specks, range: Range): void {
  const { k } = camera;
  const rails = k >= RAILS;
  const blocks = new Map<string, number[]>();
  for (let row = range.r0; row <= range.r1; row += 1) {
    for (let column = range.c0; column <= range.c1; column += 1) {
      const key = block.places[row * block.columns + column];
      const tile = key ? scene.tiles.get(key) : undefined;
      if (!tile) continue;
      const x = Math.round(camera.x + (block.x + column * PITCH_X) * k);
      const y = Math.round(camera.y + (block.y + HEADING + row * PITCH_Y) * k);
      if (emphasis.selected === tile.key) {
        ctx.fillStyle = theme.accent;
        ctx.fillRect(x - 1, y - 1, PITCH_X * k, PITCH_Y * k);
      }
      const reading = readMeasure(tile, scene.measure, scene.nodeBytes);
      const alpha = opacity(tile.key, theme, emphasis);
      if (rails) {
        ctx.globalAlpha = alpha;
        const step = reading ? Math.ceil(reading.fill * STEPS) : 0;
        const name = `${tile.held}.${tile.pinned}.${tile.sandbox[1]}.${tile.severity ?? ""}.${reading?.level}.${step}`;
        sprites.stamp(ctx, name, x, y, k, TILE, (into) => speck(into, tile, reading, step / STEPS, theme));
        continue;
      }
      const look = `${alpha} ${solid(tile, reading, theme)}`;
      const list = blocks.get(look);
      if (list) list.push(x, y);
      else blocks.set(look, [x, y]);
    }
  }
  const [width, height] = [Math.max(1, PITCH_X * k - 1), Math.max(1, PITCH_Y * k - 1)];
  for (const [look, places] of blocks) {
    const gap = look.indexOf(" ");
    ctx.globalAlpha = Number(look.slice(0, gap));
    ctx.fillStyle = look.slice(gap + 1);
    for (let i = 0; i < places.length; i += 2) ctx.fillRect(places[i]!, places[i + 1]!, width, height);
  }
  ctx.globalAlpha = 1;
}

const trouble = (tile: Tile, reading: Reading | null): "hot" | "warm" | null => {
  if (tile.severity === "critical" || tile.sandbox === "dead" || reading?.level === "hot") return "hot";
  return tile.severity === "warning" || reading?.level === "warm" ? "warm" : null;
};

/** By trouble first, else by how the sandbox is held. */
function solid(tile: Tile, reading: Reading | null, theme: Theme): string {
  const level = trouble(tile, reading);
  if (level !== null) return level === "hot" ? theme.barHot : theme.barWarm;
  return tile.sandbox === "process" ? theme.beam : theme.bar;
}

function speck(
  ctx: OffscreenCanvasRenderingContext2D,
  tile: Tile,
  reading: Reading | null,
  fill: number,
  theme: Theme,
): void {
  TILE_TYPES.forEach((type, column) => {
    if (!((tile.held | tile.pinned) & (1 << column))) return;
    ctx.fillStyle = theme.hues[type].mark;
    ctx.fillRect(2 + column * 5.2, 6, 3.6, 24);
  });
  for (const [first, last] of runs(tile.held, TILE_TYPES.length)) {
    if (tile.sandbox === "dropped" || tile.sandbox === "none") break;
    ctx.fillStyle = tile.sandbox === "dead" ? theme.bad : theme.beam;
    ctx.fillRect(first * 5.2, 4, (last - first) * 5.2 + 7.6, 6);
  }
  if (tile.sandbox === "dropped") {
    ctx.fillStyle = theme.ink;
    for (const [first, last] of runs(tile.pinned, TILE_TYPES.length))
      ctx.fillRect(first * 5.2 + 1, 3, (last - first) * 5.2 + 5.6, 3);
  }
  if (!tile.held && !tile.pinned) {
    ctx.fillStyle = theme.line3;
    ctx.fillRect(2, 14, 24, 3);
  }
  if (!reading) return;
  ctx.fillStyle = theme.barTrack;
  ctx.fillRect(34, 5, 4, 26);
  const level = trouble(tile, reading);
  ctx.fillStyle = level === "hot" ? theme.barHot : level === "warm" ? theme.barWarm : theme.bar;
  ctx.fillRect(34, 31 - 26 * fill, 4, 26 * fill);
}
