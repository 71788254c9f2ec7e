/** What stands on a canvas, to take away as PNG: painted anew in the scheme asked for, sharp at any scale, with its caption. */
import type { Size } from "./camera.ts";
import { paper, type Scheme } from "./paper.ts";
import { type Theme, themeOf } from "./theme.ts";

/** A picture on a canvas that can be painted elsewhere too. */
export interface Paintable {
  /** Carries the tokens. */
  element: Element;
  size: Size;
  /** True where another go has to finish it, as a frame on the screen. */
  paint(ctx: CanvasRenderingContext2D, dpr: number, theme: Theme): boolean;
  /** Called when it is done: what was kept for the other theme is drawn again. */
  done(): void;
}

const MARGIN = 24;
const HEAD = 44;
const FOOT = 36;
/** Goes that a picture may take; each makes some of its parts. */
const MOST_GOES = 400;

export async function pngOfCanvas(
  what: Paintable,
  { title, caption, scale, scheme }: { title: string; caption: string; scale: 1 | 2 | 4; scheme: Scheme },
): Promise<Uint8Array> {
  const { width, height } = what.size;
  const inside = canvasOf(width * scale, height * scale);
  const theme = themeOf(what.element, scheme);
  try {
    for (let goes = 0; what.paint(inside.ctx, scale, theme); goes += 1) {
      if (goes === MOST_GOES) throw new Error("The picture is not finished; try again when it stands still.");
      await new Promise((next) => setTimeout(next, 0));
    }
  } finally {
    what.done();
  }
  const sheet = paper(scheme);
  const { canvas, ctx } = canvasOf((width + 2 * MARGIN) * scale, (height + HEAD + FOOT) * scale);
  ctx.scale(scale, scale);
  ctx.fillStyle = sheet.ground;
  ctx.fillRect(0, 0, width + 2 * MARGIN, height + HEAD + FOOT);
  ctx.font = `600 14px ${theme.font}`;
  ctx.fillStyle = sheet.ink;
  ctx.fillText(title, MARGIN, 26);
  ctx.font = `400 11px ${theme.font}`;
  ctx.fillStyle = sheet.quiet;
  ctx.fillText(caption, MARGIN, height + HEAD + FOOT - 14);
  ctx.drawImage(inside.canvas, MARGIN, HEAD, width, height);
  const blob = await new Promise<Blob | null>((made) => canvas.toBlob(made, "image/png"));
  if (!blob) throw new Error(`A picture of ${canvas.width} × ${canvas.height} pixels is too large; choose 1× or 2×.`);
  return new Uint8Array(await blob.arrayBuffer());
}

function canvasOf(width: number, height: number): { canvas: HTMLCanvasElement; ctx: CanvasRenderingContext2D } {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width);
  canvas.height = Math.round(height);
  const ctx = canvas.getContext("2d", { alpha: false });
  if (!ctx) throw new Error("This window cannot draw a picture of that size; choose a smaller one.");
  return { canvas, ctx };
}
