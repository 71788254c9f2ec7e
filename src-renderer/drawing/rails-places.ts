/** Heights of the rail diagram: bands for what holds, rows, other pods, the ground; and how wide the names are. */
import type { RailsHolder, RailsModel, RailsOther } from "./rails-model.ts";
import type { RailsOptions } from "./rails-types.ts";
import { textWidth } from "./text-width.ts";

const HEAD = 38;
const BAND = 44;
const OTHER = 26;

const rowHeight = (rows: number): number => (rows <= 4 ? 50 : rows <= 6 ? 42 : rows <= 9 ? 34 : 27);

/** Wide enough for the names and pids that stand there, within reason; longer ones are cut and told on hover. */
export function gutterFor(model: RailsModel): number {
  const widths = model.rows.map(({ name, note }) => Math.max(textWidth(name, 13), textWidth(note, 10, true)));
  return Math.round(Math.min(200, Math.max(142, ...widths.map((width) => width + 34))));
}

export function holderGroups(holders: readonly RailsHolder[], kind: RailsHolder["kind"]): Map<string, RailsHolder[]> {
  const groups = new Map<string, RailsHolder[]>();
  for (const holder of holders)
    if (holder.kind === kind) groups.set(holder.holds, [...(groups.get(holder.holds) ?? []), holder]);
  return groups;
}

const last = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

export function bandWords(kind: "pin" | "fd", groups: Map<string, RailsHolder[]>): { name: string; note: string } {
  const all = [...groups.values()].flat();
  const names = [...new Set(all.map(({ name }) => name))];
  const first = names[0] ?? "";
  const name = kind === "pin" ? (names.length > 1 ? "pins" : "pin") : names.length > 1 ? "open files" : "open file";
  if (names.length <= 1) return { name, note: first };
  const folder = first.slice(0, first.lastIndexOf("/") + 1);
  const together = kind === "pin" && folder.length > 1 && names.every((path) => path.startsWith(folder));
  return { name, note: together ? `${folder}{${names.map(last).join(",")}}` : `${names.length} of them` };
}

export interface Places {
  rowAt: Record<string, number>;
  pinAt?: number;
  fdAt?: number;
  othersAt: Map<string, number>;
  groundAt: number;
  height: number;
  row: number;
}

export function placesOf(model: RailsModel, options: RailsOptions, shownOthers: readonly RailsOther[]): Places {
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
const OTHERS = 4;

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
