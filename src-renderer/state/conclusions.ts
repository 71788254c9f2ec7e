import { LISTS, type ListName } from "../../src-shared/diff/delta.ts";
import type { Delta, Snapshot } from "../../src-shared/model.ts";
import type { NodeCost } from "../../src-shared/questions/cost.ts";
import type { Finding, Readiness } from "../../src-shared/reports.ts";
import { Sequencer } from "../../src-shared/sequencer.ts";
import { yieldToEventLoop } from "./yield.ts";

/** What takes longer than a frame to conclude from a large node, and may be some seconds old. */
export interface Conclusions {
  findings: Finding[];
  readiness: Readiness;
  cost: NodeCost;
}

export type Feed =
  /** `lists` come in chunks before it: handing over a large snapshot in one would hold up the thread that draws. */
  | { kind: "chunk"; nodeId: string; list: ListName; items: unknown[] }
  | { kind: "snapshot"; nodeId: string; snapshot: Snapshot }
  | { kind: "delta"; nodeId: string; delta: Delta }
  | { kind: "gone"; nodeId: string };

/** Of a small node it is quicker to conclude at once than to ask somebody else. */
const isSmall = ({ pods, processes, cgroups }: Snapshot): boolean =>
  pods.length < 50 && processes.length + cgroups.length < 4000;

const latest = new Map<string, Conclusions>();
/** Nodes of which the worker has a copy. */
const followed = new Set<string>();
const nodeOf = new WeakMap<Snapshot, string>();
let worker: Worker | undefined;
let told: ((nodeId: string) => void) | undefined;

/** Starts the worker; `onChange` hears which node has new conclusions. Without it everything is concluded at once. */
export function startConclusions(onChange: (nodeId: string) => void): void {
  told = onChange;
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
    handing.delete(feed.nodeId);
    if (followed.delete(feed.nodeId)) worker?.postMessage(feed);
  } else if (worker && now && (followed.has(feed.nodeId) || !isSmall(now))) {
    // A node that grew large meanwhile is handed over whole.
    const whole = feed.kind === "snapshot" || !followed.has(feed.nodeId);
    followed.add(feed.nodeId);
    const { nodeId } = feed;
    const sequencer = handing.get(nodeId) ?? new Sequencer();
    handing.set(nodeId, sequencer);
    void sequencer.run(() => (whole ? handOver(nodeId, now) : worker?.postMessage(feed)));
  }
}

/** By node, what goes to the worker, one after the other. */
const handing = new Map<string, Sequencer>();
/** Items that are handed over within a frame. */
const CHUNK = 800;

async function handOver(nodeId: string, snapshot: Snapshot): Promise<void> {
  const rest = { ...snapshot };
  for (const list of LISTS) {
    const items: unknown[] = snapshot[list];
    (rest as Record<ListName, unknown[]>)[list] = [];
    for (let at = 0; at < items.length; at += CHUNK) {
      if (!followed.has(nodeId)) return;
      worker?.postMessage({ kind: "chunk", nodeId, list, items: items.slice(at, at + CHUNK) } satisfies Feed);
      await yieldToEventLoop();
    }
  }
  worker?.postMessage({ kind: "snapshot", nodeId, snapshot: rest } satisfies Feed);
}

/** The last conclusions of a large node that is open; "none yet" while they are being drawn, undefined: conclude yourself. */
export function conclusionsOf(snapshot: Snapshot): Conclusions | "none yet" | undefined {
  const nodeId = nodeOf.get(snapshot);
  if (worker === undefined || nodeId === undefined || isSmall(snapshot)) return undefined;
  return latest.get(nodeId) ?? "none yet";
}

/** The same snapshot as a new value, so that what is remembered by snapshot is asked again. */
export function renewed(snapshot: Snapshot): Snapshot {
  const copy = { ...snapshot };
  const nodeId = nodeOf.get(snapshot);
  if (nodeId !== undefined) nodeOf.set(copy, nodeId);
  return copy;
}
