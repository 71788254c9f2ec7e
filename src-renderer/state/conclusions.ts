import type { Delta, Finding, Readiness, Snapshot } from "../../src-shared/model.ts";
import type { NodeCost } from "../../src-shared/pods/cost.ts";

/** What takes longer than a frame to conclude from a large node, and may be some seconds old. */
export interface Conclusions {
  findings: Finding[];
  readiness: Readiness;
  cost: NodeCost;
}

export type Feed =
  | { kind: "snapshot"; nodeId: string; snapshot: Snapshot }
  | { kind: "delta"; nodeId: string; delta: Delta }
  | { kind: "gone"; nodeId: string };

/** Below this many pods it is quicker to conclude at once than to ask somebody else. */
const SMALL = 50;

const latest = new Map<string, Conclusions>();
/** Nodes of which the worker has a copy. */
const followed = new Set<string>();
const nodeOf = new WeakMap<Snapshot, string>();
let worker: Worker | undefined;
let told: ((nodeId: string) => void) | undefined;

/** Starts the worker; `onNews` hears which node has new conclusions. Without it everything is concluded at once. */
export function startConclusions(onNews: (nodeId: string) => void): void {
  told = onNews;
  worker = new Worker(new URL("./conclusions-worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = (event: MessageEvent<{ nodeId: string; conclusions: Conclusions }>) => {
    const { nodeId, conclusions } = event.data;
    const first = !latest.has(nodeId);
    latest.set(nodeId, conclusions);
    if (first) told?.(nodeId);
  };
  // A shell that cannot run workers still shows everything, only less smoothly.
  worker.onerror = () => {
    worker = undefined;
    latest.clear();
  };
}

/** Hands on what came from the node; `now` is the snapshot that the window shows after it. */
export function feedConclusions(feed: Feed, now: Snapshot | undefined): void {
  if (now) nodeOf.set(now, feed.nodeId);
  if (feed.kind === "gone") {
    latest.delete(feed.nodeId);
    if (followed.delete(feed.nodeId)) worker?.postMessage(feed);
  } else if (worker && now && (followed.has(feed.nodeId) || now.pods.length >= SMALL)) {
    // A node that grew large meanwhile is handed over whole.
    const whole = feed.kind === "snapshot" || !followed.has(feed.nodeId);
    followed.add(feed.nodeId);
    worker.postMessage(whole ? { kind: "snapshot", nodeId: feed.nodeId, snapshot: now } : feed);
  }
}

/** The last conclusions of a large node that is open; "none yet" while they are being drawn, undefined: conclude yourself. */
export function concluded(snapshot: Snapshot): Conclusions | "none yet" | undefined {
  const nodeId = nodeOf.get(snapshot);
  if (worker === undefined || nodeId === undefined || snapshot.pods.length < SMALL) return undefined;
  return latest.get(nodeId) ?? "none yet";
}

/** The same snapshot as a new value, so that what is remembered by snapshot is asked again. */
export function renewed(snapshot: Snapshot): Snapshot {
  const copy = { ...snapshot };
  const nodeId = nodeOf.get(snapshot);
  if (nodeId !== undefined) nodeOf.set(copy, nodeId);
  return copy;
}
