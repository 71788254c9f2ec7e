/**
 * Pictures to take away: an SVG that stands alone, in light tokens whatever the theme unless dark is asked for, so that it
 * prints; the same as PNG. Styles are computed once in a copy of the picture and written into it; nothing in the file is
 * loaded.
 */
import { type Costs, costBars } from "./cost-bars.ts";
import { words as line, type Paper, paper, type Scheme, SVG, svgElement } from "./paper.ts";

/** Properties that a picture's parts are drawn with. */
const DRAWN = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "paint-order",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "text-anchor",
  "text-decoration-line",
  "display",
  "visibility",
] as const;

export interface Picture {
  svg: string;
  width: number;
  height: number;
}

export interface Wanted {
  title: string;
  /** Kept in the file for who cannot see it, as the title. */
  words: string;
  /** Stands below: where it is from, and when. */
  caption: string;
  /** Drawn below the pictures: what each of two sides costs. */
  bars?: Costs;
  scheme?: Scheme;
  /** On a page of 16 to 9, as large as it goes. */
  slide?: boolean;
}

/** One SVG from the pictures within an element, at the places they have on the screen. Throws when there is no picture. */
export function pictureOf(element: Element, { title, words, caption, bars, scheme = "light", slide }: Wanted): Picture {
  const stage = copyOf(element, scheme);
  try {
    const drawn = [...stage.querySelectorAll<SVGSVGElement>("svg")].filter((svg) => !svg.parentElement?.closest("svg"));
    if (drawn.length === 0) throw new Error("There is no picture here to export.");
    const boxes = drawn.map((svg) => svg.getBoundingClientRect());
    const left = Math.min(...boxes.map((box) => box.left));
    const top = Math.min(...boxes.map((box) => box.top));
    const sheet = paper(scheme);
    const named = drawn.some((svg) => svg.dataset.name !== undefined);
    const head = named ? 68 : 44;
    const wide = Math.ceil(Math.max(...boxes.map((box) => box.right)) - left);
    const cost = bars && bars.rows.length > 0 ? costBars(bars, wide, sheet) : undefined;
    const below = Math.ceil(Math.max(...boxes.map((box) => box.bottom)) - top);
    const width = wide + 2 * MARGIN;
    const height = head + below + MARGIN + (cost ? cost.height + MARGIN : 0) + FOOT;
    const body = svgElement("g", {});
    body.append(line(title, MARGIN, 26, 14, sheet.ink, 600), line(caption, MARGIN, height - 14, 11, sheet.quiet));
    drawn.forEach((svg, i) => {
      const box = boxes[i]!;
      const copy = frozen(svg);
      const place = { x: box.left - left + MARGIN, y: box.top - top + head, width: box.width, height: box.height };
      for (const [name, value] of Object.entries({ ...place, overflow: "visible" }))
        copy.setAttribute(name, String(value));
      body.append(copy);
      if (svg.dataset.name !== undefined) body.append(line(svg.dataset.name, place.x, head - 14, 13, sheet.ink, 600));
    });
    if (cost) {
      cost.group.setAttribute("transform", `translate(${MARGIN} ${head + below + MARGIN})`);
      body.append(cost.group);
    }
    return onPage(body, { width, height }, { title, words, sheet, slide: slide === true });
  } finally {
    stage.remove();
  }
}

const MARGIN = 24;
const FOOT = 28;
/** A slide's page, in units. */
const SLIDE = { width: 1600, height: 900 };

function onPage(
  body: SVGElement,
  size: { width: number; height: number },
  { title, words, sheet, slide }: { title: string; words: string; sheet: Paper; slide: boolean },
): Picture {
  const { width, height } = slide ? SLIDE : size;
  if (slide) {
    const k = Math.min(SLIDE.width / size.width, SLIDE.height / size.height);
    const [x, y] = [(SLIDE.width - size.width * k) / 2, (SLIDE.height - size.height * k) / 2];
    body.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${k.toFixed(4)})`);
  }
  const root = svgElement("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  const ground = svgElement("rect", { width, height, fill: sheet.ground });
  root.append(svgElement("title", {}, title), svgElement("desc", {}, words), ground, body);
  return { svg: new XMLSerializer().serializeToString(root), width, height };
}

/** A copy of the element, of the same size, out of sight, under the scheme's tokens and without anything lit or dimmed. */
function copyOf(element: Element, scheme: Scheme): HTMLElement {
  const stage = document.createElement("div");
  stage.inert = true;
  Object.assign(stage.style, {
    position: "fixed",
    left: "-100000px",
    top: "0",
    colorScheme: scheme,
    width: `${element.getBoundingClientRect().width}px`,
  });
  const copy = element.cloneNode(true) as Element;
  for (const hot of copy.querySelectorAll("[data-hot]")) hot.removeAttribute("data-hot");
  if (copy.hasAttribute("data-hot")) copy.removeAttribute("data-hot");
  stage.append(copy);
  document.body.append(stage);
  // What arrives softly on the screen must not be taken along half arrived.
  for (const animation of stage.getAnimations({ subtree: true })) animation.finish();
  return stage;
}

/** A deep copy in which every element carries how it is drawn, and nothing that a style sheet would have to say. */
function frozen(source: SVGSVGElement): SVGSVGElement {
  const copy = source.cloneNode(true) as SVGSVGElement;
  const pairs: [Element, Element][] = [[source, copy]];
  for (let i = 0; i < pairs.length; i += 1) {
    const [from, to] = pairs[i]!;
    const style = getComputedStyle(from);
    for (const attribute of [...to.attributes])
      if (/^(class|style|data-.*|role|tabindex|aria-.*|id)$/.test(attribute.name)) to.removeAttribute(attribute.name);
    for (const name of DRAWN) {
      const value = style.getPropertyValue(name);
      if (value !== "") to.setAttribute(name === "text-decoration-line" ? "text-decoration" : name, value);
    }
    [...from.children].forEach((child, at) => {
      const twin = to.children[at];
      if (twin) pairs.push([child, twin]);
    });
  }
  // What is not drawn is not taken along: targets for the pointer, hidden words.
  for (const [from, to] of pairs) {
    const style = getComputedStyle(from);
    const invisible = style.display === "none" || /\bhit\b|hit-row/.test(from.getAttribute("class") ?? "");
    if (invisible && to.parentNode) to.remove();
  }
  return copy;
}

/** The same picture as PNG, at 1, 2 or 4 pixels a unit. */
export async function pngOf({ svg, width, height }: Picture, scale: 1 | 2 | 4): Promise<Uint8Array> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * scale;
    canvas.height = height * scale;
    const ctx = canvas.getContext("2d");
    if (!ctx) throw new Error("This window cannot draw a picture of that size; choose a smaller one.");
    ctx.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (!blob) throw new Error(`A picture of ${canvas.width} × ${canvas.height} pixels is too large; choose 1× or 2×.`);
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Base64 in chunks: a spread of a large array would overflow the stack. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** A file name from a pod's: nothing that a file system or a shell would take amiss. */
export const fileName = (words: string, ending: string): string => {
  const plain = words
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[-.]+|-+$/g, "")
    .slice(0, 80);
  return `${plain || "picture"}.${ending}`;
};
