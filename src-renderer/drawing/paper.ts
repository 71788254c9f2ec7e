/** What exported pictures are drawn on. Their colours stand in the file: nothing there knows our tokens. */

export const SVG = "http://www.w3.org/2000/svg";
export type Scheme = "light" | "dark";

export interface Paper {
  ground: string;
  ink: string;
  quiet: string;
}

/** --panel, --ink and --ink-3 of ui/tokens.css; the light ground is paper's own. */
export const paper = (scheme: Scheme): Paper =>
  scheme === "light"
    ? { ground: "#ffffff", ink: "#15191d", quiet: "#5a646e" }
    : { ground: "#16191c", ink: "#eceef0", quiet: "#a4adb6" };

/** An element of a picture with its attributes, and its text. */
export function svgElement(name: string, attributes: Record<string, string | number>, content?: string): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  if (content !== undefined) element.textContent = content;
  return element;
}

/** A line of text at its baseline. */
export const words = (content: string, x: number, y: number, size: number, fill: string, weight = 400): SVGElement =>
  svgElement(
    "text",
    { x, y, fill, "font-size": size, "font-weight": weight, "font-family": "Inter, system-ui, sans-serif" },
    content,
  );
