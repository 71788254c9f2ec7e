import { create } from "zustand";
import type { ApiEvent, NodeState } from "../../src-shared/api.ts";
import { applyDelta } from "../../src-shared/diff/delta.ts";
import type { Container, Delta, Pod, Process, Snapshot } from "../../src-shared/model.ts";

/** What has just gone from a node stays on the screen, faded, for three seconds. */
export const GONE_MS = 3000;

export interface Gone {
  pods: { pod: Pod; at: number }[];
  containers: { container: Container; at: number }[];
  processes: { process: Process; at: number }[];
}

export interface OpenNode {
  state: NodeState;
  snapshot?: Snapshot;
  seq: number;
  gone: Gone;
  /** Keys of pods that came after the first snapshot, with when; for fading in. */
  arrived: Record<string, number>;
}

export interface Nodes {
  open: Record<string, OpenNode>;
  order: string[];
}

const NOTHING_GONE: Gone = { pods: [], containers: [], processes: [] };

export const useNodes = create<Nodes>(() => ({ open: {}, order: [] }));

const young = <T extends { at: number }>(list: T[], now: number): T[] =>
  list.some(({ at }) => now - at >= GONE_MS) ? list.filter(({ at }) => now - at < GONE_MS) : list;

function goneBy(before: Snapshot, delta: Delta, old: Gone, now: number): Gone {
  const names = delta.changes;
  const pods = new Set(names.pods?.gone);
  const containers = new Set(names.containers?.gone);
  const processes = new Set(names.processes?.gone);
  const at = now;
  return {
    pods: [...young(old.pods, now), ...before.pods.filter(({ key }) => pods.has(key)).map((pod) => ({ pod, at }))],
    containers: [
      ...young(old.containers, now),
      ...before.containers.filter(({ id }) => containers.has(id)).map((container) => ({ container, at })),
    ],
    processes: [
      ...young(old.processes, now),
      ...before.processes
        .filter(({ pid, startTicks }) => processes.has(`${pid}:${startTicks}`))
        .map((process) => ({ process, at })),
    ],
  };
}

function arrivedBy(before: Snapshot, delta: Delta, old: Record<string, number>, now: number): Record<string, number> {
  const put = (delta.changes.pods?.put ?? []) as Pod[];
  if (put.length === 0) return old;
  const known = new Set(before.pods.map(({ key }) => key));
  const fresh = put.filter(({ key }) => !known.has(key));
  return fresh.length === 0 ? old : { ...old, ...Object.fromEntries(fresh.map(({ key }) => [key, now])) };
}

const withNode = (nodes: Nodes, nodeId: string, node: OpenNode): Nodes => ({
  open: { ...nodes.open, [nodeId]: node },
  order: nodes.order.includes(nodeId) ? nodes.order : [...nodes.order, nodeId],
});

/** The next state, or "heal": a delta was missed, so the whole snapshot must be asked for. Pure. */
export function afterEvent(nodes: Nodes, event: ApiEvent, now: number): Nodes | "heal" {
  if (event.type === "node") {
    const was = nodes.open[event.state.nodeId];
    return withNode(nodes, event.state.nodeId, {
      ...(was ?? { seq: 0, gone: NOTHING_GONE, arrived: {} }),
      state: event.state,
    });
  }
  if (event.type === "gone") {
    const { [event.nodeId]: _, ...open } = nodes.open;
    return { open, order: nodes.order.filter((id) => id !== event.nodeId) };
  }
  if (event.type === "snapshot") {
    const was = nodes.open[event.nodeId];
    if (was === undefined) return nodes;
    return withNode(nodes, event.nodeId, { ...was, snapshot: event.snapshot, seq: event.seq, gone: NOTHING_GONE });
  }
  if (event.type === "delta") {
    const was = nodes.open[event.nodeId];
    if (was === undefined || event.delta.seq <= was.seq) return nodes;
    if (was.snapshot === undefined || event.delta.seq !== was.seq + 1) return "heal";
    return withNode(nodes, event.nodeId, {
      ...was,
      snapshot: applyDelta(was.snapshot, event.delta),
      seq: event.delta.seq,
      gone: goneBy(was.snapshot, event.delta, was.gone, now),
      arrived: arrivedBy(was.snapshot, event.delta, was.arrived, now),
    });
  }
  return nodes;
}

/** Forgets what went more than three seconds ago. */
export function forgetGone(nodes: Nodes, now: number): Nodes {
  let open = nodes.open;
  for (const [nodeId, node] of Object.entries(nodes.open)) {
    const gone: Gone = {
      pods: young(node.gone.pods, now),
      containers: young(node.gone.containers, now),
      processes: young(node.gone.processes, now),
    };
    const same =
      gone.pods === node.gone.pods &&
      gone.containers === node.gone.containers &&
      gone.processes === node.gone.processes;
    if (!same) open = { ...open, [nodeId]: { ...node, gone } };
  }
  return open === nodes.open ? nodes : { ...nodes, open };
}

export const useNode = (nodeId: string | undefined): OpenNode | undefined =>
  useNodes((nodes) => (nodeId === undefined ? undefined : nodes.open[nodeId]));

export const useSnapshot = (nodeId: string | undefined): Snapshot | undefined =>
  useNodes((nodes) => (nodeId === undefined ? undefined : nodes.open[nodeId]?.snapshot));
