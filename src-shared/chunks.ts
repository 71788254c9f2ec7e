/**
 * A large snapshot on its way to a window, in chunks: each is a message and a task of its own, so that neither end
 * holds its thread for long. A node of 20,000 processes is some 30 MB.
 */
import type { ApiEvent } from "./api.ts";
import { LISTS, type ListName } from "./diff/delta.ts";
import type { Snapshot } from "./model.ts";

/** Items of a chunk, and from how many a snapshot is sent in chunks. */
const CHUNK = 800;
const LARGE = 6000;

export const isLarge = (snapshot: Snapshot): boolean =>
  LISTS.reduce((sum, list) => sum + snapshot[list].length, 0) >= LARGE;

/** The event itself, or its lists before it. */
export function* inChunks(event: ApiEvent): Generator<ApiEvent> {
  if (event.type !== "snapshot" || !isLarge(event.snapshot)) {
    yield event;
    return;
  }
  const { nodeId } = event;
  const rest: Record<string, unknown> = { ...event.snapshot };
  for (const list of LISTS) {
    const items: readonly unknown[] = event.snapshot[list];
    rest[list] = [];
    for (let at = 0; at < items.length; at += CHUNK)
      yield { type: "chunk", nodeId, list, items: items.slice(at, at + CHUNK) };
  }
  yield { ...event, snapshot: rest as unknown as Snapshot };
}

/** A function that keeps chunks until their snapshot comes, and gives everything else back at once. */
export function reassemble(): (event: ApiEvent) => ApiEvent | null {
  const kept = new Map<string, Partial<Record<ListName, unknown[]>>>();
  return (event) => {
    if (event.type === "chunk") {
      const lists = kept.get(event.nodeId) ?? {};
      kept.set(event.nodeId, lists);
      const list = lists[event.list] ?? [];
      lists[event.list] = list;
      for (const item of event.items) list.push(item);
      return null;
    }
    if (event.type === "gone") kept.delete(event.nodeId);
    if (event.type !== "snapshot") return event;
    const lists = kept.get(event.nodeId);
    if (lists === undefined) return event;
    kept.delete(event.nodeId);
    return { ...event, snapshot: { ...event.snapshot, ...(lists as Partial<Snapshot>) } };
  };
}
