import { useEffect, useMemo, useState } from "react";
import type { EventKind, PodglassEvent } from "../../../src-shared/events/event.ts";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { attempt } from "../../state/client.ts";
import { showPast, useNode, useNodes } from "../../state/nodes.ts";
import { notify } from "../../state/notices.ts";
import { go } from "../../state/route.ts";
import { keepSnapshot } from "../../state/snapshots.ts";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty } from "../../ui/parts.tsx";
import type { ViewProps } from "../view.ts";
import "../../ui/view-head.css";
import "./events.css";

const EVERY_MS = 2000;

type Group = "pods" | "containers" | "limits" | "pins" | "node";
const GROUP: Readonly<Record<EventKind, Group>> = {
  "pod-new": "pods",
  "pod-gone": "pods",
  "sandbox-changed": "pods",
  "container-started": "containers",
  "container-ended": "containers",
  "container-restarted": "containers",
  "oom-kill": "containers",
  "process-stuck": "containers",
  "limit-changed": "limits",
  "pin-new": "pins",
  "pin-gone": "pins",
  "finding-new": "node",
  "finding-gone": "node",
  "node-rebooted": "node",
  "runtime-restarted": "node",
  "node-lost": "node",
  "node-back": "node",
  action: "node",
};
const SHOWN = ["everything", "pods", "containers", "limits", "pins", "node"] as const;

const SIGN: Partial<Record<EventKind, { icon: IconName; tone: string }>> = {
  "oom-kill": { icon: "bad", tone: "bad" },
  "sandbox-changed": { icon: "warn", tone: "warn" },
  "process-stuck": { icon: "warn", tone: "warn" },
  "node-lost": { icon: "bad", tone: "bad" },
  "container-restarted": { icon: "refresh", tone: "warn" },
};

/** What happened on this node since it was opened, newest first; each leads to the node before and after it. */
export default function Events({ nodeId }: ViewProps) {
  const node = useNode(nodeId);
  const events = useEvents(nodeId);
  const [shown, setShown] = useState<(typeof SHOWN)[number]>("everything");
  const [filter, setFilter] = useState("");
  const names = useMemo(
    () => new Map((node?.snapshot?.pods ?? []).map(({ key, name }) => [key, name])),
    [node?.snapshot],
  );
  const rows = useMemo(() => {
    const wanted = filter.toLowerCase();
    return (events ?? [])
      .filter(({ kind }) => shown === "everything" || GROUP[kind] === shown)
      .filter(({ text, kind }) => `${text} ${kind}`.toLowerCase().includes(wanted))
      .toReversed();
  }, [events, shown, filter]);
  if (nodeId === undefined || node === undefined) return null;
  return (
    <Page label="Events" byHand={[`podglass events ${node.state.target}`]}>
      <header className="view-head">
        <h1>Events</h1>
        <p>What happened on {node.state.label} since it was opened here, by the node's clock.</p>
      </header>
      <FilterBar
        of="events"
        placeholder="Filter by words"
        words={filter}
        onWords={setFilter}
        label="Kinds"
        shown={shown}
        choices={SHOWN}
        onShown={setShown}
      />
      {events !== undefined && rows.length === 0 && (
        <Empty icon="clock" title={events.length === 0 ? "Nothing has happened yet" : "No event matches"}>
          <p>
            {events.length > 0
              ? "Take the filter away, or show everything."
              : node.state.recording
                ? "A recording has its changes as marks on its timeline."
                : "Pods that come and go, restarts, OOM kills, limits, pins and a pause that ends are told here as they happen."}
          </p>
        </Empty>
      )}
      <ol className="ev-list" aria-label="Events, newest first">
        {rows.map((event) => (
          <Row
            key={`${event.at} ${event.kind} ${event.text}`}
            {...{ event, nodeId }}
            pod={names.get(event.pod ?? "")}
          />
        ))}
      </ol>
    </Page>
  );
}

function Row({ event, nodeId, pod }: { event: PodglassEvent; nodeId: string; pod: string | undefined }) {
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

/** Asked for again and again while the page is open. */
function useEvents(nodeId: string | undefined): readonly PodglassEvent[] | undefined {
  const [events, setEvents] = useState<readonly PodglassEvent[]>();
  useEffect(() => {
    if (nodeId === undefined) return;
    const load = () => void attempt("events.list", { nodeId }).then((got) => got !== undefined && setEvents(got));
    load();
    const timer = setInterval(load, EVERY_MS);
    return () => clearInterval(timer);
  }, [nodeId]);
  return events;
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
  const atMs = Date.parse(event.at) + Math.max(EVERY_MS, 2 * everyMs);
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
