/** Paints the wires of a node: lines and tiles from afar, names nearer, addresses nearest; only what is seen. */
import { inert } from "../../../src-shared/format.ts";
import type { Plug } from "../../../src-shared/questions/wire-plan.ts";
import { type Camera, type Size, seen } from "../camera.ts";
import { cut } from "../node/text.ts";
import type { Theme } from "../theme.ts";
import { BAR, busY, ENTRY, PITCH, type PlacedGroup, TILE, tileBox, type WireLayout } from "./layout.ts";

export interface WireEmphasis {
  /** Keys of plugs whose wires are lit; null: none, and nothing is dimmed. */
  lit: ReadonlySet<string> | null;
  selected: string | null;
  focused: boolean;
  /** A frame must be quick. */
  moving: boolean;
}

interface Brush {
  ctx: CanvasRenderingContext2D;
  layout: WireLayout;
  camera: Camera;
  theme: Theme;
  emphasis: WireEmphasis;
}

export function paintWires(
  surface: { ctx: CanvasRenderingContext2D; size: Size; dpr: number },
  layout: WireLayout,
  camera: Camera,
  theme: Theme,
  emphasis: WireEmphasis,
): void {
  const { ctx, size, dpr } = surface;
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.fillStyle = theme.panel;
  ctx.fillRect(0, 0, size.width, size.height);
  const view = seen(camera, size);
  const brush: Brush = { ctx, layout, camera, theme, emphasis };
  ctx.translate(camera.x, camera.y);
  ctx.scale(camera.k, camera.k);
  ctx.lineJoin = "round";
  ctx.globalAlpha = emphasis.lit ? theme.dim : 1;
  const range = visible(layout, view);
  lines(brush, range);
  for (const part of range) tiles(brush, part);
  ctx.globalAlpha = 1;
  if (emphasis.lit) light(brush, emphasis.lit);
  bars(brush, view);
  if (emphasis.selected !== null) ring(brush, emphasis.selected);
}

interface Range {
  place: PlacedGroup;
  rows: [number, number];
  columns: [number, number];
}

function visible(layout: WireLayout, view: ReturnType<typeof seen>): Range[] {
  return layout.groups.flatMap((place) => {
    const first = Math.max(0, Math.floor((view.y0 - busY(place, 0)) / PITCH.y));
    const last = Math.min(place.rows - 1, Math.floor((view.y1 - busY(place, 0)) / PITCH.y));
    const from = Math.max(0, Math.floor((view.x0 - place.trunk - ENTRY) / PITCH.x));
    const to = Math.min(layout.columns - 1, Math.floor((view.x1 - place.trunk - ENTRY) / PITCH.x));
    if (place.y > view.y1 || first > last) return [];
    return [{ place, rows: [first, last], columns: [from, to] }];
  });
}

function each({ place, rows, columns }: Range, layout: WireLayout, does: (plug: Plug, i: number) => void): void {
  const { plugs } = place.group;
  for (let row = rows[0]; row <= rows[1]; row++)
    for (let column = columns[0]; column <= columns[1]; column++) {
      const i = row * layout.columns + column;
      if (i < plugs.length) does(plugs[i]!, i);
    }
}

const wired = ({ group }: PlacedGroup): boolean => !["none", "split", "unread", "unknown"].includes(group.kind);

/** From so far away a wire is a pixel, and the gaps between tiles are less: a row is one shape. */
const FAR = 0.14;
/** Names are read from here on; while the eye moves a little later, since a page of them takes a frame. */
const NAMES = 0.42;
const NAMES_MOVING = 0.6;

/** Every line that is not lit, as one path: uplinks, trunks, rows, and from the rows to the tiles. */
function lines({ ctx, layout, camera, theme }: Brush, ranges: readonly Range[]): void {
  ctx.beginPath();
  for (const { x, y, height, trunk, end } of layout.uplinks) {
    ctx.moveTo(x, y + height / 2);
    ctx.lineTo(trunk, y + height / 2);
    ctx.lineTo(trunk, end);
  }
  for (const { uplink, x, y } of layout.groups) {
    if (uplink === undefined) continue;
    ctx.moveTo(uplink, y + BAR.height / 2);
    ctx.lineTo(x, y + BAR.height / 2);
  }
  for (const range of ranges) {
    const { place } = range;
    if (!wired(place)) continue;
    const count = place.group.plugs.length;
    ctx.moveTo(place.trunk, place.y + BAR.height);
    ctx.lineTo(place.trunk, busY(place, place.rows - 1));
    for (let row = range.rows[0]; row <= range.rows[1]; row++) {
      const tail = Math.min(layout.columns, count - row * layout.columns) - 1;
      const y = busY(place, row);
      ctx.moveTo(place.trunk, y);
      ctx.lineTo(tileBox(layout, place, row * layout.columns + tail).x + ENTRY, y);
    }
    if (camera.k < FAR) continue;
    each(range, layout, (plug, i) => {
      if (!plug.loose) stub(ctx, layout, place, i);
    });
  }
  ctx.strokeStyle = theme.line3;
  ctx.lineWidth = Math.max(1.25, 1 / camera.k);
  ctx.stroke();
  ctx.beginPath();
  for (const range of ranges) each(range, layout, (plug, i) => plug.loose && end(ctx, layout, range.place, i));
  ctx.strokeStyle = theme.bad;
  ctx.lineWidth = Math.max(2, 1.6 / camera.k);
  ctx.stroke();
}

function stub(ctx: CanvasRenderingContext2D, layout: WireLayout, place: PlacedGroup, i: number): void {
  const { x, y } = tileBox(layout, place, i);
  ctx.moveTo(x + ENTRY, busY(place, Math.floor(i / layout.columns)));
  ctx.lineTo(x + ENTRY, y);
}

/** A wire that ends before the line, with a bar across its end. */
function end(ctx: CanvasRenderingContext2D, layout: WireLayout, place: PlacedGroup, i: number): void {
  const { x, y } = tileBox(layout, place, i);
  ctx.moveTo(x + ENTRY, y);
  ctx.lineTo(x + ENTRY, y - 7);
  ctx.moveTo(x + ENTRY - 4, y - 7);
  ctx.lineTo(x + ENTRY + 4, y - 7);
}

function tiles(brush: Brush, range: Range): void {
  const { ctx, layout, camera, theme } = brush;
  ctx.beginPath();
  if (camera.k < FAR) rows(brush, range);
  else
    each(range, layout, (_, i) => {
      const { x, y } = tileBox(layout, range.place, i);
      if (camera.k > 0.5) ctx.roundRect(x, y, TILE.width, TILE.height, 5);
      else ctx.rect(x, y, TILE.width, TILE.height);
    });
  ctx.fillStyle = camera.k < FAR ? theme.line2 : theme.sunken;
  ctx.fill();
  if (camera.k > 0.25) {
    ctx.strokeStyle = theme.line2;
    ctx.lineWidth = 1 / camera.k;
    ctx.stroke();
  }
  if (camera.k < (brush.emphasis.moving ? NAMES_MOVING : NAMES)) return;
  each(range, layout, (plug, i) => words(brush, plug, range.place, i));
}

function rows({ ctx, layout }: Brush, { place, rows: [first, last] }: Range): void {
  for (let row = first; row <= last; row++) {
    const begin = tileBox(layout, place, row * layout.columns);
    const end = tileBox(layout, place, Math.min(place.group.plugs.length, (row + 1) * layout.columns) - 1);
    ctx.rect(begin.x, begin.y, end.x + TILE.width - begin.x, TILE.height);
  }
}

function words({ ctx, layout, camera, theme }: Brush, plug: Plug, place: PlacedGroup, i: number): void {
  const { x, y } = tileBox(layout, place, i);
  const under = camera.k > 0.8 ? (plug.loose ? "leads nowhere" : underOf(plug)) : "";
  ctx.textBaseline = "alphabetic";
  ctx.font = `500 12px ${theme.font}`;
  ctx.fillStyle = plug.loose ? theme.bad : theme.ink;
  ctx.fillText(cut(ctx, inert(plug.pod.name, 60), TILE.width - 16), x + 8, y + (under ? 16 : 23));
  if (!under) return;
  ctx.font = `400 10px ${theme.mono}`;
  ctx.fillStyle = plug.loose ? theme.bad : theme.ink3;
  ctx.fillText(cut(ctx, under, TILE.width - 16), x + 8, y + 30);
}

const underOf = ({ inside, address, pod }: Plug): string =>
  inside ? inert([inside.name, address?.split("/")[0]].filter(Boolean).join(" "), 60) : inert(pod.namespace ?? "", 40);

/** Bars keep their names at every zoom: without them lines lead nowhere. */
function bars({ ctx, layout, camera, theme, emphasis }: Brush, view: ReturnType<typeof seen>): void {
  const scale = Math.min(2.2, Math.max(1, 0.62 / camera.k));
  const lit = emphasis.lit && litPlaces(layout, emphasis.lit);
  const bar = (x: number, y: number, name: string, says: string, dark: boolean, dim: boolean) => {
    if (y > view.y1 || y + BAR.height * scale < view.y0) return;
    ctx.globalAlpha = dim ? Math.max(0.5, theme.dim) : 1;
    ctx.beginPath();
    ctx.roundRect(x, y, BAR.width * scale, BAR.height, 5);
    ctx.fillStyle = dark ? theme.beam : theme.panel;
    ctx.fill();
    ctx.strokeStyle = dark ? theme.beam : theme.ink2;
    ctx.lineWidth = 1.25;
    ctx.stroke();
    ctx.font = `600 ${13 * Math.min(scale, 1.7)}px ${theme.font}`;
    ctx.fillStyle = dark ? theme.onBeam : theme.ink;
    const whole = scale > 1.05;
    ctx.fillText(cut(ctx, inert(name, 40), BAR.width * scale - 20), x + 10, y + (whole ? 27 : 17));
    if (!whole) {
      ctx.font = `400 11px ${theme.font}`;
      ctx.fillStyle = dark ? theme.onBeam : theme.ink3;
      ctx.fillText(cut(ctx, inert(says, 80), BAR.width - 20), x + 10, y + 32);
    }
  };
  for (const one of layout.uplinks)
    bar(one.x, one.y, one.name, one.says, true, lit !== null && !lit.uplinks.has(one.trunk));
  for (const place of layout.groups) {
    const { group } = place;
    const count = group.plugs.length.toLocaleString("en");
    bar(place.x, place.y, `${group.name}   ${count}`, group.says, false, lit !== null && !lit.places.has(place));
  }
  ctx.globalAlpha = 1;
}

function litPlaces(layout: WireLayout, lit: ReadonlySet<string>) {
  const places = new Set([...lit].flatMap((key) => layout.at.get(key)?.place ?? []));
  return { places, uplinks: new Set([...places].map(({ uplink }) => uplink)) };
}

/** One wire, whole: from the tile over its row and its bridge to the uplink. */
function light(brush: Brush, keys: ReadonlySet<string>): void {
  const { ctx, layout, camera, theme } = brush;
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = Math.max(2, 2 / camera.k);
  for (const key of keys) {
    const at = layout.at.get(key);
    if (!at) continue;
    const { place, i } = at;
    const plug = place.group.plugs[i]!;
    const box = tileBox(layout, place, i);
    ctx.beginPath();
    if (plug.loose) end(ctx, layout, place, i);
    else if (wired(place)) {
      const y = busY(place, Math.floor(i / layout.columns));
      ctx.moveTo(box.x + ENTRY, box.y);
      ctx.lineTo(box.x + ENTRY, y);
      ctx.lineTo(place.trunk, y);
      ctx.lineTo(place.trunk, place.y + BAR.height);
      const out = layout.uplinks.find(({ trunk }) => trunk === place.uplink);
      if (out) {
        ctx.moveTo(place.x, place.y + BAR.height / 2);
        ctx.lineTo(out.trunk, place.y + BAR.height / 2);
        ctx.lineTo(out.trunk, out.y + BAR.height / 2);
        ctx.lineTo(out.x, out.y + BAR.height / 2);
      }
    }
    ctx.stroke();
    ctx.beginPath();
    ctx.roundRect(box.x, box.y, TILE.width, TILE.height, 5);
    ctx.fillStyle = theme.accentTint;
    ctx.fill();
    ctx.stroke();
    if (camera.k >= NAMES) words(brush, plug, place, i);
  }
}

function ring({ ctx, layout, camera, theme, emphasis }: Brush, key: string): void {
  const at = layout.at.get(key);
  if (!at) return;
  const { x, y, width, height } = tileBox(layout, at.place, at.i);
  ctx.beginPath();
  ctx.roundRect(x - 2, y - 2, width + 4, height + 4, 7);
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = (emphasis.focused ? 2.5 : 1.5) / Math.min(1, camera.k);
  ctx.stroke();
}
