import { describe, expect, it } from "vitest";
import type { NodeState } from "../../src-shared/api.ts";
import { deltaBetween } from "../../src-shared/diff/delta.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { snapshotOf } from "../../src-shared/testing/snapshot.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { afterEvent, forgetGone, GONE_MS, type Nodes, showNow, showPast } from "./nodes.ts";

const state = (phase: NodeState["phase"]): NodeState => ({
  nodeId: "n",
  target: "root@n",
  label: "n",
  kind: "ssh",
  phase,
  everyMs: 1000,
  readOnly: false,
  actions: true,
});

const EMPTY: Nodes = { open: {}, order: [] };
const take = (nodes: Nodes, event: Parameters<typeof afterEvent>[1], now = 0): Nodes => {
  const next = afterEvent(nodes, event, now);
  if (next === "heal") throw new Error("asked to heal");
  return next;
};
const opened = (snapshot: Snapshot): Nodes =>
  take(take(EMPTY, { type: "node", state: state("live") }), { type: "snapshot", nodeId: "n", seq: 1, snapshot });

describe("the nodes that are open", () => {
  const before = syntheticSnapshot({ pods: 12 });
  const after: Snapshot = { ...before, takenAt: "2026-01-01T00:00:01.000Z", pods: before.pods.slice(1) };

  it("follow deltas, and keep what has gone for three seconds", () => {
    const delta = deltaBetween(before, after, 2);
    const nodes = take(opened(before), { type: "delta", nodeId: "n", delta }, 1000);
    expect(nodes.open.n?.snapshot).toEqual(after);
    expect(nodes.open.n?.gone.pods.map(({ pod }) => pod.key)).toEqual([before.pods[0]?.key]);
    expect(forgetGone(nodes, 1000 + GONE_MS - 1)).toBe(nodes);
    expect(forgetGone(nodes, 1000 + GONE_MS).open.n?.gone.pods).toEqual([]);
  });

  it("know what came later than the first reading", () => {
    const shrunk = opened(after);
    const nodes = take(shrunk, { type: "delta", nodeId: "n", delta: deltaBetween(after, before, 2) }, 7);
    expect(nodes.open.n?.arrived).toEqual({ [before.pods[0]?.key ?? ""]: 7 });
  });

  it("ask for the whole when a delta was missed, and ignore one that came twice", () => {
    const late = deltaBetween(before, after, 4);
    expect(afterEvent(opened(before), { type: "delta", nodeId: "n", delta: late }, 0)).toBe("heal");
    const old = deltaBetween(before, after, 1);
    const nodes = opened(before);
    expect(afterEvent(nodes, { type: "delta", nodeId: "n", delta: old }, 0)).toBe(nodes);
  });

  it("keep the last snapshot when the connection is lost, and forget a node that is closed", () => {
    const lost = take(opened(before), { type: "node", state: state("stale") });
    expect(lost.open.n?.snapshot).toBe(before);
    expect(take(lost, { type: "gone", nodeId: "n" })).toEqual(EMPTY);
  });

  it("leave what did not change the same object, so that nothing of it is drawn again", () => {
    const nodes = take(opened(before), { type: "delta", nodeId: "n", delta: deltaBetween(before, after, 2) });
    expect(nodes.open.n?.snapshot?.processes).toBe(before.processes);
    expect(nodes.open.n?.snapshot?.pods[0]).toBe(before.pods[1]);
  });
});

describe("a moment of the past", () => {
  const state = (actions: boolean) =>
    ({
      nodeId: "a",
      phase: "live",
      label: "a",
      target: "a",
      kind: "ssh",
      everyMs: 1000,
      readOnly: false,
      actions,
    }) as NodeState;
  const at = (second: number) => snapshotOf({ takenAt: `2026-11-28T03:00:0${second}.000Z` });

  it("is shown while the node goes on unseen, takes no actions, and gives way to what the node is now", () => {
    let nodes = afterEvent({ open: {}, order: [] }, { type: "node", state: state(true) }, 0) as Nodes;
    nodes = afterEvent(nodes, { type: "snapshot", nodeId: "a", seq: 1, snapshot: at(3) }, 0) as Nodes;
    nodes = showPast(nodes, "a", at(1), 1000);
    nodes = afterEvent(nodes, { type: "delta", nodeId: "a", delta: deltaBetween(at(3), at(4), 2) }, 0) as Nodes;
    nodes = afterEvent(nodes, { type: "node", state: state(true) }, 0) as Nodes;
    expect(nodes.open.a).toMatchObject({ snapshot: at(1), seq: 2, state: { actions: false }, past: { atMs: 1000 } });
    nodes = showPast(nodes, "a", at(2), 2000);
    expect(nodes.open.a?.past?.live.takenAt).toBe(at(4).takenAt);
    nodes = showNow(nodes, "a");
    expect(nodes.open.a).toMatchObject({ snapshot: { takenAt: at(4).takenAt }, seq: 2, state: { actions: true } });
    expect(nodes.open.a).not.toHaveProperty("past");
    nodes = afterEvent(nodes, { type: "delta", nodeId: "a", delta: deltaBetween(at(4), at(5), 3) }, 0) as Nodes;
    expect(nodes.open.a?.snapshot?.takenAt).toBe(at(5).takenAt);
  });
});
