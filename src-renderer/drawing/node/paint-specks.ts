/** The node from far away: a pod is a few pixels, stamped whole; farther still it is a block of one colour. */
import type { Camera } from "../camera.ts";
import type { Theme } from "../theme.ts";
import { type Block, HEADING, PITCH_X, PITCH_Y } from "./layout.ts";
import { type Emphasis, opacity, type Scene } from "./look.ts";
import { type Reading, readMeasure } from "./measure.ts";
import { runs, TILE } from "./paint-tile.ts";
import type { Sprites } from "./sprites.ts";
import { TILE_TYPES, type Tile } from "./tile.ts";

/** Below this a rail would be thinner than a pixel. */
const RAILS = 0.16;
/** Steps of the bar: few enough that pods share their stamps, more than the eye tells apart at this size. */
const STEPS = 12;

/** A group as it is seen. */
export interface Part {
  scene: Scene;
  block: Block;
  camera: Camera;
  theme: Theme;
  emphasis: Emphasis;
  sprites: Sprites;
}

export interface Range {
  c0: number;
  c1: number;
  r0: number;
  r1: number;
}

export type Ctx = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A group from far away; `plain`: blocks of colour alone, which need no time. */
export function paintSpecks(
  ctx: Ctx,
  { scene, block, camera, theme, emphasis, sprites }: Part,
  range: Range,
  dpr: number,
  plain = false,
): void {
  const { k } = camera;
  const rails = k >= RAILS && !plain;
  const blocks = new Map<string, number[]>();
  for (let row = range.r0; row <= range.r1; row += 1) {
    for (let column = range.c0; column <= range.c1; column += 1) {
      const key = block.places[row * block.columns + column];
      const tile = key ? scene.tiles.get(key) : undefined;
      if (!tile) continue;
      const x = Math.round((camera.x + (block.x + column * PITCH_X) * k) * dpr) / dpr;
      const y = Math.round((camera.y + (block.y + HEADING + row * PITCH_Y) * k) * dpr) / dpr;
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
        if (sprites.stamp(ctx, name, x, y, k, TILE, (into) => speck(into, tile, reading, step / STEPS, theme)))
          continue;
      }
      const look = `${alpha} ${solid(tile, reading, theme)}`;
      const list = blocks.get(look);
      if (list) list.push(x, y);
      else blocks.set(look, [x, y]);
    }
  }
  const [width, height] = plainSize(k);
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

const plainSize = (k: number): [number, number] => [
  Math.max(1, PITCH_X * k - Math.max(1, 6 * k)),
  Math.max(1, PITCH_Y * k - Math.max(1, 6 * k)),
];

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
