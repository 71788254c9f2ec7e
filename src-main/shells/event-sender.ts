/** The way of events to a window: in their order, and a large snapshot in chunks with the thread free in between. */
import type { ApiEvent } from "../../src-shared/api.ts";
import { inChunks, isLarge } from "../../src-shared/chunks.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { RequestInput } from "../../src-shared/requests.ts";

export interface EventSender {
  tell(event: ApiEvent): void;
  /** What is answered to a request: a large snapshot goes as an event instead, and null is the answer. */
  answer(name: string, input: unknown, value: unknown): unknown;
}

export function openEventSender(send: (event: ApiEvent) => void): EventSender {
  const waiting: ApiEvent[] = [];
  let flowing = false;
  const flow = async () => {
    flowing = true;
    for (let event = waiting.shift(); event; event = waiting.shift())
      try {
        for (const chunk of inChunks(event)) {
          send(chunk);
          if (chunk !== event) await new Promise<void>((go) => setImmediate(go));
        }
      } catch {
        // One that cannot be sent (too long for a string, a window that goes just now): the window heals by asking.
      }
    flowing = false;
  };
  const tell = (event: ApiEvent) => {
    waiting.push(event);
    if (!flowing) void flow();
  };
  return {
    tell,
    answer(name, input, value) {
      if (name !== "node.snapshot" || value === null) return value;
      const whole = value as { seq: number; snapshot: Snapshot };
      if (!isLarge(whole.snapshot)) return value;
      tell({ type: "snapshot", nodeId: (input as RequestInput<"node.snapshot">).nodeId, ...whole });
      return null;
    },
  };
}
