/**
 * Places for the rail diagram: rows are containers, columns are namespace types, a rail is one namespace, a bead one
 * membership. What holds stands above, the node lies below. Pure: the same model and options give the same picture.
 *
 * Rails never cross: each is a vertical line, and two that overlap in height stand in different lanes of their column.
 */
import { NAMESPACE_TYPES, type NamespaceType } from "../../src-shared/model.ts";
import { type Column, columnsOf } from "./rails-columns.ts";
import type { RailsModel, RailsOther, RailsRow } from "./rails-model.ts";
import { bandWords, gutterFor, holderGroups, othersShown, type Places, placesOf } from "./rails-places.ts";
import type { Bead, Beam, HeldBy, Label, Rail, RailsLayout, RailsOptions, Square } from "./rails-types.ts";

export { othersShown } from "./rails-places.ts";
export * from "./rails-types.ts";

/** All that a part of the picture needs to find its place. */
interface Frame {
  model: RailsModel;
  types: readonly NamespaceType[];
  columns: Column[];
  places: Places;
  others: RailsOther[];
  /** Radius of a bead. */
  r: number;
  shared: ReadonlySet<string>;
  /** Where a namespace stands, if its column is drawn. */
  at: (space: string) => { column: Column; x: number } | undefined;
}

/** Containers whose beam must reach over a column: the sandbox's own, or, when it is gone, what the pod shares. */
const heldTypes = (row: RailsRow, model: RailsModel, shared: ReadonlySet<string>): string[] =>
  row.kind === "pause"
    ? NAMESPACE_TYPES.flatMap((type) => (row.members[type] ?? []).map((inode) => `${type}:${inode}`)).filter((id) =>
        shared.has(id),
      )
    : model.spaces.filter(({ style, type }) => style === "shared" && type !== "mnt").map(({ id }) => id);

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

function beamsOf({ model, columns, places, r, shared, at }: Frame): Beam[] {
  return model.rows.flatMap((row): Beam[] => {
    if (row.kind !== "pause" && row.kind !== "ghost" && row.kind !== "dead") return [];
    const xs = heldTypes(row, model, shared).flatMap((id) => {
      const place = at(id);
      return place ? [{ index: columns.indexOf(place.column), x: place.x }] : [];
    });
    const half = r + 5;
    const y = places.rowAt[row.key]! - half;
    return xs.length === 0 ? [] : [{ key: row.key, kind: row.kind, runs: runsOf(xs, half), y, height: 2 * half }];
  });
}

function beadsOf({ model, types, columns, places, r, at }: Frame): Bead[] {
  const spaces = new Map(model.spaces.map((space) => [space.id, space]));
  const beads: Bead[] = [];
  for (const row of model.rows)
    for (const type of types) {
      const y = places.rowAt[row.key]!;
      for (const inode of row.members[type] ?? []) {
        const id = `${type}:${inode}`;
        const style = spaces.get(id)?.style;
        const place = at(id);
        if (style === undefined || place === undefined) continue;
        const shared = style === "shared";
        const onBeam = row.kind === "pause" && shared;
        beads.push({ row: row.key, space: id, type, inode, style, x: place.x, y, r: shared ? r + 1 : r, onBeam });
      }
      const column = columns.find((one) => one.type === type);
      if (row.unread.includes(type) && column) {
        const { x } = column;
        beads.push({ row: row.key, space: `${type}:?`, type, inode: 0, style: "unread", x, y, r, onBeam: false });
      }
    }
  return beads;
}

function heldByOf({ model, places, at }: Frame): HeldBy[] {
  const bands = [
    { kind: "pin", y: places.pinAt },
    { kind: "fd", y: places.fdAt },
  ] as const;
  return bands.flatMap(({ kind, y }) =>
    [...holderGroups(model.holders, kind)].flatMap(([space, list]): HeldBy[] => {
      const place = at(space);
      if (place === undefined || y === undefined) return [];
      const keys = list.map(({ key }) => key);
      return [{ key: keys[0]!, keys, kind, space, x: place.x, y, names: list.map(({ name }) => name) }];
    }),
  );
}

const squaresOf = ({ others, places, r, at }: Frame): Square[] =>
  others.flatMap((other) =>
    other.namespaces.flatMap((space) => {
      const place = at(space);
      const y = places.othersAt.get(other.key);
      return place && y !== undefined ? [{ other: other.key, space, type: place.column.type, x: place.x, y, r }] : [];
    }),
  );

/** From the uppermost to the lowest thing that touches the namespace; one thing alone needs no rail. */
function railsOf(
  { model, places, at }: Frame,
  parts: { beads: Bead[]; holders: HeldBy[]; squares: Square[]; beams: Beam[] },
): Rail[] {
  return model.spaces.flatMap((space): Rail[] => {
    const place = at(space.id);
    if (place === undefined) return [];
    const ys = parts.beads.filter((bead) => bead.space === space.id).map(({ y }) => y);
    for (const { space: id, y, kind } of parts.holders) if (id === space.id) ys.push(y + (kind === "pin" ? 8 : 6));
    for (const square of parts.squares) if (square.space === space.id) ys.push(square.y);
    if (space.style === "host" && ys.length > 0) ys.push(places.groundAt);
    // What was the sandbox's passes through its outline, even with nobody left below it.
    for (const beam of parts.beams)
      if (beam.kind !== "pause" && ys.length > 0 && space.style === "shared") ys.push(beam.y + beam.height / 2);
    const top = Math.min(...ys);
    const bottom = Math.max(...ys);
    const lane = place.column.laneOf.get(space.id) ?? 0;
    return bottom > top
      ? [{ space: space.id, type: space.type, style: space.style, x: place.x, top, bottom, lane }]
      : [];
  });
}

function labelsOf({ model, places, others }: Frame, grounded: boolean): Label[] {
  const labels: Label[] = [];
  const band = (kind: "pin" | "fd", key: string, y: number | undefined) => {
    if (y !== undefined) labels.push({ key, kind, ...bandWords(kind, holderGroups(model.holders, kind)), x: 0, y });
  };
  band("pin", "pins", places.pinAt === undefined ? undefined : places.pinAt + 4);
  band("fd", "fds", places.fdAt === undefined ? undefined : places.fdAt + 2);
  for (const { key, kind, name, note } of model.rows)
    labels.push({ key, kind, name, note, x: 0, y: places.rowAt[key]! });
  for (const { key, name, note } of others)
    labels.push({ key, kind: "other", name, note, x: 0, y: places.othersAt.get(key)! });
  if (grounded)
    labels.push({ key: "host", kind: "node", name: model.node, note: "the node's own", x: 0, y: places.groundAt + 1 });
  return labels;
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

export function layoutRails(model: RailsModel, options: RailsOptions = {}): RailsLayout {
  const others = othersShown(model.others);
  const places = placesOf(model, options, others);
  const gutter = options.gutter ?? gutterFor(model);
  const r = places.row >= 40 ? 9 : places.row >= 32 ? 8 : 7;
  const types = options.types ?? NAMESPACE_TYPES;
  const columns = columnsOf(model, types, others, { gutter, pitch: options.pitch ?? 58, r });
  const placeOf = new Map(columns.flatMap((column) => [...column.xOf].map(([id, x]) => [id, { column, x }] as const)));
  const shared = new Set(model.spaces.filter(({ style }) => style === "shared").map(({ id }) => id));
  const frame: Frame = { model, types, columns, places, others, r, shared, at: (id) => placeOf.get(id) };
  const beams = beamsOf(frame);
  const beads = beadsOf(frame);
  const holders = heldByOf(frame);
  const squares = squaresOf(frame);
  const rails = railsOf(frame, { beads, holders, squares, beams });
  const grounded = rails.filter(({ style }) => style === "host");
  const width = (columns.at(-1)?.right ?? gutter) + 4;
  const spacesOf = (type: NamespaceType) => model.spaces.filter((space) => space.type === type).map(({ id }) => id);
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
      spaces: spacesOf(type),
      shared: spacesOf(type).filter((id) => shared.has(id)),
    })),
    staffs: model.rows
      .filter(({ kind }) => kind !== "ended")
      .map(({ key }) => ({ row: key, x1: gutter, x2: width - 4, y: places.rowAt[key]! })),
    labels: labelsOf(frame, grounded.length > 0),
    rails,
    beads,
    beams,
    holders,
    ledges: holders.filter(({ kind }) => kind === "pin").map(({ x, y }) => ({ x1: x - 20, x2: x + 20, y })),
    squares,
    ground: groundRuns(grounded, places.groundAt),
    rowHeight: places.row,
    rowAt: places.rowAt,
  };
}
