/**
 * Concludes beside the thread that draws: on a node with hundreds of pods the findings alone take longer than a frame.
 * Keeps its own copy of each snapshot, fed by the same deltas as the window's.
 */
import { applyDelta, type ListName } from "../../src-shared/diff/delta.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { baselines } from "../../src-shared/findings/over-time.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { nodeCost } from "../../src-shared/questions/cost.ts";
import { readiness } from "../../src-shared/questions/readiness.ts";
import type { Conclusions, Feed } from "./conclusions.ts";

/** A node's conclusions are drawn again at most this often, and never take more than a quarter of the worker's time. */
const PACE_MS = 2000;

const beforeOf = baselines();
const snapshots = new Map<string, Snapshot>();
const waiting = new Set<string>();
/** Lists of snapshots that are still coming. */
const chunks = new Map<string, Partial<Record<ListName, unknown[]>>>();
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Feed>) => void) | null;
  postMessage(message: { nodeId: string; conclusions: Conclusions }): void;
};

function conclude(nodeId: string): void {
  const snapshot = snapshots.get(nodeId);
  if (snapshot === undefined) {
    waiting.delete(nodeId);
    return;
  }
  const start = performance.now();
  const conclusions = {
    findings: findings(snapshot, beforeOf(snapshot)),
    readiness: readiness(snapshot),
    cost: nodeCost(snapshot),
  };
  scope.postMessage({ nodeId, conclusions });
  const took = performance.now() - start;
  setTimeout(() => waiting.delete(nodeId), Math.max(PACE_MS, took * 3));
}

scope.onmessage = ({ data }) => {
  const { nodeId } = data;
  if (data.kind === "chunk") {
    const lists = chunks.get(nodeId) ?? {};
    chunks.set(nodeId, lists);
    lists[data.list] ??= [];
    lists[data.list]?.push(...data.items);
    return;
  }
  if (data.kind === "gone") {
    snapshots.delete(nodeId);
    chunks.delete(nodeId);
  } else if (data.kind === "snapshot") {
    snapshots.set(nodeId, { ...data.snapshot, ...(chunks.get(nodeId) as Partial<Snapshot>) });
    chunks.delete(nodeId);
  } else {
    const before = snapshots.get(nodeId);
    if (before !== undefined) snapshots.set(nodeId, applyDelta(before, data.delta));
  }
  if (waiting.has(nodeId) || data.kind === "gone") return;
  waiting.add(nodeId);
  setTimeout(() => conclude(nodeId), 0);
};
