/** What the whole-node picture is painted from, and how near one looks. */
import type { Size } from "../camera.ts";
import type { Theme } from "../theme.ts";
import type { NodeLayout } from "./layout.ts";
import type { Measure } from "./measure.ts";
import type { Tile } from "./tile.ts";

export type Detail = "speck" | "tile" | "name" | "figure";

/** Thresholds where the next thing becomes readable: 3 px beads, 10 px names, 9 px letters with process names. */
export const detailAt = (k: number): Detail => (k < 0.42 ? "speck" : k < 1.55 ? "tile" : k < 4.2 ? "name" : "figure");

export interface Scene {
  layout: NodeLayout;
  tiles: ReadonlyMap<string, Tile>;
  measure: Measure;
  nodeBytes: number;
  /** A first look: what is in the pods is not known yet, each is a block in its place. */
  plain?: boolean;
  /** Keys of tiles with a finding that must be seen: they have names at every zoom. */
  ofMatter: ReadonlySet<string>;
}

export const tilesOfMatter = (tiles: Iterable<Tile>): Set<string> => {
  const found = new Set<string>();
  for (const { key, severity } of tiles) if (severity === "critical" || severity === "warning") found.add(key);
  return found;
};

export interface Emphasis {
  selected: string | null;
  /** Under the pointer, with all that touches it; null: nothing is dimmed. */
  lit: ReadonlySet<string> | null;
  /** Search hits have names at every zoom. */
  found: ReadonlySet<string>;
  /** Keyboard focus is in the picture: the selected tile gets the focus ring. */
  focused: boolean;
  /** What comes or has just gone, with its opacity. */
  faded: ReadonlyMap<string, number>;
  /** The zoom is changing. */
  moving: boolean;
}

export const opacity = (key: string, theme: Theme, { lit, faded }: Emphasis): number =>
  (lit && !lit.has(key) ? theme.dim : 1) * (faded.get(key) ?? 1);

export interface Canvas {
  ctx: CanvasRenderingContext2D;
  size: Size;
  dpr: number;
}
