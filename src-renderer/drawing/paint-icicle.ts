/** Paints the cgroup icicle: width is memory used, shade is usage, pressure or limit. */
import { worstStall } from "../../src-shared/cgroups/stall.ts";
import { bytesShort, inert } from "../../src-shared/format.ts";
import type { CgroupReport } from "../../src-shared/reports.ts";
import type { Size } from "./camera.ts";
import type { IcicleBar } from "./icicle.ts";
import { type Measure, type Measured, readMeasure } from "./node/measure.ts";
import { outline } from "./node/paint-tile.ts";
import { cut, widthOf } from "./node/text.ts";
import type { Theme } from "./theme.ts";

/** Pixels between bars of one row and between rows. */
const GAP = 1;
/** As --gone of the tokens has it. */
const GONE = 0.38;

export interface IcicleView {
  /** The shown part of the node, 0 to 1. */
  x0: number;
  x1: number;
  /** Depth of the first row. */
  top: number;
  rows: number;
  rowHeight: number;
}

export interface IcicleEmphasis {
  selected: string | null;
  hovered: string | null;
  /** Paths that are lit; null: all. */
  lit: ReadonlySet<string> | null;
  /** Paths that have gone from the node and are shown for a moment more. */
  gone: ReadonlySet<string>;
}

const reportMeasured = (report: CgroupReport): Measured => {
  return {
    memory:
      report.usage.memoryBytes === undefined
        ? undefined
        : { usedBytes: report.usage.memoryBytes, limitBytes: report.effective.memoryMaxBytes?.value },
    pressure: worstStall(report.pressure)?.percent,
  };
};

export function paintIcicle(
  ctx: CanvasRenderingContext2D,
  size: Size,
  dpr: number,
  bars: readonly IcicleBar[],
  view: IcicleView,
  measure: Measure,
  nodeBytes: number,
  theme: Theme,
  emphasis: IcicleEmphasis,
): void {
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.fillStyle = theme.panel;
  ctx.fillRect(0, 0, size.width, size.height);
  const scale = size.width / Math.max(1e-12, view.x1 - view.x0);
  const height = view.rowHeight - 1.5;
  const framed: [number, number, number, string][] = [];
  for (const bar of bars) {
    const row = bar.depth - view.top;
    if (row < 0 || row >= view.rows || bar.x1 <= view.x0 || bar.x0 >= view.x1) continue;
    const left = Math.max(0, (bar.x0 - view.x0) * scale);
    const width = Math.min(size.width, (bar.x1 - view.x0) * scale) - left - GAP;
    if (width < 0.35) continue;
    const y = row * view.rowHeight;
    ctx.globalAlpha =
      (emphasis.lit && !emphasis.lit.has(bar.path) ? theme.dim : 1) * (emphasis.gone.has(bar.path) ? GONE : 1);
    paintBar(ctx, bar, left, y, Math.max(0.7, width), height, measure, nodeBytes, theme);
    if (emphasis.selected === bar.path) framed.push([left, y, width, theme.accent]);
    else if (emphasis.hovered === bar.path) framed.push([left, y, width, theme.ink]);
  }
  ctx.globalAlpha = 1;
  for (const [x, y, width, colour] of framed) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = 2;
    ctx.strokeRect(x + 1, y + 1, Math.max(1, width - 2), height - 2);
  }
}

/** Narrower cells, in px, hold not two letters. */
const LEAST_NAMED = 18;

/** As much of a name as fits; without dots where they would take the place of its letters. */
function firstLetters(ctx: CanvasRenderingContext2D, name: string, room: number): string {
  const short = cut(ctx, name, room);
  if (short === name || short.length > 5) return short;
  let letters = name.slice(0, 8);
  while (letters.length > 1 && widthOf(ctx, letters) > room) letters = letters.slice(0, -1);
  return letters;
}

function paintBar(
  ctx: CanvasRenderingContext2D,
  bar: IcicleBar,
  x: number,
  y: number,
  width: number,
  height: number,
  measure: Measure,
  nodeBytes: number,
  theme: Theme,
): void {
  const reading = readMeasure(reportMeasured(bar.report), measure, nodeBytes);
  ctx.fillStyle = theme.barTrack;
  ctx.fillRect(x, y, width, height);
  const dim = ctx.globalAlpha;
  if (reading && reading.fill > 0) {
    const loud = reading.level !== "calm";
    // Calm shades stay below the words' contrast; trouble is a solid colour and its words turn to the panel's.
    ctx.globalAlpha = dim * (loud ? 1 : 0.1 + 0.42 * reading.fill);
    ctx.fillStyle = reading.level === "hot" ? theme.barHot : loud ? theme.barWarm : theme.bar;
    ctx.fillRect(x, y, width, height);
    ctx.globalAlpha = dim;
  }
  outline(ctx, x, y, width, height, theme);
  if (width < LEAST_NAMED) return;
  const loud = reading !== null && reading.level !== "calm";
  ctx.textBaseline = "alphabetic";
  ctx.font = `400 11px ${theme.font}`;
  ctx.fillStyle = loud ? theme.panel : theme.ink;
  const full = inert(bar.report.name, 60);
  const inset = width < 60 ? 3 : 6;
  const room = width - 2 * inset;
  // Of a pod in little room its own name, not its namespace's; of that the first letters: no cell without a word.
  const own = full.slice(full.lastIndexOf("/") + 1);
  const name = cut(ctx, full, room) === full ? full : firstLetters(ctx, own, room);
  const base = y + height / 2 + 4;
  ctx.fillText(name, x + inset, base);
  const used = bar.report.usage.memoryBytes;
  const limit = bar.report.effective.memoryMaxBytes?.value;
  const end = x + inset + ctx.measureText(name).width + 6;
  if (used === undefined) return;
  const words = limit === undefined ? bytesShort(used) : `${bytesShort(used)} of ${bytesShort(limit)}`;
  if (end + ctx.measureText(words).width > x + width - 4) return;
  ctx.fillStyle = loud ? theme.panel : theme.ink2;
  ctx.fillText(words, end, base);
}
