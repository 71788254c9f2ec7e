/**
 * Pictures to take away: an SVG that stands alone, in light tokens whatever the theme, so that it prints; the same as
 * PNG. Styles are computed once in a light copy of the picture and written into it; nothing in the file is loaded.
 */

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

const SVG = "http://www.w3.org/2000/svg";

export interface Picture {
  svg: string;
  width: number;
  height: number;
}

/**
 * One SVG from the pictures within an element, at the places they have on the screen. `title` and `words` are kept in
 * the file for who cannot see it; `caption` stands below: where it is from, and when. Throws when there is no picture.
 */
export function pictureOf(element: Element, title: string, words: string, caption: string): Picture {
  const stage = lightCopy(element);
  try {
    const drawn = [...stage.querySelectorAll<SVGSVGElement>("svg")].filter((svg) => !svg.parentElement?.closest("svg"));
    if (drawn.length === 0) throw new Error("There is no picture here to export.");
    const boxes = drawn.map((svg) => svg.getBoundingClientRect());
    const left = Math.min(...boxes.map((box) => box.left));
    const top = Math.min(...boxes.map((box) => box.top));
    const margin = 24;
    const named = drawn.some((svg) => svg.dataset.name !== undefined);
    const head = named ? 68 : 44;
    const foot = 28;
    const width = Math.ceil(Math.max(...boxes.map((box) => box.right)) - left + 2 * margin);
    const height = Math.ceil(Math.max(...boxes.map((box) => box.bottom)) - top + margin + head + foot);
    const root = document.createElementNS(SVG, "svg");
    root.setAttribute("xmlns", SVG);
    root.setAttribute("width", String(width));
    root.setAttribute("height", String(height));
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.setAttribute("role", "img");
    root.append(text("title", title), text("desc", words), ground(width, height));
    root.append(line(title, margin, 26, 14, 600), line(caption, margin, height - 14, 11, 400));
    drawn.forEach((svg, i) => {
      const box = boxes[i]!;
      const copy = frozen(svg);
      copy.setAttribute("x", String(box.left - left + margin));
      copy.setAttribute("y", String(box.top - top + head));
      copy.setAttribute("width", String(box.width));
      copy.setAttribute("height", String(box.height));
      copy.setAttribute("overflow", "visible");
      root.append(copy);
      if (svg.dataset.name !== undefined)
        root.append(line(svg.dataset.name, box.left - left + margin, head - 14, 13, 600));
    });
    return { svg: new XMLSerializer().serializeToString(root), width, height };
  } finally {
    stage.remove();
  }
}

/** A copy of the element, of the same size, out of sight, under light tokens and without anything lit or dimmed. */
function lightCopy(element: Element): HTMLElement {
  const stage = document.createElement("div");
  stage.inert = true;
  Object.assign(stage.style, {
    position: "fixed",
    left: "-100000px",
    top: "0",
    colorScheme: "light",
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

function text(name: "title" | "desc", words: string): SVGElement {
  const element = document.createElementNS(SVG, name);
  element.textContent = words;
  return element;
}

function ground(width: number, height: number): SVGElement {
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width, height, fill: "#ffffff" }))
    rect.setAttribute(name, String(value));
  return rect;
}

function line(words: string, x: number, y: number, size: number, weight: number): SVGElement {
  const element = document.createElementNS(SVG, "text");
  const style = {
    x,
    y,
    fill: weight > 500 ? "#15191d" : "#5a646e",
    "font-size": size,
    "font-weight": weight,
    "font-family": "system-ui, sans-serif",
  };
  for (const [name, value] of Object.entries(style)) element.setAttribute(name, String(value));
  element.textContent = words;
  return element;
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
