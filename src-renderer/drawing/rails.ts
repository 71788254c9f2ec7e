/**
 * Places for the rail diagram: rows are containers, columns are namespace types, a rail is one namespace, a bead one
 * membership. What holds stands above, the node lies below. Pure: the same model and options give the same picture.
 *
 * Rails never cross: each is a vertical line, and two that overlap in height stand in different lanes of their column.
 */
import { NAMESPACE_TYPES, type NamespaceType } from "../../src-shared/model.ts";
import { type Column, columnsOf } from "./rails-columns.ts";
import type { RailsHolder, RailsModel, RailsOther, RailsRow, RailsSpace, RowKind } from "./rails-model.ts";
import { textWidth } from "./text-width.ts";

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

const HEAD = 38;
const BAND = 44;
const OTHER = 26;

export const rowHeight = (rows: number): number => (rows <= 4 ? 50 : rows <= 6 ? 42 : rows <= 9 ? 34 : 27);

/** Containers whose beam must reach over a column: the sandbox's own, or, when it is gone, what the pod shares. */
const heldTypes = (row: RailsRow, model: RailsModel, shared: ReadonlySet<string>): string[] =>
  row.kind === "pause"
    ? NAMESPACE_TYPES.flatMap((type) => (row.members[type] ?? []).map((inode) => `${type}:${inode}`)).filter((id) =>
        shared.has(id),
      )
    : model.spaces.filter(({ style, type }) => style === "shared" && type !== "mnt").map(({ id }) => id);

/** Wide enough for the names and pids that stand there, within reason; longer ones are cut and told on hover. */
function gutterFor(model: RailsModel): number {
  const widths = model.rows.map(({ name, note }) => Math.max(textWidth(name, 13), textWidth(note, 10, true)));
  return Math.round(Math.min(200, Math.max(142, ...widths.map((width) => width + 34))));
}

/** Neighbouring columns make one stretch of beam. */
function runsOf(xs: { index: number; x: number }[], half: number): Beam["runs"] {
  const runs: { from: number; to: number; second?: number; last: number }[] = [];
  for (const { index, x } of xs) {
    const run = runs.at(-1);
    if (run && index - run.last <= 1) {
      run.to = Math.max(run.to, x);
      run.second ??= x;
      run.last = index;
    } else runs.push({ from: x, to: x, last: index });
  }
  return runs.map(({ from, to, second }) => ({
    x: from - half,
    width: to - from + 2 * half,
    breakAt: second === undefined ? from : (from + second) / 2,
  }));
}

function holderGroups(holders: readonly RailsHolder[], kind: RailsHolder["kind"]): Map<string, RailsHolder[]> {
  const groups = new Map<string, RailsHolder[]>();
  for (const holder of holders)
    if (holder.kind === kind) groups.set(holder.holds, [...(groups.get(holder.holds) ?? []), holder]);
  return groups;
}

const last = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function bandWords(kind: "pin" | "fd", groups: Map<string, RailsHolder[]>): { name: string; note: string } {
  const all = [...groups.values()].flat();
  const names = [...new Set(all.map(({ name }) => name))];
  const first = names[0] ?? "";
  const name = kind === "pin" ? (names.length > 1 ? "pins" : "pin") : names.length > 1 ? "open files" : "open file";
  if (names.length <= 1) return { name, note: first };
  const folder = first.slice(0, first.lastIndexOf("/") + 1);
  const together = kind === "pin" && folder.length > 1 && names.every((path) => path.startsWith(folder));
  return { name, note: together ? `${folder}{${names.map(last).join(",")}}` : `${names.length} of them` };
}

interface Places {
  rowAt: Record<string, number>;
  pinAt?: number;
  fdAt?: number;
  othersAt: Map<string, number>;
  groundAt: number;
  height: number;
  row: number;
}

function placesOf(model: RailsModel, options: RailsOptions, shownOthers: readonly RailsOther[]): Places {
  const slots = options.slots ?? model.rows.map(({ key }) => key);
  const row = options.row ?? rowHeight(slots.length);
  let y = HEAD;
  const places: Places = { rowAt: {}, othersAt: new Map(), groundAt: 0, height: 0, row };
  if (options.bands?.pin || model.holders.some(({ kind }) => kind === "pin")) {
    places.pinAt = y + 22;
    y += BAND;
  }
  if (options.bands?.fd || model.holders.some(({ kind }) => kind === "fd")) {
    places.fdAt = y + 20;
    y += BAND - 4;
  }
  for (const key of slots) {
    if (key !== null) places.rowAt[key] = y + row / 2;
    y += row;
  }
  const count = Math.max(options.bands?.others ?? 0, shownOthers.length);
  shownOthers.forEach((other, i) => {
    places.othersAt.set(other.key, y + OTHER / 2 + i * OTHER);
  });
  y += count * OTHER;
  places.groundAt = y + 14;
  places.height = y + 34;
  return places;
}

/** Other pods beyond this many are counted, not drawn. */
export const OTHERS = 4;

export function othersShown(others: readonly RailsOther[]): RailsOther[] {
  if (others.length <= OTHERS) return [...others];
  const rest = others.slice(OTHERS - 1);
  return [
    ...others.slice(0, OTHERS - 1),
    {
      key: "others",
      name: `${rest.length} more`,
      note: "other pods and containers",
      namespaces: [...new Set(rest.flatMap(({ namespaces }) => namespaces))],
    },
  ];
}

export function layoutRails(model: RailsModel, options: RailsOptions = {}): RailsLayout {
  const others = othersShown(model.others);
  const places = placesOf(model, options, others);
  const gutter = options.gutter ?? gutterFor(model);
  const r = places.row >= 40 ? 9 : places.row >= 32 ? 8 : 7;
  const types = options.types ?? NAMESPACE_TYPES;
  const columns = columnsOf(model, types, others, { gutter, pitch: options.pitch ?? 58, r }, options.widths);
  const at = (id: string): { column: Column; x: number } | undefined => {
    for (const column of columns) {
      const x = column.xOf.get(id);
      if (x !== undefined) return { column, x };
    }
    return undefined;
  };
  const shared = new Set(model.spaces.filter(({ style }) => style === "shared").map(({ id }) => id));
  const width = (columns.at(-1)?.right ?? gutter) + 4;

  const beams: Beam[] = [];
  for (const row of model.rows) {
    if (row.kind !== "pause" && row.kind !== "ghost" && row.kind !== "dead") continue;
    const xs = heldTypes(row, model, shared).flatMap((id) => {
      const place = at(id);
      return place ? [{ index: columns.indexOf(place.column), x: place.x }] : [];
    });
    if (xs.length === 0) continue;
    const half = r + 5;
    beams.push({
      key: row.key,
      kind: row.kind,
      runs: runsOf(xs, half),
      y: places.rowAt[row.key]! - half,
      height: 2 * half,
    });
  }

  const beads: Bead[] = [];
  for (const row of model.rows)
    for (const type of types) {
      const y = places.rowAt[row.key]!;
      for (const inode of row.members[type] ?? []) {
        const space = model.spaces.find(({ id }) => id === `${type}:${inode}`);
        const place = space && at(space.id);
        if (!space || !place) continue;
        const onBeam = row.kind === "pause" && space.style === "shared";
        const radius = space.style === "shared" ? r + 1 : r;
        beads.push({
          row: row.key,
          space: space.id,
          type,
          inode,
          style: space.style,
          x: place.x,
          y,
          r: radius,
          onBeam,
        });
      }
      const column = columns.find((one) => one.type === type);
      if (row.unread.includes(type) && column)
        beads.push({
          row: row.key,
          space: `${type}:?`,
          type,
          inode: 0,
          style: "unread",
          x: column.x,
          y,
          r,
          onBeam: false,
        });
    }

  const pins = holderGroups(model.holders, "pin");
  const fds = holderGroups(model.holders, "fd");
  const holders: HeldBy[] = [];
  const ledges: RailsLayout["ledges"] = [];
  for (const [kind, groups, y] of [
    ["pin", pins, places.pinAt],
    ["fd", fds, places.fdAt],
  ] as const)
    for (const [space, list] of groups) {
      const place = at(space);
      if (place === undefined || y === undefined) continue;
      const names = list.map(({ name }) => name);
      holders.push({ key: list[0]!.key, keys: list.map(({ key }) => key), kind, space, x: place.x, y, names });
      if (kind === "pin") ledges.push({ x1: place.x - 20, x2: place.x + 20, y });
    }

  const squares: Square[] = others.flatMap((other) =>
    other.namespaces.flatMap((space) => {
      const place = at(space);
      const y = places.othersAt.get(other.key);
      return place && y !== undefined ? [{ other: other.key, space, type: place.column.type, x: place.x, y, r }] : [];
    }),
  );

  const rails: Rail[] = model.spaces.flatMap((space) => {
    const place = at(space.id);
    if (place === undefined) return [];
    const ys = beads.filter((bead) => bead.space === space.id).map(({ y }) => y);
    for (const holder of holders) if (holder.space === space.id) ys.push(holder.y + (holder.kind === "pin" ? 8 : 6));
    for (const square of squares) if (square.space === space.id) ys.push(square.y);
    if (space.style === "host" && ys.length > 0) ys.push(places.groundAt);
    // A pinned namespace of a dropped sandbox passes through the outline even with nobody left below it.
    for (const beam of beams)
      if (beam.kind !== "pause" && ys.length > 0 && space.style === "shared") ys.push(beam.y + beam.height / 2);
    if (ys.length < 2) return [];
    const top = Math.min(...ys);
    const bottom = Math.max(...ys);
    const lane = place.column.laneOf.get(space.id) ?? 0;
    return top === bottom
      ? []
      : [{ space: space.id, type: space.type, style: space.style, x: place.x, top, bottom, lane }];
  });

  const labels: Label[] = [];
  if (places.pinAt !== undefined)
    labels.push({ key: "pins", kind: "pin", ...bandWords("pin", pins), x: 0, y: places.pinAt + 4 });
  if (places.fdAt !== undefined)
    labels.push({ key: "fds", kind: "fd", ...bandWords("fd", fds), x: 0, y: places.fdAt + 2 });
  for (const row of model.rows)
    labels.push({ key: row.key, kind: row.kind, name: row.name, note: row.note, x: 0, y: places.rowAt[row.key]! });
  for (const other of others)
    labels.push({
      key: other.key,
      kind: "other",
      name: other.name,
      note: other.note,
      x: 0,
      y: places.othersAt.get(other.key)!,
    });
  const grounded = rails.filter(({ style }) => style === "host");
  if (grounded.length > 0)
    labels.push({ key: "host", kind: "node", name: model.node, note: "the node's own", x: 0, y: places.groundAt + 1 });

  return {
    podKey: model.podKey,
    gutter,
    digits: options.digits ?? true,
    width,
    height: places.height,
    columns: columns.map(({ type, x, words }) => ({
      type,
      x: x - 9,
      y: 14,
      words: options.words === false ? "" : words,
      spaces: model.spaces.filter((space) => space.type === type).map(({ id }) => id),
      shared: model.spaces.filter((space) => space.type === type && shared.has(space.id)).map(({ id }) => id),
    })),
    staffs: model.rows
      .filter(({ kind }) => kind !== "ended")
      .map(({ key }) => ({ row: key, x1: gutter, x2: width - 4, y: places.rowAt[key]! })),
    labels,
    rails,
    beads,
    beams,
    holders,
    ledges,
    squares,
    ground: groundRuns(grounded, places.groundAt),
    rowHeight: places.row,
    rowAt: places.rowAt,
  };
}

/** One piece of hatched ground under each group of neighbouring host rails. */
function groundRuns(rails: readonly Rail[], y: number): RailsLayout["ground"] {
  const runs: RailsLayout["ground"] = [];
  for (const rail of [...rails].sort((a, b) => a.x - b.x)) {
    const run = runs.at(-1);
    if (run && rail.x - run.x2 < 62) {
      run.x2 = rail.x + 14;
      run.spaces.push(rail.space);
    } else runs.push({ x1: rail.x - 14, x2: rail.x + 14, y, spaces: [rail.space] });
  }
  return runs;
}
