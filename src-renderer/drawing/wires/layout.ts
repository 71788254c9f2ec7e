/**
 * Where the wires of a node lie: uplinks above, from each a line down the left edge, on that the groups (a bridge, a
 * parent), and below each bridge the pods in rows, each row on a line of its own. World units are pixels at zoom 1.
 */

import type { Plug, WireGroup, WirePlan } from "../../../src-shared/questions/wire-plan.ts";
import type { Box, Size } from "../camera.ts";
import { itemKey } from "../item-key.ts";

export const TILE = { width: 138, height: 38 };
export const PITCH = { x: 152, y: 66 };
export const BAR = { width: 210, height: 40 };
const GAP = 30;
const UPLINK_GAP = 12;
/** Below a bar to the first row's line. */
const DROP = 16;
/** From a row's line to its tiles. */
const STUB = 14;
/** Where a wire enters its tile, from the left. */
export const ENTRY = 14;

export interface PlacedGroup extends Box {
  group: WireGroup;
  /** The line that leads down from the bar to its rows. */
  trunk: number;
  rows: number;
  /** Of its uplink's line; undefined: it leads nowhere. */
  uplink?: number;
}

export interface PlacedUplink extends Box {
  key: string;
  name: string;
  says: string;
  trunk: number;
  /** How far its line reaches down. */
  end: number;
}

export interface WireLayout extends Size {
  columns: number;
  uplinks: PlacedUplink[];
  groups: PlacedGroup[];
  /** Where a plug is: its group and its place there. */
  at: Map<string, { place: PlacedGroup; i: number }>;
  /** The plugs of a pod, by its key in a selection. */
  ofPod: Map<string, string[]>;
}

/** @param aspect how much wider than high the plane is */
export function layoutWires(plan: WirePlan, aspect: number): WireLayout {
  const left = 14 + plan.uplinks.length * UPLINK_GAP;
  const top = plan.uplinks.length * (BAR.height + UPLINK_GAP) + (plan.uplinks.length > 0 ? GAP - UPLINK_GAP : 0);
  const most = Math.max(1, ...plan.groups.map(({ plugs }) => plugs.length));
  const heightAt = (columns: number) =>
    plan.groups.reduce((sum, { plugs }) => sum + groupHeight(plugs.length, columns), top);
  let columns = Math.min(4, most);
  while (columns < most && left + columns * PITCH.x < aspect * heightAt(columns)) columns += 1;
  const trunks = new Map(plan.uplinks.map(({ key }, i) => [key, 8 + i * UPLINK_GAP]));
  const layout: WireLayout = {
    columns,
    width: left + ENTRY + Math.max(columns * PITCH.x, BAR.width * 2),
    height: heightAt(columns),
    uplinks: [],
    groups: [],
    at: new Map(),
    ofPod: new Map(),
  };
  let y = top;
  for (const group of plan.groups) {
    const uplink = group.uplink === undefined ? undefined : trunks.get(group.uplink);
    const rows = Math.ceil(group.plugs.length / columns);
    const place: PlacedGroup = {
      group,
      x: left,
      y,
      ...BAR,
      trunk: left + 8,
      rows,
      ...(uplink === undefined ? {} : { uplink }),
    };
    layout.groups.push(place);
    for (const [i, { key, pod }] of group.plugs.entries()) {
      layout.at.set(key, { place, i });
      const item = itemKey.pod(pod.key);
      const keys = layout.ofPod.get(item);
      if (keys) keys.push(key);
      else layout.ofPod.set(item, [key]);
    }
    y += groupHeight(group.plugs.length, columns);
  }
  layout.uplinks = plan.uplinks.map(({ key, name, says }, i) => {
    const trunk = trunks.get(key)!;
    const last = layout.groups.filter((place) => place.uplink === trunk).at(-1);
    const box = { x: left, y: i * (BAR.height + UPLINK_GAP), ...BAR };
    return { key, name, says, trunk, end: last ? last.y + BAR.height / 2 : box.y + BAR.height / 2, ...box };
  });
  return layout;
}

const groupHeight = (plugs: number, columns: number): number =>
  BAR.height + DROP + Math.ceil(plugs / columns) * PITCH.y + GAP;

/** The line of a row. */
export const busY = (place: PlacedGroup, row: number): number => place.y + BAR.height + DROP + row * PITCH.y;

export function tileBox(layout: WireLayout, place: PlacedGroup, i: number): Box {
  const row = Math.floor(i / layout.columns);
  return { x: place.trunk + ENTRY + (i % layout.columns) * PITCH.x, y: busY(place, row) + STUB, ...TILE };
}

export const boxOf = (layout: WireLayout, key: string): Box | undefined => {
  const at = layout.at.get(key);
  return at && tileBox(layout, at.place, at.i);
};

export const plugOf = (layout: WireLayout, key: string): { plug: Plug; group: WireGroup } | undefined => {
  const at = layout.at.get(key);
  return at && { plug: at.place.group.plugs[at.i]!, group: at.place.group };
};

/** The plug at a point; its wire up to the row's line counts as it. */
export function plugAt(layout: WireLayout, x: number, y: number): string | null {
  for (const place of layout.groups) {
    const row = Math.floor((y - busY(place, 0)) / PITCH.y);
    const column = Math.floor((x - place.trunk - ENTRY) / PITCH.x);
    if (row < 0 || row >= place.rows || column < 0 || column >= layout.columns) continue;
    const i = row * layout.columns + column;
    const plug = place.group.plugs[i];
    const box = tileBox(layout, place, i);
    if (plug && x <= box.x + box.width && y <= box.y + box.height) return plug.key;
  }
  return null;
}

/** Along the rows, and from the last row of a group to the next. */
export function nextPlug(
  layout: WireLayout,
  from: string | null,
  direction: "left" | "right" | "up" | "down",
): string | null {
  const at = from === null ? undefined : layout.at.get(from);
  if (!at) return layout.groups[0]?.group.plugs[0]?.key ?? null;
  const { place, i } = at;
  const { plugs } = place.group;
  const column = i % layout.columns;
  if (direction === "left") return column > 0 ? plugs[i - 1]!.key : from;
  if (direction === "right") return column + 1 < layout.columns && i + 1 < plugs.length ? plugs[i + 1]!.key : from;
  const other = layout.groups[layout.groups.indexOf(place) + (direction === "up" ? -1 : 1)];
  if (direction === "up") {
    if (i >= layout.columns) return plugs[i - layout.columns]!.key;
    if (!other) return from;
    const last = other.group.plugs.length - 1;
    return other.group.plugs[Math.min(last, Math.floor(last / layout.columns) * layout.columns + column)]!.key;
  }
  if (Math.floor(i / layout.columns) + 1 < place.rows)
    return plugs[Math.min(plugs.length - 1, i + layout.columns)]!.key;
  return other ? other.group.plugs[Math.min(other.group.plugs.length - 1, column)]!.key : from;
}
