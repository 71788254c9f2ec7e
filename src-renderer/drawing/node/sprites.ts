/** Shapes drawn once and stamped many times. */
import type { Theme } from "../theme.ts";

type Draw = (ctx: OffscreenCanvasRenderingContext2D, scale: number) => void;

/** Sheets of other zooms that are kept, and shapes a sheet may have. */
const SHEETS = 6;
const SHAPES = 3000;
/** Groups that are kept whole, and how long a frame may draw such afresh. */
const WHOLES = 400;
const BUDGET_MS = 8;
/** Drawn from nothing that could be the same again. */
const PASSING: readonly unknown[] = [{}];

export interface Whole {
  bitmap: ImageBitmap;
  scale: number;
}

/**
 * At rest a shape is drawn for exactly this zoom, so it is sharp; while the zoom changes the sheet of the next larger
 * step is used, since drawing all shapes afresh each frame is dear.
 */
export class Sprites {
  private sheets = new Map<string, Map<string, ImageBitmap>>();
  private theme: Theme | null = null;
  private dpr = 1;
  private moving = false;

  /** At the start of each frame. */
  begin(theme: Theme, dpr: number, moving: boolean): void {
    this.spent = 0;
    this.unfinished = false;
    this.within(theme, dpr, moving);
  }

  /** For a part of a frame that is drawn by rules of its own. */
  within(theme: Theme, dpr: number, moving: boolean): void {
    if (theme !== this.theme) this.sheets.clear();
    this.theme = theme;
    this.dpr = dpr;
    this.moving = moving;
  }

  /**
   * Stamps the shape of that name at a place, at k pixels a unit; `draw` makes it when it is not there yet. False when
   * there was no time left to make it: the caller draws something plainer, and the next frame goes on.
   */
  stamp(
    ctx: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    name: string,
    x: number,
    y: number,
    k: number,
    size: { width: number; height: number },
    draw: Draw,
  ): boolean {
    const scale = this.scaleFor(k);
    const sheet = this.sheet(scale);
    let bitmap = sheet.get(name);
    if (!bitmap) {
      if (this.spent >= BUDGET_MS) return this.putOff();
      const start = performance.now();
      const canvas = new OffscreenCanvas(Math.ceil(size.width * scale) + 1, Math.ceil(size.height * scale) + 1);
      const into = canvas.getContext("2d")!;
      into.scale(scale, scale);
      draw(into, scale);
      // A bitmap cannot change, so that stamping it takes no copy; a canvas would be asked for one each time.
      bitmap = canvas.transferToImageBitmap();
      sheet.set(name, bitmap);
      this.spent += performance.now() - start;
    }
    // At rest this is one pixel to one: no filter has to run.
    ctx.drawImage(bitmap, x, y, (bitmap.width * k) / scale, (bitmap.height * k) / scale);
    return true;
  }

  /** Makes something that a stamp needs; undefined when this frame has no time left for it. */
  making<T>(make: () => T): T | undefined {
    if (this.spent >= BUDGET_MS) {
      this.unfinished = true;
      return undefined;
    }
    const start = performance.now();
    const made = make();
    this.spent += performance.now() - start;
    return made;
  }

  private putOff(): false {
    this.unfinished = true;
    return false;
  }

  /** Whole groups seen from far away, with what they were drawn from; by their place, which outlives a refresh. */
  private wholes = new Map<string, Whole & { from: readonly unknown[] }>();
  private spent = 0;

  /** Something was stamped that is out of date, since drawing it afresh would have held up this frame: ask for another. */
  unfinished = false;

  /**
   * A bitmap that is drawn afresh when any of what it is drawn from is another; while the zoom changes one of a scale
   * not far off is good enough, and when this frame's time is used up one that was drawn from something else is, too.
   * Gives the scale it was drawn at; null when there is none yet and no time to make it.
   */
  whole(of: string, scale: number, from: readonly unknown[], make: () => ImageBitmap): Whole | null {
    const known = this.wholes.get(of);
    const same = known?.from.every((one, i) => one === from[i]) === true;
    const near = known !== undefined && this.moving && known.scale < scale * 4 && known.scale > scale / 3;
    if (known && same && (known.scale === scale || near)) return known;
    if (this.spent >= BUDGET_MS) {
      this.unfinished = true;
      return known ?? null;
    }
    const start = performance.now();
    const before = this.unfinished;
    this.unfinished = false;
    const bitmap = make();
    // With shapes put off it serves for this frame only.
    const made = { from: this.unfinished ? PASSING : from, scale, bitmap };
    this.unfinished ||= before;
    this.spent += performance.now() - start;
    if (this.wholes.size >= WHOLES) this.wholes.clear();
    this.wholes.set(of, made);
    return made;
  }

  /** The scale at which shapes are drawn just now, in device pixels a unit. */
  scaleFor(k: number): number {
    const exact = k * this.dpr;
    return this.moving ? 2 ** (Math.ceil(Math.log2(exact) * 2) / 2) : exact;
  }

  private last: { scale: number; sheet: Map<string, ImageBitmap> } | null = null;

  private sheet(scale: number): Map<string, ImageBitmap> {
    if (this.last?.scale === scale && this.last.sheet.size < SHAPES && this.sheets.size > 0) return this.last.sheet;
    const name = scale.toFixed(4);
    let sheet = this.sheets.get(name);
    if (!sheet || sheet.size >= SHAPES) {
      if (this.sheets.size > SHEETS) this.sheets.clear();
      sheet = new Map();
      this.sheets.set(name, sheet);
    }
    this.last = { scale, sheet };
    return sheet;
  }
}
