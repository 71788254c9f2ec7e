/** A tile seen from near: the pod's figure, with names, letters and, when there is room, pids and processes. */
import { bytesShort, inert } from "../../../src-shared/format.ts";
import { NAMESPACE_TYPES, type NamespaceType } from "../../../src-shared/model.ts";
import { LETTERS } from "../rails-types.ts";
import type { Theme } from "../theme.ts";
import { PITCH_X, PITCH_Y } from "./layout.ts";
import type { Reading } from "./measure.ts";
import type { Ctx } from "./paint-specks.ts";
import { runs } from "./paint-tile.ts";
import { cut } from "./text.ts";
import { CELL, type Tile, type TileRow } from "./tile.ts";

interface Frame {
  /** Centre of each column and of each row, and of the band above. */
  xs: number[];
  ys: number[];
  band: number;
  ground: number;
  left: number;
  right: number;
  r: number;
}

/** Places within one tile's box, in pixels. */
function figureFrame(tile: Tile, x: number, y: number, k: number): Frame {
  const width = (PITCH_X - 5) * k;
  const height = (PITCH_Y - 3) * k;
  const names = width * 0.33;
  const pitch = (width - names) / 8;
  // Room for the name above the heads of the nails.
  const band = y + Math.max(40, height * 0.24);
  const floor = y + height - Math.max(20, height * 0.16);
  const rows = tile.rows.length;
  const step = Math.min(44, (floor - band - 6) / Math.max(1, rows + 0.2));
  const first = tile.rows[0]?.kind === "sandbox" ? band + step * 0.55 : band + step * 0.75;
  return {
    xs: NAMESPACE_TYPES.map((_, column) => x + names + pitch * (column + 0.5)),
    ys: tile.rows.map((_, row) => first + row * step),
    band,
    ground: first + (rows - 0.25) * step,
    left: x,
    right: x + width,
    r: Math.max(2, Math.min(9, pitch * 0.4, step * 0.42)),
  };
}

export function paintFigure(
  ctx: Ctx,
  tile: Tile,
  x: number,
  y: number,
  k: number,
  theme: Theme,
  reading: Reading | null,
): void {
  const frame = figureFrame(tile, x, y, k);
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = theme.ink;
  ctx.font = `600 ${Math.min(16, 9 + k)}px ${theme.font}`;
  ctx.fillText(cut(ctx, inert(tile.name, 80), frame.right - frame.left - 24), frame.left, y + 6 + Math.min(16, 9 + k));
  for (const row of frame.ys) line(ctx, frame.xs[0]! - frame.r, row, frame.right, row, theme.line, 1);
  paintBeam(ctx, tile, frame, theme);
  if (tile.sandbox === "dead" || (tile.sandbox === "dropped" && tile.held !== 0)) paintAbsent(ctx, tile, frame, theme);
  NAMESPACE_TYPES.forEach((type, column) => {
    paintColumn(ctx, tile, type, column, frame, theme);
  });
  tile.rows.forEach((row, index) => {
    paintRowName(ctx, row, index, frame, k, theme);
  });
  paintGround(ctx, tile, frame, theme);
  if (reading) paintMemory(ctx, tile, reading, frame, y + (PITCH_Y - 3) * k - 6, theme);
}

function line(ctx: Ctx, x0: number, y0: number, x1: number, y1: number, colour: string, width: number) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

function paintBeam(ctx: Ctx, tile: Tile, frame: Frame, theme: Theme): void {
  if (tile.sandbox === "none" || tile.held === 0) return;
  const y = tile.rows[0]?.kind === "sandbox" ? frame.ys[0]! : frame.band;
  for (const [first, last] of runs(tile.held)) {
    const x0 = frame.xs[first]! - frame.r * 1.5;
    const x1 = frame.xs[last]! + frame.r * 1.5;
    const h = frame.r * 3;
    ctx.beginPath();
    if (tile.sandbox === "process") {
      ctx.fillStyle = theme.beam;
      ctx.roundRect(x0, y - h / 2, x1 - x0, h, h / 2);
      ctx.fill();
    } else if (tile.sandbox === "dropped") {
      ctx.strokeStyle = theme.line3;
      ctx.lineWidth = 1.25;
      ctx.setLineDash([3, 3.5]);
      ctx.roundRect(x0, y - h / 2, x1 - x0, h, h / 2);
      ctx.stroke();
      ctx.setLineDash([]);
    } else {
      const mid = (x0 + x1) / 2;
      ctx.strokeStyle = theme.bad;
      ctx.lineWidth = 1.5;
      ctx.moveTo(mid - 4, y - h / 2);
      ctx.lineTo(x0, y - h / 2);
      ctx.lineTo(x0, y + h / 2);
      ctx.lineTo(mid - 6, y + h / 2);
      ctx.moveTo(mid + 6, y - h / 2);
      ctx.lineTo(x1, y - h / 2);
      ctx.lineTo(x1, y + h / 2);
      ctx.lineTo(mid + 4, y + h / 2);
      ctx.stroke();
    }
  }
}

/** Where pause was: the word beside its outline. */
function paintAbsent(ctx: Ctx, tile: Tile, frame: Frame, theme: Theme): void {
  const dead = tile.sandbox === "dead";
  ctx.fillStyle = dead ? theme.bad : theme.ink3;
  ctx.font = `${dead ? 600 : 400} ${Math.min(13, Math.max(8.5, frame.r * 1.5))}px ${theme.font}`;
  const room = frame.xs[0]! - frame.r * 1.8 - frame.left;
  const words = dead ? "pause, dead" : "pause, dropped";
  const short = dead ? "dead" : "dropped";
  ctx.fillText(cut(ctx, words, room) === words ? words : cut(ctx, short, room), frame.left, frame.band + 4);
}

function paintColumn(ctx: Ctx, tile: Tile, type: NamespaceType, column: number, frame: Frame, theme: Theme): void {
  const hue = theme.hues[type];
  const x = frame.xs[column]!;
  const pinned = (tile.pinned & (1 << column)) !== 0;
  const inRail = tile.rows.flatMap((row, index) => (row.cells[column] === CELL.shared ? [frame.ys[index]!] : []));
  const inHost = tile.rows.flatMap((row, index) => (row.cells[column] === CELL.host ? [frame.ys[index]!] : []));
  const top = pinned ? frame.band - frame.r * 1.6 : inRail[0];
  const bottom = inRail[inRail.length - 1];
  if (bottom !== undefined && top !== undefined && bottom > top)
    line(ctx, x, top, x, bottom, hue.mark, Math.max(2, frame.r * 0.55));
  if (inHost.length > 0) {
    ctx.setLineDash([2, 4]);
    line(ctx, x, inHost[0]!, x, frame.ground, hue.mark, Math.max(1, frame.r * 0.22));
    ctx.setLineDash([]);
  }
  if (pinned) {
    const r = frame.r * 0.8;
    ctx.fillStyle = theme.ink;
    ctx.fillRect(x - r, frame.band - frame.r * 3.2, r * 2, r * 0.5);
    ctx.fillRect(x - r * 0.6, frame.band - frame.r * 3.2, r * 1.2, r * 1.6);
    ctx.fillRect(x - r, frame.band - frame.r * 3.2 + r * 1.6, r * 2, r * 0.5);
  }
  tile.rows.forEach((row, index) => {
    const cell = row.cells[column] ?? CELL.unknown;
    if (cell !== CELL.unknown) bead(ctx, cell, LETTERS[type], x, frame.ys[index]!, frame.r, hue, theme);
  });
}

function bead(
  ctx: Ctx,
  cell: number,
  letter: string,
  x: number,
  y: number,
  r: number,
  hue: Theme["hues"]["net"],
  theme: Theme,
): void {
  ctx.beginPath();
  ctx.arc(x, y, cell === CELL.shared ? r : r * 0.9, 0, Math.PI * 2);
  ctx.fillStyle = cell === CELL.shared ? hue.mark : cell === CELL.private ? hue.tint : theme.panel;
  ctx.fill();
  ctx.strokeStyle = cell === CELL.shared ? theme.panel : hue.mark;
  ctx.lineWidth = Math.max(1, r * 0.2);
  if (cell === CELL.host) ctx.setLineDash([2.4, 2.2]);
  ctx.stroke();
  ctx.setLineDash([]);
  if (r < 4.5) return;
  ctx.fillStyle = cell === CELL.shared ? hue.on : hue.ink;
  ctx.font = `700 ${r * 1.15}px ${theme.font}`;
  ctx.textAlign = "center";
  ctx.fillText(letter, x, y + r * 0.42);
  ctx.textAlign = "left";
}

function paintRowName(ctx: Ctx, row: TileRow, index: number, frame: Frame, k: number, theme: Theme): void {
  const y = frame.ys[index]!;
  const room = frame.xs[0]! - frame.r * 1.8 - frame.left;
  const step = index + 1 < frame.ys.length ? frame.ys[index + 1]! - y : 44;
  const size = Math.max(8.5, Math.min(13, k * 1.6));
  if (step < 9) return;
  const words = k >= 6.2 && step >= 26 && row.pid !== undefined;
  ctx.fillStyle = theme.ink;
  ctx.font = `600 ${size}px ${theme.font}`;
  ctx.fillText(cut(ctx, inert(row.name, 60), room), frame.left, y + (words ? -1 : size * 0.35));
  if (!words) return;
  ctx.fillStyle = theme.ink3;
  ctx.font = `400 ${size * 0.82}px ${theme.mono}`;
  const rest = row.more.length > 0 ? `, +${row.more.length}` : "";
  ctx.fillText(cut(ctx, `${row.pid} ${inert(row.comm ?? "", 20)}${rest}`, room), frame.left, y + size * 0.95);
  if (step < 40) return;
  const most = Math.floor((step - size * 2) / (size * 0.95));
  row.more.slice(0, Math.max(0, most)).forEach((process, at) => {
    const text = `${process.pid} ${inert(process.comm, 20)} ${bytesShort(process.rssBytes)}`;
    ctx.fillText(cut(ctx, text, room - 8), frame.left + 8, y + size * (1.9 + at * 0.95));
  });
}

function paintGround(ctx: Ctx, tile: Tile, frame: Frame, theme: Theme): void {
  const hosts = frame.xs.filter((_, column) => tile.rows.some((row) => row.cells[column] === CELL.host));
  if (hosts.length === 0) return;
  for (const x of hosts) {
    line(ctx, x - frame.r * 1.4, frame.ground, x + frame.r * 1.4, frame.ground, theme.line3, 1.25);
    for (let at = x - frame.r; at <= x + frame.r * 1.3; at += 4)
      line(ctx, at, frame.ground + 1, at - 3, frame.ground + 4.5, theme.line3, 1);
  }
}

function paintMemory(ctx: Ctx, tile: Tile, reading: Reading, frame: Frame, y: number, theme: Theme): void {
  const width = frame.right - frame.left - 4;
  if (reading.bounded) {
    ctx.fillStyle = theme.barTrack;
    ctx.fillRect(frame.left, y, width, 4);
  }
  ctx.fillStyle = reading.level === "hot" ? theme.barHot : reading.level === "warm" ? theme.barWarm : theme.bar;
  ctx.fillRect(frame.left, y, width * reading.fill, 4);
  if (!tile.memory) return;
  const { usedBytes, limitBytes } = tile.memory;
  const limit = limitBytes === undefined ? ", no limit" : ` of ${bytesShort(limitBytes)}`;
  ctx.font = `400 10.5px ${theme.font}`;
  ctx.fillStyle = theme.ink3;
  ctx.fillText(cut(ctx, `${bytesShort(usedBytes)}${limit}`, width), frame.left, y - 4);
}
