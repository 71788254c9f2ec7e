import { useMemo, useState } from "react";
import type { EventKind } from "../../../src-shared/events/event.ts";
import { useEvents, useLookingAtEvents } from "../../state/happened.ts";
import { useNode } from "../../state/nodes.ts";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty } from "../../ui/parts.tsx";
import type { ViewProps } from "../view.ts";
import { EventRow } from "./row.tsx";
import "../../ui/view-head.css";
import "./events.css";

type Group = "pods" | "containers" | "limits" | "pins" | "findings" | "node";
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
  "finding-new": "findings",
  "finding-gone": "findings",
  "node-rebooted": "node",
  "runtime-restarted": "node",
  "node-lost": "node",
  "node-back": "node",
  action: "node",
};
const SHOWN = ["everything", "pods", "containers", "limits", "pins", "findings", "node"] as const;

/** What happened on this node since it was opened, newest first; each leads to the node before and after it. */
export default function Events({ nodeId }: ViewProps) {
  const node = useNode(nodeId);
  const events = useEvents(nodeId);
  useLookingAtEvents(nodeId);
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
                : "Pods that come and go, restarts, OOM kills, limits, pins, findings, a pause that ends and what Podglass does are told here as they happen."}
          </p>
        </Empty>
      )}
      <ol className="ev-list" aria-label="Events, newest first">
        {rows.map((event) => (
          <EventRow
            key={`${event.at} ${event.kind} ${event.text}`}
            {...{ event, nodeId }}
            pod={names.get(event.pod ?? "")}
          />
        ))}
      </ol>
    </Page>
  );
}
