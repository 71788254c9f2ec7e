import { create } from "zustand";
import type { ApiEvent, NodeState } from "../../src-shared/api.ts";
import { applyDelta } from "../../src-shared/diff/delta.ts";
import type { Container, Delta, Pod, Process, Snapshot } from "../../src-shared/model.ts";
import type { NodeSummary } from "../../src-shared/questions/summary.ts";

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
  /** In its place, of a node that nobody looks at. */
  summary?: NodeSummary;
  seq: number;
  gone: Gone;
  /** While the window shows a moment of the past: that moment (ms since the epoch), and what goes on meanwhile. */
  past?: { atMs: number; live: Snapshot; state: NodeState };
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
    const { past } = was ?? {};
    return withNode(nodes, event.state.nodeId, {
      ...(was ?? { seq: 0, gone: NOTHING_GONE, arrived: {} }),
      ...(past === undefined
        ? { state: event.state }
        : { state: lookedBack(event.state), past: { ...past, state: event.state } }),
    });
  }
  if (event.type === "gone") {
    const { [event.nodeId]: _, ...open } = nodes.open;
    return { open, order: nodes.order.filter((id) => id !== event.nodeId) };
  }
  if (event.type === "snapshot") {
    const was = nodes.open[event.nodeId];
    if (was === undefined) return nodes;
    if (was.past !== undefined)
      return withNode(nodes, event.nodeId, { ...was, past: { ...was.past, live: event.snapshot }, seq: event.seq });
    return withNode(nodes, event.nodeId, {
      ...was,
      summary: undefined,
      snapshot: event.snapshot,
      seq: event.seq,
      gone: NOTHING_GONE,
    });
  }
  if (event.type === "summary") {
    const was = nodes.open[event.nodeId];
    if (was === undefined) return nodes;
    const { past, snapshot: _, ...rest } = was;
    return withNode(nodes, event.nodeId, {
      ...rest,
      state: past?.state ?? was.state,
      summary: event.summary,
      gone: NOTHING_GONE,
      arrived: {},
    });
  }
  if (event.type === "delta") {
    const was = nodes.open[event.nodeId];
    if (was === undefined || event.delta.seq <= was.seq) return nodes;
    if (was.snapshot === undefined || event.delta.seq !== was.seq + 1) return "heal";
    if (was.past !== undefined) {
      const live = applyDelta(was.past.live, event.delta);
      return withNode(nodes, event.nodeId, { ...was, past: { ...was.past, live }, seq: event.delta.seq });
    }
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

/** Nothing is done to a node on a screen that shows what it was. */
const lookedBack = (state: NodeState): NodeState => ({ ...state, actions: false });

/** Shows the node as it was (ms since the epoch, by its clock) while it goes on unseen. Pure. */
export function showPast(nodes: Nodes, nodeId: string, snapshot: Snapshot, atMs: number): Nodes {
  const was = nodes.open[nodeId];
  if (was?.snapshot === undefined) return nodes;
  const past = { atMs, live: was.past?.live ?? was.snapshot, state: was.past?.state ?? was.state };
  return withNode(nodes, nodeId, {
    ...was,
    snapshot,
    state: lookedBack(past.state),
    past,
    gone: NOTHING_GONE,
    arrived: {},
  });
}

/** Back to what the node is now. Pure. */
export function showNow(nodes: Nodes, nodeId: string): Nodes {
  const was = nodes.open[nodeId];
  if (was?.past === undefined) return nodes;
  const { past, ...rest } = was;
  return withNode(nodes, nodeId, { ...rest, snapshot: past.live, state: past.state, gone: NOTHING_GONE, arrived: {} });
}

/** What the node is now, whatever the window shows of it. */
export const liveSnapshot = (node: OpenNode): Snapshot | undefined => node.past?.live ?? node.snapshot;

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
