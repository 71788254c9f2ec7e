import type { EventKind, PodglassEvent } from "../../../src-shared/events/event.ts";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { attempt } from "../../state/client.ts";
import { showPast, useNodes } from "../../state/nodes.ts";
import { notify } from "../../state/notices.ts";
import { go } from "../../state/route.ts";
import { keepSnapshot } from "../../state/snapshots.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { Button } from "../../ui/parts.tsx";
import "./events.css";

/** The reading that shows an event came at most so long after it (ms), where the node is read every second. */
const SHOWN_AFTER_MS = 2000;

const SIGN: Partial<Record<EventKind, { icon: IconName; tone: string }>> = {
  "oom-kill": { icon: "bad", tone: "bad" },
  "sandbox-changed": { icon: "warn", tone: "warn" },
  "process-stuck": { icon: "warn", tone: "warn" },
  "node-lost": { icon: "bad", tone: "bad" },
  "container-restarted": { icon: "refresh", tone: "warn" },
};

/** One event, with the way to the moments before and after it. */
export function EventRow({ event, nodeId, pod }: { event: PodglassEvent; nodeId: string; pod: string | undefined }) {
  const sign = SIGN[event.kind];
  return (
    <li className="ev-row">
      <time dateTime={event.at}>{new Date(event.at).toLocaleTimeString("en-GB")}</time>
      <Icon name={sign?.icon ?? "info"} className={sign?.tone ?? "dim"} />
      <p>{inert(event.text, 400)}</p>
      <div className="ev-acts">
        <Button kind="quiet" title="The whole node just before it" onClick={() => void showBefore(nodeId, event)}>
          See before
        </Button>
        {event.pod !== undefined && (
          <Button
            kind="quiet"
            icon="swap"
            title={`${inert(pod ?? "the pod", 60)} before it and after`}
            onClick={() => void compare(nodeId, event)}
          >
            Before and after
          </Button>
        )}
      </div>
    </li>
  );
}

/** An event is told with the reading that showed it, or by a better time of the node's own: the one before has it not yet. */
const justBefore = ({ at }: PodglassEvent): number => Date.parse(at) - 1;

/** As the node was before an event; undefined, and said, where nothing that old is kept: the oldest that is may show it already. */
async function before(nodeId: string, event: PodglassEvent): Promise<Snapshot | undefined> {
  const got = await attempt("history.at", { nodeId, atMs: justBefore(event) });
  if (got === undefined || Date.parse(got.snapshot.takenAt) <= justBefore(event)) return got?.snapshot;
  notify({ tone: "warn", text: "Nothing is kept of the time before that event. Settings say how long it is." });
  return undefined;
}

/** As the first reading that can show it had the node; undefined, and said, where there is none yet. */
async function after(nodeId: string, event: PodglassEvent): Promise<Snapshot | undefined> {
  // The node may have told a time of its own, that of the kernel log: the reading that shows it came up to a refresh later.
  const { everyMs = 0 } = useNodes.getState().open[nodeId]?.state ?? {};
  const atMs = Date.parse(event.at) + Math.max(SHOWN_AFTER_MS, 2 * everyMs);
  const got = await attempt("history.at", { nodeId, atMs });
  if (got === undefined || got.snapshot.takenAt >= event.at) return got?.snapshot;
  notify({ tone: "warn", text: "The node was not read again since that event." });
  return undefined;
}

async function showBefore(nodeId: string, event: PodglassEvent): Promise<void> {
  const snapshot = await before(nodeId, event);
  if (snapshot === undefined) return;
  useNodes.setState((nodes) => showPast(nodes, nodeId, snapshot, justBefore(event)), true);
  go("pods", { nodeId });
}

/** Opens Compare with the event's pod as it was before, and as the first reading after it had it. */
async function compare(nodeId: string, event: PodglassEvent): Promise<void> {
  const [was, is] = await Promise.all([before(nodeId, event), after(nodeId, event)]);
  if (was === undefined || is === undefined) return;
  const side = `${nodeId} ${event.pod}`;
  go("compare", {
    nodeId,
    params: {
      left: side,
      right: side,
      leftKept: keepSnapshot(nodeId, "before", was),
      rightKept: keepSnapshot(nodeId, "after", is),
    },
  });
}
