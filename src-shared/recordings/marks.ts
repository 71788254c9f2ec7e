/** What a person steering along a timeline wants to jump to: the events of a step, counted where there are many. */
import { count } from "../format.ts";

const MOST = 6;

/** At most six of a step; the others are counted. */
export function fewMarks(marks: readonly string[]): string[] {
  return marks.length > MOST
    ? [...marks.slice(0, MOST - 1), count(marks.length - MOST + 1, "more change")]
    : [...marks];
}

/** Clocks differ by the time that a reading takes; a node's that was set differs by more (ms). */
const JUMP_MS = 5000;

/** @param jump by how much the node's clock went on more than time did (ms); less than 0: it was set back */
export function clockMark(jump: number): string[] {
  if (Math.abs(jump) < JUMP_MS) return [];
  return [`the node's clock was set ${jump < 0 ? "back" : "forward"} by ${Math.round(Math.abs(jump) / 1000)} s`];
}
