import type { Pod } from "../../../src-shared/model.ts";
import { useEvents } from "../../state/happened.ts";
import { EventRow } from "../events/row.tsx";

/** What happened to a pod since its node was opened, newest first. */
export function PodEvents({ nodeId, pod }: { nodeId: string; pod: Pod }) {
  const events = useEvents(nodeId);
  const mine = (events ?? []).filter((event) => event.pod === pod.key).toReversed();
  if (events === undefined) return null;
  if (mine.length === 0)
    return (
      <p className="dim none">Nothing has happened to it since the node was opened. Recordings have marks instead.</p>
    );
  return (
    <ol className="ev-list in-pod" aria-label="Events of the pod, newest first">
      {mine.map((event) => (
        <EventRow key={`${event.at} ${event.kind} ${event.text}`} event={event} nodeId={nodeId} pod={pod.name} />
      ))}
    </ol>
  );
}
