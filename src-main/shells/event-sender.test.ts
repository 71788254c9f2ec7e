import { expect, it } from "vitest";
import type { ApiEvent } from "../../src-shared/api.ts";
import { reassemble } from "../../src-shared/chunks.ts";
import { DELTA_SCHEMA } from "../../src-shared/model.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { openEventSender } from "./event-sender.ts";

const nodeId = "n";
const delta = (seq: number): ApiEvent => ({
  type: "delta",
  nodeId,
  delta: { schema: DELTA_SCHEMA, seq, takenAt: "2026-01-01T00:00:00.000Z", changes: {} },
});

it("sends a large snapshot in chunks, keeps the order, and the other end has it whole", async () => {
  const sent: ApiEvent[] = [];
  const sender = openEventSender((event) => sent.push(structuredClone(event)));
  const snapshot = syntheticSnapshot({ pods: 600 });
  sender.tell(delta(1));
  sender.tell({ type: "snapshot", nodeId, seq: 2, snapshot });
  sender.tell(delta(3));
  await expect.poll(() => sent.at(-1)?.type === "delta" && sent.length > 3).toBe(true);
  for (const event of sent) if (event.type === "chunk") expect(event.items.length).toBeLessThanOrEqual(800);
  const join = reassemble();
  const heard = sent.flatMap((event) => join(event) ?? []);
  expect(heard.map(({ type }) => type)).toEqual(["delta", "snapshot", "delta"]);
  expect(heard[1]).toEqual({ type: "snapshot", nodeId, seq: 2, snapshot });
});

it("answers with a small snapshot, and sends a large one as an event", async () => {
  const sent: ApiEvent[] = [];
  const sender = openEventSender((event) => sent.push(event));
  const small = { seq: 1, snapshot: syntheticSnapshot({ pods: 3 }) };
  expect(sender.answer("node.snapshot", { nodeId }, small)).toBe(small);
  expect(sender.answer("settings.get", {}, { a: 1 })).toEqual({ a: 1 });
  expect(sender.answer("node.snapshot", { nodeId }, { seq: 1, snapshot: syntheticSnapshot({ pods: 600 }) })).toBeNull();
  await expect.poll(() => sent.at(-1)?.type).toBe("snapshot");
});
