/** A report of what the window shows: a node or a pod, as it is or was. */
import { version } from "../../package.json";
import type { Block } from "../../src-shared/curves/block.ts";
import { NODE_GROUP } from "../../src-shared/curves/metrics.ts";
import { isoTime } from "../../src-shared/format.ts";
import type { ReportInput } from "../../src-shared/report-input.ts";
import { request } from "./client.ts";
import { type KnownBlock, withAnswer } from "./curves.ts";
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
    curves: redact
      ? undefined
      : await curvesFor(
          nodeId,
          podKey,
          node.snapshot.pods.map(({ key }) => key),
        ),
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

/** Pods of which curves are drawn in the report of a node. */
const MOST_PODS = 50;

/** Of one pod, or of the node and its first pods; undefined where none are kept. */
async function curvesFor(nodeId: string, podKey: string | undefined, all: string[]): Promise<Block[] | undefined> {
  const wanted =
    podKey === undefined ? { paths: [NODE_GROUP], pods: all.slice(0, MOST_PODS) } : { paths: [], pods: [podKey] };
  let known: KnownBlock[] = [];
  for (let more = true; more; ) {
    const got = await request("curves.get", { nodeId, ...wanted, from: known.at(-1)?.number ?? 0 });
    if (got === null) return undefined;
    known = withAnswer(known, got);
    more = got.more;
  }
  return known.map(({ block }) => block);
}

/** What happened on a live node as far as it is kept, each with its pod, or what stands on a recording's timeline. */
async function happened(nodeId: string): Promise<{ live: boolean; events: ReportInput["events"] }> {
  const recording = useNodes.getState().open[nodeId]?.state.recording;
  if (recording !== undefined) {
    const events = recording.marks.map(({ atMs, text }) => ({ at: isoTime(recording.startMs + atMs), text }));
    return { live: true, events };
  }
  const info = await request("history.info", { nodeId });
  return info === null ? { live: false, events: [] } : { live: true, events: await request("events.list", { nodeId }) };
}
