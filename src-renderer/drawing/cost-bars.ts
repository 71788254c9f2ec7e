/** What each of two sides costs, as pairs of bars for an exported picture: solid left, outlined right. */
import { type Paper, svgElement, words } from "./paper.ts";

export interface CostBar {
  title: string;
  left: { value: number; words: string };
  right: { value: number; words: string };
}

export interface Costs {
  left: string;
  right: string;
  rows: readonly CostBar[];
}

const LEGEND = 24;
const ROW = 50;
const GAP = 32;
const LEAST = 200;

export function costBars(
  { left: leftName, right: rightName, rows }: Costs,
  width: number,
  { ink, quiet }: Paper,
): { group: SVGElement; height: number } {
  const columns = Math.max(1, Math.min(4, Math.floor((width + GAP) / (LEAST + GAP))));
  const column = (width - GAP * (columns - 1)) / columns;
  const group = svgElement("g", {});
  const edge = 18 + Math.min(width / 2, leftName.length * 7 + 24);
  group.append(
    svgElement("rect", { x: 0, y: 0, width: 9, height: 9, rx: 2, fill: ink }),
    words(leftName, 15, 9, 12, ink, 600),
    svgElement("rect", { x: edge + 0.5, y: 0.5, width: 8, height: 8, rx: 2, fill: "none", stroke: ink }),
    words(rightName, edge + 15, 9, 12, ink, 600),
  );
  rows.forEach(({ title, left, right }, i) => {
    const x = (i % columns) * (column + GAP);
    const y = LEGEND + Math.floor(i / columns) * ROW;
    const most = Math.max(left.value, right.value, 1e-9);
    group.append(words(title, x, y + 10, 11, quiet));
    [left, right].forEach((side, at) => {
      const long = Math.max(1.5, (side.value / most) * (column - 60));
      const top = y + 15 + at * 14;
      const drawn: Record<string, string> = at === 0 ? { fill: ink } : { fill: "none", stroke: ink };
      const inset = at === 0 ? 0 : 0.5;
      group.append(
        svgElement("rect", { x: x + inset, y: top + inset, width: long, height: 10 - 2 * inset, rx: 2, ...drawn }),
        words(side.words, x + long + 6, top + 9, 11, ink),
      );
    });
  });
  return { group, height: LEGEND + Math.ceil(rows.length / columns) * ROW };
}
