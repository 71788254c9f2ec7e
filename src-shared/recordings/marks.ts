/** What a person steering along a timeline wants to jump to: the events of a step, counted where there are many. */

import { collapsed } from "../events/event.ts";
import { stepEvents } from "../events/follow.ts";
import { count } from "../format.ts";
import type { Snapshot } from "../model.ts";

const MOST = 6;

/** Changes from one snapshot to the next, worst first; at most six. */
export function marksBetween(before: Snapshot, after: Snapshot): string[] {
  return fewMarks(collapsed(stepEvents(before, after)).map(({ text }) => text));
}

/** At most six of a step; the others are counted. */
export function fewMarks(marks: readonly string[]): string[] {
  return marks.length > MOST
    ? [...marks.slice(0, MOST - 1), count(marks.length - MOST + 1, "more change")]
    : [...marks];
}
