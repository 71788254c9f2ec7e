import { useMemo } from "react";
import { oomDomainOf, oomQueue } from "../../../src-shared/cgroups/oom-order.ts";
import { inert } from "../../../src-shared/format.ts";
import { NAMESPACE_TYPES, type Pod, type PodReport, type Snapshot } from "../../../src-shared/model.ts";
import { podReport } from "../../../src-shared/pods/report.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { railsModel } from "../../drawing/rails-model.ts";
import { reportsByPath } from "../../state/derived.ts";
import { listed } from "../../ui/words.ts";

/** The selected pod: its rail diagram in small, who holds what in a sentence, and who would die first. */
export function PodFacts({ snapshot, pod }: { snapshot: Snapshot; pod: Pod }) {
  const layout = useMemo(() => {
    const model = railsModel(snapshot, pod.key);
    return model && layoutRails(model, { gutter: 96, pitch: 27, row: 30, digits: false });
  }, [snapshot, pod.key]);
  const report = useMemo(() => podReport(snapshot, pod.key), [snapshot, pod.key]);
  const first = useMemo(() => diesFirst(snapshot, pod), [snapshot, pod]);
  return (
    <>
      {layout && <RailsFigure layout={layout} label={`${inert(pod.name, 80)}: ${holdWords(report)}`} />}
      <p>
        <b>{holdWords(report)}</b>
        {alsoWords(report)}
      </p>
      {first && (
        <p>
          Out of memory, <b>{inert(first, 60)}</b> would die first.
        </p>
      )}
    </>
  );
}

const shared = (report: PodReport) =>
  NAMESPACE_TYPES.flatMap((type) => {
    const holder = report.holders[type];
    return holder && !holder.initial ? [{ type, ...holder }] : [];
  });

/** "pause holds net, ipc and uts", "pins hold net, ipc and uts; pause was dropped". */
export function holdWords(report: PodReport): string {
  const spaces = shared(report);
  const names = (some: typeof spaces) => listed(some.map(({ type }) => type));
  const pinned = spaces.filter(({ heldBy }) => heldBy.includes("pin"));
  switch (report.pod.sandbox.state) {
    case "process": {
      const held = spaces.filter(({ heldBy }) => heldBy.includes("sandbox"));
      return held.length > 0 ? `pause holds ${names(held)}` : "pause holds nothing of the pod";
    }
    case "dropped":
      return pinned.length > 0 ? `${names(pinned)} held by pins, without pause` : "pause was dropped";
    case "dead":
      return "the sandbox is dead";
    case "none":
      return spaces.length > 0 ? `${names(spaces)} shared without a sandbox` : "nothing is shared";
  }
}

function alsoWords(report: PodReport): string {
  const spaces = shared(report);
  const pinned = spaces.filter(({ heldBy }) => heldBy.includes("pin"));
  const dying = spaces.filter(({ diesWithPause }) => diesWithPause);
  const names = (some: typeof spaces) => listed(some.map(({ type }) => type));
  const parts: string[] = [];
  if (report.pod.sandbox.state === "process" && pinned.length > 0)
    parts.push(`${names(pinned)} ${pinned.length === 1 ? "is" : "are"} also pinned`);
  if (dying.length > 0) parts.push(`${names(dying)} would end with it`);
  if (report.pod.sandbox.state === "dead" && spaces.length > 0)
    parts.push(`${names(spaces.filter(({ heldBy }) => !heldBy.includes("pin")))} live only as long as a member runs`);
  return parts.length === 0 ? "." : `; ${parts.join("; ")}.`;
}

function diesFirst(snapshot: Snapshot, pod: Pod): string | undefined {
  const report = pod.cgroupPath === undefined ? undefined : reportsByPath(snapshot).get(pod.cgroupPath);
  if (!report) return undefined;
  const own = new Set(snapshot.containers.filter(({ podKey }) => podKey === pod.key).map(({ id }) => id));
  const { order } = oomQueue(snapshot, oomDomainOf(report));
  const victim = order.find(({ containerId }) => containerId !== undefined && own.has(containerId));
  const container = snapshot.containers.find(({ id }) => id === victim?.containerId);
  return container?.name ?? victim?.comm;
}
