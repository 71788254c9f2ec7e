/**
 * Paints the whole node on a canvas: only what is seen, and only as much of it as can be read at this zoom.
 * From far away a tile is a speck; nearer it is the rail diagram in small; then it has a name, letters, processes.
 */
import { type Camera, type Size, seen } from "../camera.ts";
import type { Theme } from "../theme.ts";
import { type Block, HEADING, type NodeLayout, PITCH_X, PITCH_Y, placeX, placeY } from "./layout.ts";
import { type Measure, readMeasure } from "./measure.ts";
import { paintFigure } from "./paint-figure.ts";
import { paintSpecks } from "./paint-specks.ts";
import { paintBar, paintShape, TILE } from "./paint-tile.ts";
import { visiblePlaces } from "./pick.ts";
import type { Sprites } from "./sprites.ts";
import { cut } from "./text.ts";
import type { Tile } from "./tiles.ts";

export type Detail = "speck" | "tile" | "name" | "figure";

/** Thresholds where the next thing becomes readable: 3 px beads, 10 px names, 9 px letters with process names. */
export const detailAt = (k: number): Detail => (k < 0.42 ? "speck" : k < 1.55 ? "tile" : k < 4.2 ? "name" : "figure");

export interface Scene {
  layout: NodeLayout;
  tiles: ReadonlyMap<string, Tile>;
  measure: Measure;
  nodeBytes: number;
  /** Keys of tiles with a finding that must be seen: they have names at every zoom. */
  ofMatter: ReadonlySet<string>;
}

export const tilesOfMatter = (tiles: Iterable<Tile>): Set<string> => {
  const found = new Set<string>();
  for (const { key, severity } of tiles) if (severity === "critical" || severity === "warning") found.add(key);
  return found;
};

export interface Emphasis {
  selected: string | null;
  /** Under the pointer, with all that touches it; null: nothing is dimmed. */
  lit: ReadonlySet<string> | null;
  /** Search hits have names at every zoom. */
  found: ReadonlySet<string>;
  /** Keyboard focus is in the picture: the selected tile gets the focus ring. */
  focused: boolean;
  /** What comes or has just gone, with its opacity. */
  faded: ReadonlyMap<string, number>;
  /** The zoom is changing. */
  moving: boolean;
}

export const opacity = (key: string, theme: Theme, { lit, faded }: Emphasis): number =>
  (lit && !lit.has(key) ? theme.dim : 1) * (faded.get(key) ?? 1);

export interface Canvas {
  ctx: CanvasRenderingContext2D;
  size: Size;
  dpr: number;
}

export function paintNode(
  { ctx, size, dpr }: Canvas,
  scene: Scene,
  camera: Camera,
  theme: Theme,
  emphasis: Emphasis,
  sprites: Sprites,
): void {
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.fillStyle = theme.panel;
  ctx.fillRect(0, 0, size.width, size.height);
  const view = seen(camera, size);
  const detail = detailAt(camera.k);
  sprites.begin(theme, dpr, emphasis.moving);
  for (const block of scene.layout.blocks) {
    if (block.x > view.x1 || block.y > view.y1) continue;
    const range = visiblePlaces(block, view);
    if (range && detail === "speck") paintSpecks(ctx, { scene, block, camera, theme, emphasis, sprites }, range, dpr);
    else if (range)
      for (let row = range.r0; row <= range.r1; row += 1)
        for (let column = range.c0; column <= range.c1; column += 1) {
          const key = block.places[row * block.columns + column];
          const tile = key ? scene.tiles.get(key) : undefined;
          if (tile)
            paintOne(ctx, scene, tile, block, row * block.columns + column, camera, theme, emphasis, sprites, dpr);
        }
    paintHeading(ctx, block, camera, theme);
  }
  if (detail === "speck" || detail === "tile") paintNamesOfMatter(ctx, scene, camera, size, theme, emphasis);
}

function paintOne(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  tile: Tile,
  block: Block,
  place: number,
  camera: Camera,
  theme: Theme,
  emphasis: Emphasis,
  sprites: Sprites,
  dpr: number,
): void {
  const { k } = camera;
  // Whole device pixels: a sprite drawn between pixels is blurred.
  const x = Math.round((camera.x + placeX(block, place) * k) * dpr) / dpr;
  const y = Math.round((camera.y + placeY(block, place) * k) * dpr) / dpr;
  const detail = detailAt(k);
  ctx.globalAlpha = opacity(tile.key, theme, emphasis);
  if (emphasis.selected === tile.key) paintSelection(ctx, x, y, k, theme, emphasis.focused);
  const reading = readMeasure(tile, scene.measure, scene.nodeBytes);
  if (detail === "figure") {
    paintFigure(ctx, tile, x, y, k, theme, reading);
  } else {
    sprites.stamp(ctx, tile.shape, x, y, k, TILE, (into, scale) => paintShape(into, tile, theme, scale));
    if (reading) paintBar(ctx, reading, x, y, k, theme);
  }
  if (tile.severity && tile.severity !== "info") paintSign(ctx, tile.severity, x + 34.6 * k, y + 2 * k, k, theme);
  if (detail === "name") paintName(ctx, tile.name, x, y, k, theme, emphasis.selected === tile.key);
  ctx.globalAlpha = 1;
}

function paintHeading(ctx: CanvasRenderingContext2D, block: Block, camera: Camera, theme: Theme): void {
  const room = block.columns * PITCH_X * camera.k;
  const size = Math.max(9, Math.min(15, 12 * Math.sqrt(camera.k)));
  if (room < 24 || HEADING * camera.k < 3) return;
  const x = camera.x + (block.x + 1) * camera.k;
  const y = camera.y + (block.y + HEADING - 7) * camera.k;
  const count = block.places.reduce((sum, key) => sum + (key === null ? 0 : 1), 0);
  ctx.font = `600 ${size}px ${theme.font}`;
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = theme.ink;
  const name = cut(ctx, block.more ? `${block.group}, more` : block.group, room - 26);
  ctx.fillText(name, x, y);
  const after = x + ctx.measureText(name).width + 6;
  ctx.font = `400 ${size - 1}px ${theme.font}`;
  ctx.fillStyle = theme.ink3;
  ctx.fillText(String(count), after, y);
}

function paintSelection(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  k: number,
  theme: Theme,
  focused: boolean,
) {
  const inset = 3 * Math.min(1, k);
  ctx.fillStyle = theme.accentTint;
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = focused ? 2 : 1.25;
  ctx.beginPath();
  ctx.roundRect(x - inset, y - inset + k, PITCH_X * k - inset, PITCH_Y * k - k, Math.min(6, 4 * k));
  ctx.fill();
  ctx.stroke();
}

/** Octagon for critical, triangle for warning: shape before colour. */
export function paintSign(
  ctx: CanvasRenderingContext2D,
  severity: "critical" | "warning",
  x: number,
  y: number,
  k: number,
  theme: Theme,
): void {
  const r = Math.max(2.2, Math.min(7, 2.4 * k));
  ctx.fillStyle = severity === "critical" ? theme.bad : theme.warnMark;
  ctx.beginPath();
  if (severity === "warning") {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y + r * 0.8);
    ctx.lineTo(x - r, y + r * 0.8);
  } else {
    for (let i = 0; i < 8; i += 1) {
      const turn = Math.PI / 8 + (i * Math.PI) / 4;
      ctx.lineTo(x + r * Math.cos(turn), y + r * Math.sin(turn));
    }
  }
  ctx.closePath();
  ctx.fill();
}

function paintName(
  ctx: CanvasRenderingContext2D,
  name: string,
  x: number,
  y: number,
  k: number,
  theme: Theme,
  strong: boolean,
): void {
  ctx.font = `${strong ? 600 : 500} ${Math.min(13, Math.max(10, 6.2 * k))}px ${theme.font}`;
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = theme.ink2;
  ctx.fillText(cut(ctx, name, (PITCH_X - 4) * k), x, y + 39.6 * k);
}

/** Selected, found and troubled pods have their names at every zoom, over the picture, on a ground of their own. */
function paintNamesOfMatter(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  camera: Camera,
  size: Size,
  theme: Theme,
  emphasis: Emphasis,
): void {
  const taken: { x0: number; x1: number; y: number }[] = [];
  const wanted: string[] = [];
  for (const key of scene.ofMatter) if (scene.layout.at.has(key)) wanted.push(key);
  for (const key of [emphasis.selected, ...emphasis.found])
    if (key !== null && !scene.ofMatter.has(key) && scene.layout.at.has(key)) wanted.push(key);
  wanted.sort((a, b) => matter(b, scene, emphasis) - matter(a, scene, emphasis));
  ctx.font = `500 10.5px ${theme.font}`;
  ctx.textBaseline = "alphabetic";
  ctx.lineJoin = "round";
  for (const key of wanted.slice(0, 400)) {
    const { block, place } = scene.layout.at.get(key)!;
    const x = camera.x + (placeX(block, place) + 1) * camera.k;
    const y = camera.y + (placeY(block, place) + 31.4) * camera.k + 8;
    if (x < -80 || y < 0 || x > size.width || y > size.height + 10) continue;
    const name = cut(ctx, scene.tiles.get(key)!.name, Math.max(70, PITCH_X * camera.k));
    const end = x + ctx.measureText(name).width;
    if (taken.some((other) => Math.abs(other.y - y) < 11 && other.x0 < end + 4 && x < other.x1 + 4)) continue;
    taken.push({ x0: x, x1: end, y });
    ctx.globalAlpha = opacity(key, theme, emphasis);
    ctx.strokeStyle = emphasis.selected === key ? theme.accentTint : theme.panel;
    ctx.lineWidth = 3;
    ctx.strokeText(name, x, y);
    ctx.fillStyle = theme.ink2;
    ctx.fillText(name, x, y);
  }
  ctx.globalAlpha = 1;
}

const matter = (key: string, scene: Scene, emphasis: Emphasis): number => {
  if (emphasis.selected === key) return 4;
  if (emphasis.found.has(key)) return 3;
  return scene.tiles.get(key)?.severity === "critical" ? 2 : 1;
};
