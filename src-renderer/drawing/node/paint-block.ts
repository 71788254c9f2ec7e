/** A group of the whole-node picture: as one bitmap from far away, tile by tile from near. */
import type { Theme } from "../theme.ts";
import { HEADING, PITCH_X, PITCH_Y, placeX, placeY } from "./layout.ts";
import { type Canvas, detailAt, opacity } from "./look.ts";
import { readMeasure } from "./measure.ts";
import { paintFigure } from "./paint-figure.ts";
import { type Ctx, type Part, paintSpecks, type Range } from "./paint-specks.ts";
import { paintBar, paintShape, TILE } from "./paint-tile.ts";
import { cut } from "./text.ts";
import type { Tile } from "./tile.ts";

/** Larger groups are painted tile by tile, what is seen of them: a bitmap would cost more memory than it saves time. */
const MOST_PIXELS = 3_000_000;

/** Beside the room for a selection's frame around the outermost tiles. */
const RIM = 4;

/**
 * A group that is not much larger than the screen is one bitmap, painted afresh only when it changed, so that panning
 * over thousands of tiles is one stamp; of a larger one, and from near, what is seen of it is painted tile by tile.
 */
export function paintBlock({ ctx, size, dpr }: Canvas, part: Part, range: Range): void {
  const { scene, block, camera, theme, emphasis, sprites } = part;
  const detail = detailAt(camera.k);
  if (scene.plain && (detail === "speck" || detail === "tile")) {
    paintSpecks(ctx, part, range, dpr, true);
    return;
  }
  const scale = sprites.scaleFor(camera.k);
  const rim = RIM * dpr;
  const width = Math.ceil(block.columns * PITCH_X * scale + rim * 2);
  const height = Math.ceil(block.rows * PITCH_Y * scale + rim * 2);
  const most = Math.max(MOST_PIXELS, size.width * size.height * dpr * dpr);
  if (detail === "name" || detail === "figure" || width * height > most) {
    paintTiles(ctx, part, range, dpr);
    return;
  }
  const all = { c0: 0, r0: 0, c1: block.columns - 1, r1: block.rows - 1 };
  const from = [scene, theme, emphasis.lit, emphasis.faded, emphasis.selected, emphasis.focused, detail];
  const whole = sprites.whole(`${block.x} ${block.y} ${block.columns} ${block.rows}`, scale, from, () => {
    const canvas = new OffscreenCanvas(width, height);
    const into = canvas.getContext("2d")!;
    const fine = scale / camera.k;
    into.scale(fine, fine);
    const at = {
      k: camera.k,
      x: rim / fine - block.x * camera.k,
      y: rim / fine - (block.y + HEADING) * camera.k,
    };
    sprites.within(theme, fine, false);
    paintTiles(into, { ...part, camera: at }, all, fine);
    sprites.within(theme, dpr, emphasis.moving);
    return canvas.transferToImageBitmap();
  });
  if (whole === null) {
    paintSpecks(ctx, part, range, dpr, true);
    return;
  }
  const ratio = camera.k / whole.scale;
  const x = camera.x + block.x * camera.k - rim * ratio;
  const y = camera.y + (block.y + HEADING) * camera.k - rim * ratio;
  const { bitmap } = whole;
  ctx.drawImage(
    bitmap,
    Math.round(x * dpr) / dpr,
    Math.round(y * dpr) / dpr,
    bitmap.width * ratio,
    bitmap.height * ratio,
  );
}

function paintTiles(ctx: Ctx, part: Part, range: Range, dpr: number): void {
  const { scene, block } = part;
  if (detailAt(part.camera.k) === "speck") {
    paintSpecks(ctx, part, range, dpr);
    return;
  }
  for (let row = range.r0; row <= range.r1; row += 1)
    for (let column = range.c0; column <= range.c1; column += 1) {
      const place = row * block.columns + column;
      const tile = scene.tiles.get(block.places[place] ?? "");
      if (tile) paintOne(ctx, part, tile, place, dpr);
    }
}

function paintOne(ctx: Ctx, part: Part, tile: Tile, place: number, dpr: number): void {
  const { scene, block, camera, theme, emphasis, sprites } = part;
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
    const shape = tile.ready ? tile.shape : sprites.making(() => tile.shape);
    const there =
      shape !== undefined &&
      sprites.stamp(ctx, shape, x, y, k, TILE, (into, scale) => paintShape(into, tile, theme, scale));
    if (!there) paintPlain(ctx, tile, x, y, k, theme);
    if (reading) paintBar(ctx, reading, x, y, k, theme);
  }
  // Over the bar; in a figure, where the pod's name begins, at the end of its line.
  const up = detail === "figure" ? 6 + signRadius(k) : 3.2 * k;
  if (tile.severity && tile.severity !== "info") paintSign(ctx, tile.severity, x + 36.6 * k, y + up, k, theme);
  if (detail === "name") paintName(ctx, tile.name, x, y, k, theme, emphasis.selected === tile.key);
  ctx.globalAlpha = 1;
}

/** For the frames until its shape is made: the place it has. */
function paintPlain(ctx: Ctx, tile: Tile, x: number, y: number, k: number, theme: Theme): void {
  ctx.fillStyle = tile.sandbox === "process" ? theme.beam : theme.line3;
  ctx.fillRect(x + 0.8 * k, y + 4.2 * k, 16.8 * k, 4.6 * k);
}

function paintSelection(ctx: Ctx, x: number, y: number, k: number, theme: Theme, focused: boolean) {
  const inset = 3 * Math.min(1, k);
  ctx.fillStyle = theme.accentTint;
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = focused ? 2 : 1.25;
  ctx.beginPath();
  ctx.roundRect(x - inset, y - inset + k, PITCH_X * k - inset, PITCH_Y * k - k, Math.min(6, 4 * k));
  ctx.fill();
  ctx.stroke();
}

const signRadius = (k: number): number => Math.max(2.2, Math.min(7, 2 * k));

/** Octagon for critical, triangle for warning: shape before colour. */
function paintSign(ctx: Ctx, severity: "critical" | "warning", x: number, y: number, k: number, theme: Theme): void {
  const r = signRadius(k);
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

function paintName(ctx: Ctx, name: string, x: number, y: number, k: number, theme: Theme, strong: boolean): void {
  ctx.font = `${strong ? 600 : 500} ${Math.min(13, Math.max(10, 6.2 * k))}px ${theme.font}`;
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = theme.ink2;
  ctx.fillText(cut(ctx, name, (PITCH_X - 4) * k), x, y + 39.6 * k);
}
