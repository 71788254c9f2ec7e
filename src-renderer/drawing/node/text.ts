type Writes = Pick<CanvasRenderingContext2D, "font" | "measureText">;

/** Texts that were cut, by face, room and text: the same ones are asked for frame after frame. */
const known = new Map<string, string>();
const MOST = 8000;

/** Cuts a text to a width with "…"; a guess by the mean glyph first, since measuring is dear. */
export function cut(ctx: Writes, text: string, room: number): string {
  if (text.length * 4 < room * 0.5) return text;
  const name = `${ctx.font} ${Math.floor(room)} ${text}`;
  const hit = known.get(name);
  if (hit !== undefined) return hit;
  if (known.size >= MOST) known.clear();
  const made = measured(ctx, text, Math.floor(room));
  known.set(name, made);
  return made;
}

function measured(ctx: Writes, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let low = 0;
  let high = Math.min(text.length, 200);
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (ctx.measureText(`${text.slice(0, mid)}…`).width <= room) low = mid;
    else high = mid - 1;
  }
  return `${text.slice(0, low)}…`;
}

const widths = new Map<string, number>();

/** The width of a text in the face that is set. */
export function widthOf(ctx: Writes, text: string): number {
  const name = `${ctx.font} ${text}`;
  const hit = widths.get(name);
  if (hit !== undefined) return hit;
  if (widths.size >= MOST) widths.clear();
  const { width } = ctx.measureText(text);
  widths.set(name, width);
  return width;
}
