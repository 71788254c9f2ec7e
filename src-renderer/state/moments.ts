/** Going to a moment: of what a live node keeps of itself, or along a recording. */
import { attempt } from "./client.ts";
import { showPast, useNodes } from "./nodes.ts";

/** Shows the whole node as it was (ms since the epoch, by its clock). */
export async function showMoment(nodeId: string, atMs: number): Promise<void> {
  const recording = useNodes.getState().open[nodeId]?.state.recording;
  if (recording !== undefined) {
    const at = Math.min(Math.max(0, atMs - recording.startMs), recording.endMs - recording.startMs);
    await attempt("recording.seek", { nodeId, atMs: at });
    return;
  }
  const got = await attempt("history.at", { nodeId, atMs });
  if (got) useNodes.setState((nodes) => showPast(nodes, nodeId, got.snapshot, atMs), true);
}
