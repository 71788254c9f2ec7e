/** A pod as a tile: the rail diagram at 5 px, without words. Local units; the caller has scaled the context. */
import { NAMESPACE_TYPES } from "../../../src-shared/model.ts";
import type { Theme } from "../theme.ts";
import type { Reading } from "./measure.ts";
import { CELL, TILE_TYPES, type Tile } from "./tile.ts";

export const TILE = { width: 40, height: 36 };
const COLUMN = 5.2;
const FIRST_X = 4;
const BAND_Y = 6.5;
const GROUND_Y = 31;
const BAR_X = 35.2;
const BAR_TOP = 6;
const BAR_H = 25;

type Ctx = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const columnX = (column: number) => FIRST_X + column * COLUMN;

/** Rows below the band, closer together when there are many; at most eight are drawn, the rest is a count. */
function rowYs(rows: number): number[] {
  const drawn = Math.min(rows, 8);
  const pitch = drawn <= 1 ? 5.4 : Math.min(5.4, 17 / (drawn - 1));
  return Array.from({ length: drawn }, (_, row) => BAND_Y + 6.2 + row * pitch);
}

/** `scale`: device pixels per unit, so that hairlines stay visible. */
export function paintShape(ctx: Ctx, tile: Tile, theme: Theme, scale: number): void {
  // The sandbox stands in the band above when it is there; its row is the beam itself.
  const rows = tile.rows.filter((row) => row.kind !== "sandbox");
  const ys = rowYs(rows.length);
  const last = ys[ys.length - 1] ?? BAND_Y + 6;
  TILE_TYPES.forEach((type, column) => {
    const hue = theme.hues[type];
    const x = columnX(column);
    const cells = rows.map((row) => row.cells[column] ?? CELL.unknown);
    const bits = 1 << column;
    const members = cells.flatMap((cell, row) => (cell === CELL.shared && row < ys.length ? [ys[row]!] : []));
    const holds = ((tile.held | tile.pinned) & bits) !== 0 && (members.length > 0 || rows.length === 0);
    if (members.length > 0 && (holds || members.length > 1)) {
      ctx.strokeStyle = hue.mark;
      ctx.lineWidth = Math.max(1.9, 1 / scale);
      ctx.lineCap = "round";
      ctx.beginPath();
      ctx.moveTo(x, holds && tile.sandbox !== "none" ? BAND_Y : (members[0] ?? BAND_Y));
      ctx.lineTo(x, members[members.length - 1]!);
      ctx.stroke();
    }
    if (cells.includes(CELL.host)) {
      ctx.strokeStyle = hue.mark;
      ctx.lineWidth = Math.max(0.7, 0.8 / scale);
      ctx.setLineDash([1.2, 1.4]);
      ctx.beginPath();
      ctx.moveTo(x, ys[cells.indexOf(CELL.host)] ?? last);
      ctx.lineTo(x, GROUND_Y);
      ctx.stroke();
      ctx.setLineDash([]);
    }
    cells.forEach((cell, row) => {
      const y = ys[row];
      if (y !== undefined) bead(ctx, cell, x, y, hue, theme, scale);
    });
    if (tile.pinned & bits) nail(ctx, x, theme);
  });
  if (rows.some((row) => row.cells.slice(0, 6).includes(CELL.host))) ground(ctx, rows, theme);
  beam(ctx, tile, theme, scale);
  if (rows.length > 0 && rows.every((row) => row.cells.every((cell) => cell === CELL.unknown))) unread(ctx, ys, theme);
  if (rows.length > ys.length) {
    ctx.fillStyle = theme.ink3;
    ctx.font = `600 5px ${theme.font}`;
    ctx.fillText(`+${rows.length - ys.length}`, FIRST_X - 1, last + 7.5);
  }
}

function bead(ctx: Ctx, cell: number, x: number, y: number, hue: { mark: string }, theme: Theme, scale: number): void {
  if (cell === CELL.unknown) return;
  ctx.beginPath();
  ctx.arc(x, y, cell === CELL.shared ? 2.1 : cell === CELL.host ? 1.5 : 1.15, 0, Math.PI * 2);
  if (cell === CELL.host) {
    ctx.fillStyle = theme.panel;
    ctx.fill();
    ctx.strokeStyle = hue.mark;
    ctx.lineWidth = Math.max(0.6, 0.8 / scale);
    ctx.stroke();
    return;
  }
  ctx.globalAlpha = cell === CELL.shared ? 1 : 0.62;
  ctx.fillStyle = hue.mark;
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** Not even one membership could be read: a question for each, as the table has it. */
function unread(ctx: Ctx, ys: readonly number[], theme: Theme): void {
  ctx.fillStyle = theme.ink3;
  ctx.font = `500 4.6px ${theme.font}`;
  ctx.textAlign = "center";
  for (const y of ys)
    TILE_TYPES.forEach((_, column) => {
      ctx.fillText("?", columnX(column), y + 1.6);
    });
  ctx.textAlign = "left";
}

function nail(ctx: Ctx, x: number, theme: Theme): void {
  ctx.fillStyle = theme.ink;
  ctx.fillRect(x - 1.9, 1.6, 3.8, 1.3);
  ctx.fillRect(x - 1.2, 1.6, 2.4, 4.4);
}

function ground(ctx: Ctx, rows: Tile["rows"], theme: Theme): void {
  const columns = TILE_TYPES.flatMap((_, column) =>
    rows.some((row) => row.cells[column] === CELL.host) ? [column] : [],
  );
  const x0 = columnX(columns[0] ?? 0) - 3;
  const x1 = columnX(columns[columns.length - 1] ?? 0) + 3;
  ctx.strokeStyle = theme.line3;
  ctx.lineWidth = 0.7;
  ctx.beginPath();
  ctx.moveTo(x0, GROUND_Y);
  ctx.lineTo(x1, GROUND_Y);
  for (let x = x0 + 1.5; x <= x1; x += 2.2) {
    ctx.moveTo(x, GROUND_Y + 0.4);
    ctx.lineTo(x - 1.6, GROUND_Y + 2.4);
  }
  ctx.stroke();
}

/** Runs of neighbouring columns that a sandbox holds: the beam covers exactly these. */
export function runs(held: number, columns: number = NAMESPACE_TYPES.length): [number, number][] {
  const found: [number, number][] = [];
  for (let column = 0; column < columns; column += 1) {
    if (!(held & (1 << column))) continue;
    const last = found[found.length - 1];
    if (last && last[1] === column - 1) last[1] = column;
    else found.push([column, column]);
  }
  return found;
}

function beam(ctx: Ctx, tile: Tile, theme: Theme, scale: number): void {
  for (const [first, last] of runs(tile.held, TILE_TYPES.length)) {
    const x = columnX(first) - 3.2;
    const width = (last - first) * COLUMN + 6.4;
    ctx.beginPath();
    if (tile.sandbox === "dead") {
      ctx.strokeStyle = theme.bad;
      ctx.lineWidth = Math.max(1.3, 1 / scale);
      const gap = Math.min(2.4, width / 4);
      ctx.moveTo(x, BAND_Y);
      ctx.lineTo(x + width / 2 - gap, BAND_Y);
      ctx.moveTo(x + width / 2 + gap, BAND_Y);
      ctx.lineTo(x + width, BAND_Y);
      ctx.stroke();
    } else if (tile.sandbox === "process") {
      ctx.fillStyle = theme.beam;
      ctx.roundRect(x, BAND_Y - 2.3, width, 4.6, 2.3);
      ctx.fill();
    }
  }
}

/** With high contrast a track is as dark as what it lies on: its edge says where it is. */
export function outline(ctx: Ctx, x: number, y: number, width: number, height: number, theme: Theme): void {
  if (theme.barTrack !== theme.panel || width < 3) return;
  ctx.strokeStyle = theme.line3;
  ctx.lineWidth = 1;
  ctx.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
}

/** The upright bar at a tile's right edge; a missing track says that there is no limit. */
export function paintBar(ctx: Ctx, reading: Reading, x: number, y: number, k: number, theme: Theme): void {
  const left = x + BAR_X * k;
  const width = 2.8 * k;
  if (reading.bounded) {
    ctx.fillStyle = theme.barTrack;
    ctx.fillRect(left, y + BAR_TOP * k, width, BAR_H * k);
    outline(ctx, left, y + BAR_TOP * k, width, BAR_H * k, theme);
  }
  const height = Math.max(reading.fill > 0 ? 1 : 0, BAR_H * k * reading.fill);
  ctx.fillStyle = reading.level === "hot" ? theme.barHot : reading.level === "warm" ? theme.barWarm : theme.bar;
  ctx.fillRect(left, y + (BAR_TOP + BAR_H) * k - height, width, height);
}
