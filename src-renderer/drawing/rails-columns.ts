/** Lanes inside a column of the rail diagram: which namespace stands where, so that rails never lie on each other. */
import type { NamespaceType } from "../../src-shared/model.ts";
import type { RailsModel, RailsOther, RailsSpace } from "./rails-model.ts";

export interface Column {
  type: NamespaceType;
  /** Centre of its first lane. */
  x: number;
  right: number;
  words: string;
  laneOf: Map<string, number>;
  xOf: Map<string, number>;
}

/** From the first to the last place that a rail touches, in rows: above all rows is -1, below them Infinity. */
interface Span {
  id: string;
  from: number;
  to: number;
}

function spanOf(space: RailsSpace, model: RailsModel, others: readonly RailsOther[]): Span {
  const rows = model.rows.flatMap((row, i) => (row.members[space.type]?.includes(space.inode) ? [i] : []));
  let from = Math.min(...rows, Number.POSITIVE_INFINITY);
  let to = Math.max(...rows, -1);
  if (model.holders.some(({ holds }) => holds === space.id)) from = -1;
  const sandboxAt = model.rows.findIndex(({ kind }) => kind === "ghost" || kind === "dead");
  if (space.style === "shared" && sandboxAt >= 0) {
    from = Math.min(from, sandboxAt);
    to = Math.max(to, sandboxAt);
  }
  const below = others.findLastIndex(({ namespaces }) => namespaces.includes(space.id));
  if (below >= 0) to = model.rows.length + below;
  if (space.style === "host") to = Number.POSITIVE_INFINITY;
  return { id: space.id, from, to };
}

const clash = (a: Span, b: Span): boolean => a.from <= b.to && b.from <= a.to;

/** Rails first, each in the first lane where it is free; then the private ones, together in one lane beside them. */
function lanesOf(spaces: readonly RailsSpace[], model: RailsModel, others: readonly RailsOther[]): Map<string, number> {
  const spans = new Map(spaces.map((space) => [space.id, spanOf(space, model, others)]));
  const lanes: Span[][] = [];
  const lane = new Map<string, number>();
  const put = (span: Span, at: number) => {
    lanes[at] ??= [];
    lanes[at].push(span);
    lane.set(span.id, at);
  };
  const isRail = ({ id, style }: RailsSpace): boolean => style !== "private" || spans.get(id)!.from < 0;
  const rails = spaces
    .filter(isRail)
    .map(({ id }) => spans.get(id)!)
    // Where pause is comes first, then the longest, so that the pod's own rails keep the column's first lane.
    .sort((a, b) => a.from - b.from || b.to - a.to || (a.id < b.id ? -1 : 1));
  for (const span of rails) {
    let at = 0;
    while (lanes[at]?.some((other) => clash(span, other))) at++;
    put(span, at);
  }
  const alone = spaces.filter((space) => !isRail(space)).map(({ id }) => spans.get(id)!);
  let first = lanes.length === 0 ? 0 : 1;
  while (alone.some((span) => lanes[first]?.some((other) => clash(span, other)))) first++;
  for (const span of alone) {
    let at = first;
    while (lanes[at]?.some((other) => clash(span, other))) at++;
    put(span, at);
  }
  return lane;
}

function wordsOf(spaces: readonly RailsSpace[], read: boolean): string {
  if (spaces.length === 0) return read ? "–" : "not read";
  const styles = (style: RailsSpace["style"]) => spaces.filter((space) => space.style === style).length;
  const shared = styles("shared");
  if (shared > 1) return `${shared} shared`;
  if (shared === 1) return "shared";
  if (styles("host") > 0) return styles("private") > 0 ? "mixed" : "host";
  return "private";
}

export function columnsOf(
  model: RailsModel,
  types: readonly NamespaceType[],
  others: readonly RailsOther[],
  size: { gutter: number; pitch: number; r: number },
): Column[] {
  const step = 2 * size.r + 5;
  let x = size.gutter + 21;
  return types.map((type) => {
    const spaces = model.spaces.filter((space) => space.type === type);
    const laneOf = lanesOf(spaces, model, others);
    const lanes = Math.max(1, ...[...laneOf.values()].map((lane) => lane + 1));
    const width = Math.max(size.pitch, (lanes - 1) * step + (lanes > 1 ? Math.max(size.pitch - 24, step) : 0));
    const unread = model.rows.some((row) => row.unread.includes(type));
    const column: Column = {
      type,
      x,
      right: x + width - size.pitch + 26,
      words: wordsOf(spaces, !unread),
      laneOf,
      xOf: new Map([...laneOf].map(([id, lane]) => [id, x + lane * step])),
    };
    x += width;
    return column;
  });
}
