/** What the rail diagram is made of once everything has its place. */
import type { NamespaceType } from "../../src-shared/model.ts";
import type { RailsHolder, RailsSpace, RowKind } from "./rails-model.ts";

export const LETTERS: Record<NamespaceType, string> = {
  net: "N",
  ipc: "I",
  uts: "U",
  pid: "P",
  mnt: "M",
  cgroup: "C",
  user: "@",
  time: "T",
};

export interface RailsOptions {
  /** Width of the names' column. */
  gutter?: number;
  pitch?: number;
  /** Height of a row; by default 50 for few rows down to 27 for twelve. */
  row?: number;
  types?: readonly NamespaceType[];
  /** Last digits of private inodes beside their beads. */
  digits?: boolean;
  /** "shared", "private" under the columns' names. */
  words?: boolean;
  /** Draw the bands for pins, open files and other pods even where there are none, so that two pictures align. */
  bands?: { pin?: boolean; fd?: boolean; others?: number };
  /** Keys of rows in their places, null for a place left free: two pictures side by side have the same places. */
  slots?: readonly (string | null)[];
  /** Least widths of columns, for the same reason. */
  widths?: Partial<Record<NamespaceType, number>>;
}

export interface Bead {
  row: string;
  space: string;
  type: NamespaceType;
  inode: number;
  style: RailsSpace["style"] | "unread";
  x: number;
  y: number;
  r: number;
  onBeam: boolean;
}

export interface Rail {
  space: string;
  type: NamespaceType;
  style: RailsSpace["style"];
  x: number;
  top: number;
  bottom: number;
  lane: number;
}

export interface Label {
  key: string;
  kind: RowKind | "pin" | "fd" | "other" | "node";
  name: string;
  note: string;
  x: number;
  y: number;
}

export interface Beam {
  key: string;
  kind: "pause" | "ghost" | "dead";
  /** One stretch for each run of columns that it holds, left to right. */
  runs: { x: number; width: number /** Where a dead one breaks: between its first two rails. */; breakAt: number }[];
  y: number;
  height: number;
}

export interface HeldBy {
  key: string;
  keys: string[];
  kind: RailsHolder["kind"];
  space: string;
  x: number;
  y: number;
  names: string[];
}

export interface Square {
  other: string;
  space: string;
  type: NamespaceType;
  x: number;
  y: number;
  r: number;
}

export interface RailsLayout {
  podKey: string;
  /** Width of the names' column. */
  gutter: number;
  digits: boolean;
  width: number;
  height: number;
  columns: { type: NamespaceType; x: number; y: number; words: string; spaces: string[]; shared: string[] }[];
  staffs: { row: string; x1: number; x2: number; y: number }[];
  labels: Label[];
  rails: Rail[];
  beads: Bead[];
  beams: Beam[];
  holders: HeldBy[];
  ledges: { x1: number; x2: number; y: number }[];
  squares: Square[];
  ground: { x1: number; x2: number; y: number; spaces: string[] }[];
  rowHeight: number;
  /** The rows' heights, for what stands beside the picture. */
  rowAt: Record<string, number>;
}
