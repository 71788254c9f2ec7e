import { useEffect, useMemo, useState } from "react";
import type { EventKind, PodglassEvent } from "../../../src-shared/events/event.ts";
import { inert } from "../../../src-shared/format.ts";
import { attempt } from "../../state/client.ts";
import { showPast, useNode, useNodes } from "../../state/nodes.ts";
import { go } from "../../state/route.ts";
import { keepMoment } from "../../state/snapshots.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";
import { Button, Empty, Segments } from "../../ui/parts.tsx";
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
      <div className="ev-bar">
        <input
          type="search"
          className="field"
          placeholder="Filter by words"
          aria-label="Filter events"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <Segments
          label="Kinds"
          value={shown}
          options={SHOWN.map((value) => ({ value, label: value }))}
          onChange={setShown}
        />
      </div>
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
        <Button
          kind="quiet"
          title="The whole node just before it"
          onClick={() => void showMoment(nodeId, justBefore(event))}
        >
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

async function showMoment(nodeId: string, atMs: number): Promise<void> {
  const got = await attempt("history.at", { nodeId, atMs });
  if (got === undefined) return;
  useNodes.setState((nodes) => showPast(nodes, nodeId, got.snapshot, atMs), true);
  go("pods", { nodeId });
}

/** Opens Compare with the event's pod as it was before, and as the first reading after it had it. */
async function compare(nodeId: string, event: PodglassEvent): Promise<void> {
  const at = (atMs: number) => attempt("history.at", { nodeId, atMs });
  const [before, after] = await Promise.all([at(justBefore(event)), at(Date.parse(event.at) + EVERY_MS)]);
  if (before === undefined || after === undefined) return;
  const side = `${nodeId} ${event.pod}`;
  go("compare", {
    nodeId,
    params: {
      left: side,
      right: side,
      leftMoment: keepMoment(nodeId, "before", before.snapshot),
      rightMoment: keepMoment(nodeId, "after", after.snapshot),
    },
  });
}
