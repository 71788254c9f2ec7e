/** What happened on a node, as far as somebody looks: a live one's events, or the marks of a recording. */
import { useEffect, useMemo, useState } from "react";
import { create } from "zustand";
import type { EventKind, PodglassEvent } from "../../src-shared/events/event.ts";
import { attempt } from "./client.ts";
import { useNode } from "./nodes.ts";

const EVERY_MS = 2000;

/** By node: how many events there were when one last looked at them. */
const useLooked = create<Record<string, number>>(() => ({}));

/** Events since the list was last looked at. */
export function useNewEvents(nodeId: string): number {
  const count = useNode(nodeId)?.state.eventCount ?? 0;
  const looked = useLooked((all) => all[nodeId] ?? 0);
  return Math.max(0, count - looked);
}

/** The list is on the screen: what is in it is not new any more. */
export function useLookingAtEvents(nodeId: string | undefined): void {
  const count = useNode(nodeId)?.state.eventCount;
  useEffect(() => {
    if (nodeId !== undefined && count !== undefined) useLooked.setState({ [nodeId]: count });
  }, [nodeId, count]);
}

/** Asked for again and again; undefined until it is known. */
export function useEvents(nodeId: string | undefined): readonly PodglassEvent[] | undefined {
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

/** Something that a chart marks: when (ms since the epoch, by the node's clock) and what. */
export interface Moment {
  atMs: number;
  text: string;
  kind?: EventKind;
}

/** Oldest first; of a pod, what is its own and what is the whole node's. */
export function useMoments(nodeId: string, podKey: string | undefined): readonly Moment[] {
  const recording = useNode(nodeId)?.state.recording;
  const events = useEvents(recording === undefined ? nodeId : undefined);
  return useMemo(() => {
    if (recording !== undefined)
      return recording.marks.map(({ atMs, text }) => ({ atMs: recording.startMs + atMs, text }));
    return (events ?? [])
      .filter(({ pod }) => podKey === undefined || pod === undefined || pod === podKey)
      .map(({ at, text, kind }) => ({ atMs: Date.parse(at), text, kind }));
  }, [recording, events, podKey]);
}
