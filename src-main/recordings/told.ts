/** All that happened in a recording, frame by frame: by its readings, and by its marks what no reading shows. */
import type { PodglassEvent } from "../../src-shared/events/event.ts";
import { Follower } from "../../src-shared/events/follow.ts";
import { UNSEEN_SAID, unseenEvent } from "../../src-shared/events/unseen.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { Recording } from "./reader.ts";
import type { Redactor } from "./redact.ts";

export interface ToldFrame {
  /** Milliseconds from the start. */
  atMs: number;
  snapshot: Snapshot;
  events: PodglassEvent[];
}

/**
 * @param node the target, as the person named it
 * @param redact everything under new names, what is told as well
 */
export async function* toldBy(recording: Recording, node: string, redact?: Redactor): AsyncGenerator<ToldFrame> {
  const follower = new Follower(node);
  const marks = [...recording.info.marks];
  for await (const { atMs, snapshot: read } of recording.frames()) {
    const snapshot = redact?.(read) ?? read;
    const later = marks.findIndex((mark) => mark.atMs > atMs);
    const unseen = marks.splice(0, later < 0 ? marks.length : later).flatMap(({ text }) => {
      const said = redact === undefined ? text : redact.said(UNSEEN_SAID, text);
      return said === undefined ? [] : (unseenEvent(node, said, snapshot) ?? []);
    });
    yield { atMs, snapshot, events: [...unseen, ...follower.next(snapshot)] };
  }
}
