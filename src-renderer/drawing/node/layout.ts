/**
 * Where each tile of the whole-node picture stands. A pure function of the tiles and, when there was one, of the layout
 * before: who has a place keeps it, a new pod takes the first free place of its group, and a group that is full goes on
 * in a block at the end. So a live refresh moves nothing. World units: one is a pixel at zoom 1.
 */

/** A tile's share of the plane, and the room for a block's heading and between blocks. */
export const PITCH_X = 46;
export const PITCH_Y = 42;
export const HEADING = 20;
export const GAP_X = 26;
export const GAP_Y = 18;
/** The picture fits a canvas about this much wider than high. */
const ASPECT = 1.55;

export interface Block {
  group: string;
  /** Goes on from an earlier block of the same group that was full. */
  more: boolean;
  x: number;
  y: number;
  /** In tiles. */
  columns: number;
  rows: number;
  /** Tile keys by place; null is a free place. */
  places: (string | null)[];
}

export interface NodeLayout {
  blocks: Block[];
  width: number;
  height: number;
  /** Key to block and place. */
  at: Map<string, { block: Block; place: number }>;
  /** Of a block, in tiles; kept when the layout grows. */
  columns: number;
}

export interface Placeable {
  key: string;
  group: string;
  name: string;
}

export function layoutNode(tiles: readonly Placeable[], before?: NodeLayout): NodeLayout {
  return before && before.at.size > 0 ? grown(tiles, before) : fresh(tiles);
}

const byName = (a: Placeable, b: Placeable) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.key < b.key ? -1 : a.key > b.key ? 1 : 0;

function grouped(tiles: readonly Placeable[]): [string, Placeable[]][] {
  const groups = new Map<string, Placeable[]>();
  for (const tile of tiles) {
    const list = groups.get(tile.group);
    if (list) list.push(tile);
    else groups.set(tile.group, [tile]);
  }
  for (const list of groups.values()) list.sort(byName);
  return [...groups].sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1));
}

/** Room for what is there, a seventh more, and always one free place. */
const rowsFor = (count: number, columns: number) => Math.ceil((count * 1.15 + 1) / columns);
const blockHeight = (rows: number) => HEADING + rows * PITCH_Y + GAP_Y;
const stackWidth = (columns: number) => columns * PITCH_X + GAP_X;

function fresh(tiles: readonly Placeable[]): NodeLayout {
  const groups = grouped(tiles);
  const counts = groups.map(([, list]) => list.length);
  const { columns, stacks } = bestGrid(counts);
  const heights = new Array<number>(stacks).fill(0);
  const blocks = groups.map(([group, list]) => {
    const rows = rowsFor(list.length, columns);
    const places: (string | null)[] = list.map((tile) => tile.key);
    while (places.length < rows * columns) places.push(null);
    return settle({ group, more: false, columns, rows, places }, heights);
  });
  return indexed(blocks, columns);
}

/** Puts a block at the foot of the shortest stack. */
function settle(block: Omit<Block, "x" | "y">, heights: number[]): Block {
  const stack = heights.indexOf(Math.min(...heights));
  const y = heights[stack] ?? 0;
  heights[stack] = y + blockHeight(block.rows);
  return { ...block, x: stack * stackWidth(block.columns), y };
}

/** Tries widths of a block and numbers of stacks; takes the pair with which the picture can be shown largest. */
function bestGrid(counts: number[]): { columns: number; stacks: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(4, Math.ceil(Math.sqrt(total * ASPECT)));
  let best = { columns: 4, stacks: 1, scale: 0 };
  for (let columns = 3; columns <= most; columns += columns < 12 ? 1 : Math.ceil(columns / 8)) {
    for (let stacks = 1; stacks <= Math.min(counts.length, 14); stacks += 1) {
      const heights = new Array<number>(stacks).fill(0);
      for (const count of counts) {
        const least = heights.indexOf(Math.min(...heights));
        heights[least] = (heights[least] ?? 0) + blockHeight(rowsFor(count, columns));
      }
      const scale = Math.min(ASPECT / (stacks * stackWidth(columns)), 1 / Math.max(...heights));
      if (scale > best.scale * 1.0001) best = { columns, stacks, scale };
    }
  }
  return best;
}

function grown(tiles: readonly Placeable[], before: NodeLayout): NodeLayout {
  const wanted = new Map(tiles.map((tile) => [tile.key, tile]));
  const blocks = before.blocks.map((block) => ({
    ...block,
    places: block.places.map((key) => (key !== null && wanted.get(key)?.group === block.group ? key : null)),
  }));
  const placed = new Set(blocks.flatMap((block) => block.places.filter((key) => key !== null)));
  for (const tile of [...tiles].sort(byName)) {
    if (placed.has(tile.key)) continue;
    const home = blocks.find((block) => block.group === tile.group && block.places.includes(null));
    if (home) home.places[home.places.indexOf(null)] = tile.key;
    else blocks.push(continued(tile, blocks, before.columns));
  }
  return indexed(blocks, before.columns);
}

function continued(tile: Placeable, blocks: readonly Block[], columns: number): Block {
  const width = stackWidth(columns);
  const heights: number[] = [];
  for (const block of blocks) {
    const stack = Math.round(block.x / width);
    heights[stack] = Math.max(heights[stack] ?? 0, block.y + blockHeight(block.rows));
  }
  const filled = Array.from(heights, (height) => height ?? 0);
  const places: (string | null)[] = new Array(columns).fill(null);
  places[0] = tile.key;
  const more = blocks.some((block) => block.group === tile.group);
  return settle({ group: tile.group, more, columns, rows: 1, places }, filled.length > 0 ? filled : [0]);
}

function indexed(blocks: Block[], columns: number): NodeLayout {
  const at = new Map<string, { block: Block; place: number }>();
  let width = 0;
  let height = 0;
  for (const block of blocks) {
    width = Math.max(width, block.x + block.columns * PITCH_X);
    height = Math.max(height, block.y + HEADING + block.rows * PITCH_Y);
    block.places.forEach((key, place) => {
      if (key !== null) at.set(key, { block, place });
    });
  }
  return { blocks, width, height, at, columns };
}

/** The upper left corner of a place. */
export const placeX = (block: Block, place: number) => block.x + (place % block.columns) * PITCH_X;
export const placeY = (block: Block, place: number) => block.y + HEADING + Math.floor(place / block.columns) * PITCH_Y;

/** Whether a group had to go on in a second block: the picture can be tidied by laying it out afresh. */
export const untidy = (layout: NodeLayout) => layout.blocks.some((block) => block.more);
