/** A report of what the window shows: a node or a pod, as it is or was. */
import { version } from "../../package.json";
import { request } from "./client.ts";
import { useNodes } from "./nodes.ts";

/** The file's text. Rejects with a sentence for a person. */
export async function reportOf(nodeId: string, podKey: string | undefined, redact: boolean): Promise<string> {
  const node = useNodes.getState().open[nodeId];
  if (node?.snapshot === undefined) throw new Error("That node has not been read yet.");
  const { makeReport } = await import("../report/report.tsx");
  const atMs = node.past?.atMs;
  const shown = redact
    ? await request("report.redacted", { nodeId, podKey, atMs })
    : { snapshot: node.snapshot, podKey };
  const { live, events } = redact ? { live: false, events: [] } : await happened(nodeId);
  return makeReport({
    ...shown,
    target: redact ? undefined : node.state.label,
    events,
    eventsNote: redact
      ? "Left out, since they name what a redacted report does not; a redacted recording tells them."
      : live
        ? undefined
        : "Nothing is kept of before.",
    redacted: redact,
    version,
    madeAt: new Date().toISOString(),
  });
}

/** What is kept of a live node, or stands on a recording's timeline. */
async function happened(nodeId: string): Promise<{ live: boolean; events: { at: string; text: string }[] }> {
  const recording = useNodes.getState().open[nodeId]?.state.recording;
  const info = recording === undefined ? await request("history.info", { nodeId }) : null;
  const marks = recording?.marks.map(({ atMs, text }) => ({ atMs: recording.startMs + atMs, text })) ?? info?.marks;
  return {
    live: marks !== undefined,
    events: marks?.map(({ atMs, text }) => ({ at: new Date(atMs).toISOString(), text })) ?? [],
  };
}
