/** As many points of a line as a picture has room for, and none that it did not have. */
import type { Line } from "./series.ts";

export type Point = readonly [atMs: number, value: number];

/**
 * The pieces of a line between two moments: within a piece it was read without a break. In each of `columns` equal spans
 * the first, lowest, highest and last of a piece stay, so that no peak is lost (as M4 does: Jugel et al., VLDB 2014). The
 * neighbours beyond the ends come along, so that a line goes on to the edge.
 */
export function piecesOf({ times, values, breaks }: Line, fromMs: number, toMs: number, columns: number): Point[][] {
  const pieces: Point[][] = [];
  const [start, end] = [
    Math.max(0, firstAfter(times, fromMs) - 1),
    Math.min(times.length, firstAfter(times, toMs) + 1),
  ];
  const width = Math.max(1, toMs - fromMs) / Math.max(1, columns);
  let piece: Point[] = [];
  let column: Column | undefined;
  const endColumn = () => {
    if (column !== undefined) piece.push(...pointsOf(column));
    column = undefined;
  };
  const endPiece = () => {
    endColumn();
    if (piece.length > 0) pieces.push(piece);
    piece = [];
  };
  for (let at = start; at < end; at++) {
    const value = values[at] as number;
    const time = times[at] as number;
    if (breaks.has(at)) endPiece();
    if (Number.isNaN(value)) {
      endPiece();
      continue;
    }
    const number = Math.floor((time - fromMs) / width);
    if (column?.number !== number) endColumn();
    const point: Point = [time, value];
    column ??= { number, first: point, low: point, high: point, last: point };
    if (value < column.low[1]) column.low = point;
    if (value > column.high[1]) column.high = point;
    column.last = point;
  }
  endPiece();
  return pieces;
}

interface Column {
  number: number;
  first: Point;
  low: Point;
  high: Point;
  last: Point;
}

const pointsOf = ({ first, low, high, last }: Column): Point[] =>
  [...new Set([first, low, high, last])].sort(([a], [b]) => a - b);

/** The place of the first time after a moment. */
export function firstAfter(times: readonly number[], atMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
