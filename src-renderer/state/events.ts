import type { ApiEvent } from "../../src-shared/api.ts";
import { reassemble } from "../../src-shared/chunks.ts";
import { sameJson } from "../../src-shared/diff/delta.ts";
import { useActivity } from "./activity.ts";
import { sayWhereOneLooks } from "./attention.ts";
import { attempt, shellApi } from "./client.ts";
import { feedConclusions, renewed, startConclusions } from "./conclusions.ts";
import { named } from "./names.ts";
import { afterEvent, forgetGone, GONE_MS, liveSnapshot, type Nodes, useNodes } from "./nodes.ts";
import { notify } from "./notices.ts";
import { OPEN_NODES, openLink } from "./open.ts";
import { addAsk, removeAsk } from "./prompts.ts";
import { go, goToNode, useRoute } from "./route.ts";
import { setSetting, useSettings } from "./settings.ts";
import { showNotice } from "./system-notices.ts";

const healing = new Set<string>();

/** A delta was missed: start again from the whole. */
async function heal(nodeId: string): Promise<void> {
  if (healing.has(nodeId)) return;
  healing.add(nodeId);
  const whole = await attempt("node.snapshot", { nodeId });
  // None yet, or a large one that is on its way: it will be told.
  if (whole === null) return;
  healing.delete(nodeId);
  if (whole) handle({ type: "snapshot", nodeId, ...whole });
}

function feed(event: ApiEvent, next: Nodes): void {
  if (event.type === "gone" || event.type === "summary")
    feedConclusions({ kind: "gone", nodeId: event.nodeId }, undefined);
  else if (event.type === "snapshot" || event.type === "delta") {
    const { nodeId } = event;
    const node = next.open[nodeId];
    const now = node && liveSnapshot(node);
    if (event.type === "snapshot") feedConclusions({ kind: "snapshot", nodeId, snapshot: event.snapshot }, now);
    else feedConclusions({ kind: "delta", nodeId, delta: event.delta }, now);
  }
}

/** The first conclusions of a node: what is on the screen was drawn without them. */
function redraw(nodeId: string): void {
  const node = useNodes.getState().open[nodeId];
  if (node?.snapshot === undefined || node.past !== undefined) return;
  const snapshot = renewed(node.snapshot);
  useNodes.setState(({ open, order }) => ({ open: { ...open, [nodeId]: { ...node, snapshot } }, order }));
}

function handle(event: ApiEvent): void {
  if (event.type === "ask") addAsk(event.ask);
  else if (event.type === "asked") removeAsk(event.askId);
  else if (event.type === "notice") showNotice(event);
  else if (event.type === "show") goToNode(event.nodeId);
  else if (event.type === "link") {
    if (!openLink(event.text)) notify({ tone: "warn", text: "A link that was opened leads to no page of Podglass." });
  } else if (event.type === "step" || event.type === "bench") useActivity.getState().tell(event);
  else {
    if (event.type === "snapshot" || event.type === "summary" || event.type === "gone") healing.delete(event.nodeId);
    const told = event.type === "node" ? { ...event, state: named(event.state) } : event;
    const next = afterEvent(useNodes.getState(), told, Date.now());
    if (next === "heal") {
      if (event.type === "delta") void heal(event.nodeId);
    } else if (next !== useNodes.getState()) {
      feed(event, next);
      useNodes.setState(next, true);
      if (event.type === "node" || event.type === "gone") rememberOpen(next);
    }
    if (event.type === "delta" && (event.delta.changes.pods?.gone || event.delta.changes.processes?.gone))
      setTimeout(() => useNodes.setState((nodes) => forgetGone(nodes, Date.now()), true), GONE_MS + 50);
    if (event.type === "gone" && useRoute.getState().nodeId === event.nodeId) leave();
  }
}

/** Which nodes are open, for the next start; files are opened again by hand. */
function rememberOpen({ open, order }: Nodes): void {
  const targets = order.flatMap((id) => {
    const state = open[id]?.state;
    return state && state.kind !== "file" && state.phase !== "refused" ? [state.target] : [];
  });
  if (!sameJson(targets, useSettings.getState().values[OPEN_NODES])) setSetting(OPEN_NODES, targets);
}

/** The node one looked at was closed: to the next open one, or to the start. */
function leave(): void {
  const next = useNodes.getState().order[0];
  if (next === undefined) go("welcome", { replace: true });
  else goToNode(next, true);
}

/** Listens, then asks what is open already (after a reload the nodes live on in the Inspector). */
export async function followEvents(): Promise<void> {
  startConclusions(redraw);
  const join = reassemble();
  shellApi().subscribe((event) => {
    const whole = join(event);
    if (whole) handle(whole);
  });
  const states = (await attempt("node.states", {})) ?? [];
  for (const state of states) handle({ type: "node", state });
  await Promise.all(states.map(({ nodeId }) => heal(nodeId)));
  const { nodeId } = useRoute.getState();
  if (nodeId !== undefined && useNodes.getState().open[nodeId] === undefined) leave();
  sayWhereOneLooks();
}
