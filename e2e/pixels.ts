import type { Locator, Page } from "@playwright/test";

/** What a person sees of an element: its own pixels, four bytes each, `scale` of them a CSS pixel. */
export interface Pixels {
  width: number;
  height: number;
  scale: number;
  data: Uint8ClampedArray;
}

/** Reads the screenshot, not the canvas: a canvas can be right and be shown at the wrong size. */
export async function pixelsOf(page: Page, element: Locator): Promise<Pixels> {
  const png = (await element.screenshot({ animations: "disabled" })).toString("base64");
  const read = await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }), { colorSpaceConversion: "none" });
    const { width, height } = bitmap;
    const ctx = new OffscreenCanvas(width, height).getContext("2d");
    ctx?.drawImage(bitmap, 0, 0);
    const { data } = ctx?.getImageData(0, 0, width, height) ?? { data: new Uint8ClampedArray() };
    let text8 = "";
    for (let i = 0; i < data.length; i += 8192) text8 += String.fromCharCode(...data.subarray(i, i + 8192));
    return { width, height, data: btoa(text8) };
  }, png);
  const box = await element.boundingBox();
  const data = new Uint8ClampedArray(Buffer.from(read.data, "base64"));
  return { width: read.width, height: read.height, scale: read.width / (box?.width ?? 1), data };
}

/** How many colours there are: 1 for a picture of nothing. */
export function coloursIn({ data }: Pixels): number {
  const found = new Set<number>();
  for (let i = 0; i < data.length; i += 4) found.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
  return found.size;
}

/** Share of pixels that are not the ground, which is what lies in the upper left corner. */
export function inkIn({ data }: Pixels): number {
  let other = 0;
  for (let i = 0; i < data.length; i += 4)
    if (data[i] !== data[0] || data[i + 1] !== data[1] || data[i + 2] !== data[2]) other += 1;
  return other / (data.length / 4);
}

/** The box around all pixels of one colour, in CSS pixels; null when there is none. */
export function boxOf({ data, width, scale }: Pixels, [red, green, blue]: readonly [number, number, number]) {
  let [x0, y0, x1, y1] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] !== red || data[i + 1] !== green || data[i + 2] !== blue) continue;
    const x = (i / 4) % width;
    const y = Math.floor(i / 4 / width);
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
  }
  return x1 < 0 ? null : { x: x0 / scale, y: y0 / scale, width: (x1 + 1 - x0) / scale, height: (y1 + 1 - y0) / scale };
}
