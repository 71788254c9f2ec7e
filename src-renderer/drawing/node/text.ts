/** Cuts a text to a width with "…"; a guess by the mean glyph first, since measuring is dear. */
export function cut(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (text.length * 4 < room * 0.5) return text;
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
