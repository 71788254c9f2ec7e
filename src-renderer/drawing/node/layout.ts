import { compareText } from "../../../src-shared/order.ts";
/**
 * Where each tile of the whole-node picture stands. A pure function of the tiles and, when there was one, of the layout
 * before: who has a place keeps it, a new pod takes the first free place of its group, and a group that is full goes on
 * in a block at the end. So a live refresh moves nothing. World units: one is a pixel at zoom 1.
 */

/** A tile's share of the plane, and the room for a block's heading and between blocks. */
export const PITCH_X = 46;
export const PITCH_Y = 42;
export const HEADING = 20;
const GAP_X = 26;
const GAP_Y = 18;
/** Where nothing is known of the canvas: so much wider than high. */
const ASPECT = 1.55;

export interface Block {
  group: string;
  /** Goes on from an earlier block of the same group that was full. */
  more: boolean;
  x: number;
  y: number;
  loose: boolean;
  /** In tiles. */
  columns: number;
  rows: number;
  /** Tile keys by place; null is a free place. */
  places: (string | null)[];
  /** How many of them are not free. */
  taken: number;
}

export interface NodeLayout {
  blocks: Block[];
  width: number;
  height: number;
  /** What a first look shows: the pods; the whole where there are none. */
  main: { width: number; height: number };
  /** Key to block and place. */
  at: Map<string, { block: Block; place: number }>;
}

export interface Placeable {
  key: string;
  group: string;
  name: string;
  loose: boolean;
}

/** `aspect`: how much wider than high the canvas is, which a fresh layout is packed for. */
export function layoutNode(tiles: readonly Placeable[], before?: NodeLayout, aspect = ASPECT): NodeLayout {
  return before && before.at.size > 0 ? grown(tiles, before) : fresh(tiles, aspect);
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
  return [...groups].sort(([a, left], [b, right]) => right.length - left.length || compareText(a, b));
}

/** A large group has room for a tenth more; a small one is drawn without holes, and goes on in a block of its own. */
const SMALL = 24;
const roomFor = (count: number) => (count <= SMALL ? count : Math.ceil(count * 1.1 + 0.9));
const blockHeight = (rows: number) => HEADING + rows * PITCH_Y + GAP_Y;
const blockWidth = (columns: number) => columns * PITCH_X + GAP_X;

type Group = [string, Placeable[]];

function fresh(tiles: readonly Placeable[], aspect: number): NodeLayout {
  const groups = grouped(tiles);
  const pods = groups.filter(([, [first]]) => !first?.loose);
  const loose = groups.filter(([, [first]]) => first?.loose);
  const main = packed(pods.length > 0 ? pods : loose, 0, bestGrid(pods.length > 0 ? pods : loose, aspect));
  if (pods.length === 0 || loose.length === 0) return indexed(main);
  // What belongs to no pod is a strip below the pods, as wide as they are.
  const high = main.reduce((most, block) => Math.max(most, block.y + blockHeight(block.rows)), 0);
  const wide = main.reduce((most, block) => Math.max(most, block.x + blockWidth(block.columns)), 0);
  const total = loose.reduce((sum, [, list]) => sum + roomFor(list.length), 0);
  const columns = Math.max(4, Math.floor(wide / PITCH_X), Math.ceil(Math.sqrt(total)));
  return indexed([...main, ...packed(loose, high, { columns, rows: Math.max(1, Math.ceil(total / columns)) })]);
}

interface Grid {
  /** A shelf is at most so many tiles wide, and, unless one group alone needs more, so many high. */
  columns: number;
  rows: number;
}

interface Shelved {
  columns: number;
  rows: number;
  x: number;
  y: number;
}

/** Groups side by side on shelves, from the top left: each as high as its shelf allows, so that shelves are full. */
function shelve(counts: readonly number[], top: number, { columns, rows }: Grid): Shelved[] {
  let [x, y, high] = [0, top, 0];
  const width = columns * PITCH_X + 0.5;
  return counts.map((count) => {
    const room = roomFor(count);
    const across = Math.min(columns, Math.ceil(room / rows));
    const down = Math.ceil(room / across);
    if (x > 0 && x + across * PITCH_X > width) [x, y, high] = [0, y + high, 0];
    const at = { columns: across, rows: down, x, y };
    x += blockWidth(across);
    high = Math.max(high, blockHeight(down));
    return at;
  });
}

const packed = (groups: readonly Group[], top: number, grid: Grid): Block[] =>
  shelve(
    groups.map(([, list]) => list.length),
    top,
    grid,
  ).map((at, i) => {
    const [group, list] = groups[i]!;
    const places: (string | null)[] = list.map((tile) => tile.key);
    while (places.length < at.columns * at.rows) places.push(null);
    return { group, more: false, loose: list[0]?.loose ?? false, places, taken: list.length, ...at };
  });

/** Tries widths and heights of shelves; takes the pair with which the picture can be shown largest. */
function bestGrid(groups: readonly Group[], aspect: number): Grid {
  const counts = groups.map(([, list]) => list.length);
  const total = counts.reduce((sum, count) => sum + roomFor(count), 0);
  const most = Math.max(4, Math.ceil(Math.sqrt(total * aspect) * 1.6));
  const steps = (from: number) => (from < 16 ? 1 : Math.ceil(from / 10));
  let best = { columns: 4, rows: 1, scale: 0 };
  for (let columns = 1; columns <= most; columns += steps(columns))
    for (let rows = 1; rows <= Math.max(1, Math.ceil((total / columns) * 1.5)); rows += steps(rows)) {
      let [wide, high] = [0, 0];
      for (const at of shelve(counts, 0, { columns, rows })) {
        wide = Math.max(wide, at.x + at.columns * PITCH_X);
        high = Math.max(high, at.y + HEADING + at.rows * PITCH_Y);
      }
      const scale = Math.min(aspect / wide, 1 / high);
      if (scale > best.scale * 1.0001) best = { columns, rows, scale };
    }
  return best;
}

function grown(tiles: readonly Placeable[], before: NodeLayout): NodeLayout {
  const wanted = new Map(tiles.map((tile) => [tile.key, tile]));
  const blocks = before.blocks.map((block): Block => {
    const places = block.places.map((key) => (key !== null && wanted.get(key)?.group === block.group ? key : null));
    return { ...block, places, taken: places.reduce((sum, key) => sum + (key === null ? 0 : 1), 0) };
  });
  const placed = new Set(blocks.flatMap((block) => block.places.filter((key) => key !== null)));
  for (const tile of tiles.filter(({ key }) => !placed.has(key)).sort(byName)) {
    const home = blocks.find((block) => block.group === tile.group && block.taken < block.places.length);
    if (home) {
      home.places[home.places.indexOf(null)] = tile.key;
      home.taken += 1;
    } else blocks.push(continued(tile, blocks));
  }
  return indexed(blocks);
}

/** A block for a group that is full, or new: at the foot of its kind's shortest stack, below all that stands there. */
function continued(tile: Placeable, blocks: readonly Block[]): Block {
  const kin = blocks.filter((block) => block.loose === tile.loose);
  const columns = kin[0]?.columns ?? 4;
  const right = blocks.reduce((most, block) => Math.max(most, block.x + blockWidth(block.columns)), 0);
  const lefts = [...new Set(kin.map((block) => block.x))];
  const feet = (lefts.length > 0 ? lefts : [right]).map((x) => ({
    x,
    y: blocks
      .filter((block) => block.x < x + blockWidth(columns) && x < block.x + blockWidth(block.columns))
      .reduce((most, block) => Math.max(most, block.y + blockHeight(block.rows)), 0),
  }));
  const foot = feet.reduce((least, one) => (one.y < least.y ? one : least));
  const places: (string | null)[] = new Array(columns).fill(null);
  places[0] = tile.key;
  const more = kin.some((block) => block.group === tile.group);
  return { group: tile.group, more, loose: tile.loose, columns, rows: 1, places, taken: 1, ...foot };
}

function indexed(blocks: Block[]): NodeLayout {
  const at = new Map<string, { block: Block; place: number }>();
  const whole = { width: 0, height: 0 };
  const main = { width: 0, height: 0 };
  for (const block of blocks) {
    for (const box of block.loose ? [whole] : [whole, main]) {
      box.width = Math.max(box.width, block.x + block.columns * PITCH_X);
      box.height = Math.max(box.height, block.y + HEADING + block.rows * PITCH_Y);
    }
    block.places.forEach((key, place) => {
      if (key !== null) at.set(key, { block, place });
    });
  }
  return { blocks, ...whole, main: main.width > 0 ? main : { ...whole }, at };
}

/** The upper left corner of a place. */
export const placeX = (block: Block, place: number) => block.x + (place % block.columns) * PITCH_X;
export const placeY = (block: Block, place: number) => block.y + HEADING + Math.floor(place / block.columns) * PITCH_Y;

/** Whether a group had to go on in a second block: the picture can be tidied by laying it out afresh. */
export const untidy = (layout: NodeLayout) => layout.blocks.some((block) => block.more);
