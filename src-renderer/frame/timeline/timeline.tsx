import { attempt } from "../../state/client.ts";
import { useNode } from "../../state/nodes.ts";
import { History } from "./history.tsx";
import { Track, type Way } from "./scrub.tsx";

/** The foot of the window: a recording's moments, or those that a live node keeps of itself. */
export function Timeline({ nodeId }: { nodeId: string }) {
  const node = useNode(nodeId);
  if (!node) return null;
  const { recording } = node.state;
  if (!recording) return <History key={nodeId} nodeId={nodeId} />;
  const way: Way = {
    name: "Recording",
    // Moments are told since the start of the recording; only the ends are told by the clock.
    endMs: Math.max(0, recording.endMs - recording.startMs),
    atMs: recording.atMs,
    marks: recording.marks,
    show: (atMs) => attempt("recording.seek", { nodeId, atMs }),
    snapshotAt: async (atMs) => (await attempt("recording.at", { nodeId, atMs }))?.snapshot,
  };
  return <Track nodeId={nodeId} way={way} />;
}
