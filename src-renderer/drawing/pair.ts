/**
 * Two rail diagrams side by side: the same thing stands at the same place in both, what is the same fades, and crop
 * marks stand around what differs. Pure: two models in, two layouts and their marks out.
 */

import { NAMESPACE_TYPES, type NamespaceType } from "../../src-shared/model.ts";
import { itemKey } from "./item-key.ts";
import { layoutRails, othersShown, type RailsLayout, type RailsOptions } from "./rails.ts";
import type { RailsModel, RailsRow } from "./rails-model.ts";

/** One row of the pair: the same container on both sides, or one that only one side has. */
export interface PairRow {
  left: RailsRow | null;
  right: RailsRow | null;
}

export interface Crop {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PairSide {
  layout: RailsLayout;
  /** Keys, as the figure groups them, of what the other side has alike. */
  same: ReadonlySet<string>;
  crops: Crop[];
}

export interface Pair {
  rows: PairRow[];
  left: PairSide;
  right: PairSide;
}

const isSandbox = (row: RailsRow) => row.kind === "pause" || row.kind === "ghost" || row.kind === "dead";

/** Sandbox beside sandbox, containers of one name together, the rest side by side in their order. */
export function pairRows(left: RailsModel, right: RailsModel): PairRow[] {
  const rows: PairRow[] = [];
  const sandboxes = { left: left.rows.find(isSandbox) ?? null, right: right.rows.find(isSandbox) ?? null };
  if (sandboxes.left || sandboxes.right) rows.push(sandboxes);
  const rest = right.rows.filter((row) => row !== sandboxes.right);
  const alone: RailsRow[] = [];
  for (const row of left.rows) {
    if (row === sandboxes.left) continue;
    const at = rest.findIndex((other) => other.name === row.name);
    if (at >= 0) rows.push({ left: row, right: rest.splice(at, 1)[0]! });
    else alone.push(row);
  }
  for (let i = 0; i < Math.max(alone.length, rest.length); i += 1)
    rows.push({ left: alone[i] ?? null, right: rest[i] ?? null });
  return rows;
}

export function layoutPair(left: RailsModel, right: RailsModel, options: RailsOptions = {}): Pair {
  const rows = pairRows(left, right);
  const holds = (kind: "pin" | "fd") => [left, right].some(({ holders }) => holders.some((one) => one.kind === kind));
  const bands = {
    pin: holds("pin"),
    fd: holds("fd"),
    others: Math.max(othersShown(left.others).length, othersShown(right.others).length),
  };
  const slotsOf = (side: "left" | "right") => rows.map((row) => row[side]?.key ?? null);
  const shared = { ...options, bands };
  const first = [
    layoutRails(left, { ...shared, slots: slotsOf("left") }),
    layoutRails(right, { ...shared, slots: slotsOf("right") }),
  ] as const;
  const widths = widest(first);
  const layouts = {
    left: layoutRails(left, { ...shared, slots: slotsOf("left"), widths }),
    right: layoutRails(right, { ...shared, slots: slotsOf("right"), widths }),
  };
  const views = { left: viewOf(left, slotsOf("left")), right: viewOf(right, slotsOf("right")) };
  const differing = differences(views.left, views.right, rows.length);
  return {
    rows,
    left: sideOf(layouts.left, views.left, views.right, differing, slotsOf("left")),
    right: sideOf(layouts.right, views.right, views.left, differing, slotsOf("right")),
  };
}

function widest(layouts: readonly RailsLayout[]): Partial<Record<NamespaceType, number>> {
  const widths: Partial<Record<NamespaceType, number>> = {};
  for (const { columns } of layouts)
    columns.forEach((column, i) => {
      const next = columns[i + 1];
      if (next) widths[column.type] = Math.max(widths[column.type] ?? 0, next.x - column.x);
    });
  return widths;
}

/** What stands in each cell of one side, and what each namespace is to the whole pod. */
interface View {
  /** By slot and type: "shared", "private", "host", "?" or "" for nothing. */
  cells: Record<NamespaceType, string>[];
  sandbox: string;
  sandboxSlot: number;
  pinned: Record<NamespaceType, boolean>;
  /** Namespace id to what it does here: its style, the slots it joins, what holds it. */
  roles: Map<string, string>;
}

function viewOf(model: RailsModel, slots: readonly (string | null)[]): View {
  const rowOf = new Map(model.rows.map((row) => [row.key, row]));
  const spaces = new Map(model.spaces.map((space) => [space.id, space]));
  const perType = <T>(value: (type: NamespaceType) => T) =>
    Object.fromEntries(NAMESPACE_TYPES.map((type) => [type, value(type)])) as Record<NamespaceType, T>;
  const cells = slots.map((key) => {
    const row = key === null ? undefined : rowOf.get(key);
    return perType((type) => {
      if (row?.unread.includes(type)) return "?";
      const inodes = row?.members[type] ?? [];
      return inodes.map((inode) => spaces.get(`${type}:${inode}`)?.style ?? "").join("+");
    });
  });
  const roles = new Map<string, string>();
  for (const space of model.spaces) {
    // That pause, too, is in one of the node's own says nothing: whoever is gone is missed in the pod's, not there.
    const joined = slots.flatMap((key, slot) => {
      const row = key === null ? undefined : rowOf.get(key);
      if (!row?.members[space.type]?.includes(space.inode)) return [];
      return space.style === "host" && isSandbox(row) ? [] : [slot];
    });
    const holders = model.holders.filter(({ holds }) => holds === space.id).map(({ kind }) => kind);
    const leads = model.others.some(({ namespaces }) => namespaces.includes(space.id));
    roles.set(space.id, `${space.type} ${space.style} ${joined.join(",")} ${holders.sort().join(",")} ${leads}`);
  }
  return {
    cells,
    sandbox: model.rows.find(isSandbox)?.kind ?? "none",
    sandboxSlot: slots.findIndex((key) => key !== null && isSandbox(rowOf.get(key)!)),
    pinned: perType((type) => model.holders.some(({ kind, holds }) => kind === "pin" && holds.startsWith(`${type}:`))),
    roles,
  };
}

/** Cells that differ: slot −1 is the band of pins. A sandbox that holds and one that does not differ where they held. */
type Differing = Map<string, { slot: number; column: number; kind: string }>;

function differences(left: View, right: View, slots: number): Differing {
  const found: Differing = new Map();
  NAMESPACE_TYPES.forEach((type, column) => {
    if (left.pinned[type] !== right.pinned[type])
      found.set(`-1 ${column}`, { slot: -1, column, kind: left.pinned[type] ? "pin" : "no pin" });
    for (let slot = 0; slot < slots; slot += 1) {
      const [a, b] = [left.cells[slot]?.[type] ?? "", right.cells[slot]?.[type] ?? ""];
      const merelyHost =
        slot === left.sandboxSlot && slot === right.sandboxSlot && /^(host)?$/.test(a) && /^(host)?$/.test(b);
      if (a !== b && !merelyHost) found.set(`${slot} ${column}`, { slot, column, kind: `${a}|${b}` });
    }
  });
  return found;
}

function sideOf(
  layout: RailsLayout,
  own: View,
  other: View,
  differing: Differing,
  slots: readonly (string | null)[],
): PairSide {
  const same = new Set<string>();
  const alike = new Set(other.roles.values());
  for (const [id, role] of own.roles)
    if (alike.has(role)) {
      same.add(itemKey.space(id));
      for (const bead of layout.beads) if (bead.space === id) same.add(`bead:${bead.row}:${id}`);
    }
  for (const holder of layout.holders)
    if (same.has(itemKey.space(holder.space))) for (const key of holder.keys) same.add(key);
  if (layout.ground.every(({ spaces }) => spaces.every((id) => same.has(itemKey.space(id))))) same.add("host");
  if (own.sandbox === other.sandbox) for (const beam of layout.beams) same.add(beam.key);
  return { layout, same, crops: cropsOf(layout, differing, slots) };
}

/** Joins differing cells: down a column always, along a row where they differ in the same way. */
function regions(differing: Differing): { slot: number; column: number }[][] {
  const left = new Map(differing);
  const found: { slot: number; column: number }[][] = [];
  for (const [key, start] of differing) {
    if (!left.delete(key)) continue;
    const region = [start];
    for (let i = 0; i < region.length; i += 1) {
      const { slot, column, kind } = region[i] as typeof start;
      for (const [ds, dc] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        const next = left.get(`${slot + ds} ${column + dc}`);
        if (!next || (dc !== 0 && next.kind !== kind)) continue;
        left.delete(`${slot + ds} ${column + dc}`);
        region.push(next);
      }
    }
    found.push(region);
  }
  return found;
}

const HALF = 18;

function cropsOf(layout: RailsLayout, differing: Differing, slots: readonly (string | null)[]): Crop[] {
  const pinY = layout.holders.find(({ kind }) => kind === "pin")?.y;
  const top = Math.min(...Object.values(layout.rowAt), Number.POSITIVE_INFINITY);
  const firstSlot = slots.findIndex((key) => key !== null);
  const slotY = (slot: number): number =>
    slot < 0
      ? (pinY ?? top - firstSlot * layout.rowHeight - layout.rowHeight) + 4
      : top + (slot - firstSlot) * layout.rowHeight;
  const crops: Crop[] = [];
  for (const region of regions(differing)) {
    const xs = region.flatMap(({ column }) => {
      const at = layout.columns[column];
      const beads = layout.beads.filter(({ type }) => type === at?.type).map(({ x }) => x);
      return at ? [at.x + 9, ...beads] : [];
    });
    const ys = region.map(({ slot }) => slotY(slot));
    const crop = {
      x: Math.min(...xs) - HALF,
      y: Math.min(...ys) - HALF,
      width: Math.max(...xs) - Math.min(...xs) + 2 * HALF,
      height: Math.max(...ys) - Math.min(...ys) + 2 * HALF,
    };
    if (holdsSomething(layout, crop)) crops.push(crop);
  }
  return crops;
}

/** A mark around nothing says nothing: the other side shows what is missing here. */
function holdsSomething(layout: RailsLayout, { x, y, width, height }: Crop): boolean {
  const within = (at: { x: number; y: number }) => at.x >= x && at.x <= x + width && at.y >= y && at.y <= y + height;
  return (
    layout.beads.some(within) ||
    layout.holders.some(within) ||
    layout.beams.some((beam) =>
      beam.runs.some((run) => within({ x: run.x + run.width / 2, y: beam.y + beam.height / 2 })),
    )
  );
}

/** The four corners of a crop mark. */
export function cropPath({ x, y, width, height }: Crop): string {
  const [r, b] = [x + width, y + height];
  return `M${x} ${y + 7}V${y}H${x + 7}M${r - 7} ${y}H${r}V${y + 7}M${r} ${b - 7}V${b}H${r - 7}M${x + 7} ${b}H${x}V${b - 7}`;
}
