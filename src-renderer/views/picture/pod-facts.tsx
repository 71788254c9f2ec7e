import { useMemo } from "react";
import { oomDomainOf, oomQueue } from "../../../src-shared/cgroups/oom-order.ts";
import { inert } from "../../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { podReport } from "../../../src-shared/questions/pod-report.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { railsModel } from "../../drawing/rails-model.ts";
import { reportsByPath } from "../../state/derived.ts";
import { summaryOf } from "../pod/summary.ts";

/** The selected pod: its rail diagram in small, who holds what in a sentence, and who would die first. */
export function PodFacts({ snapshot, pod }: { snapshot: Snapshot; pod: Pod }) {
  const { layout, summary } = useMemo(() => {
    const model = railsModel(snapshot, pod.key);
    return {
      layout: model && layoutRails(model, { gutter: 96, pitch: 27, row: 30, digits: false }),
      summary: summaryOf(podReport(snapshot, pod.key), model),
    };
  }, [snapshot, pod.key]);
  const first = useMemo(() => diesFirst(snapshot, pod), [snapshot, pod]);
  return (
    <>
      {layout && <RailsFigure layout={layout} label={`${inert(pod.name, 80)}: ${summary.bold}`} />}
      <p>
        <b>{summary.bold}</b>
        {summary.rest}
      </p>
      {first && (
        <p>
          Out of memory, <b>{inert(first, 60)}</b> would die first.
        </p>
      )}
    </>
  );
}

/** The container that the kernel would end first if this pod's memory ran out. */
export function diesFirst(snapshot: Snapshot, pod: Pod): string | undefined {
  const reports = reportsByPath(snapshot);
  const report = pod.cgroupPath === undefined ? undefined : reports.get(pod.cgroupPath);
  if (!report) return undefined;
  const own = new Set(snapshot.containers.filter(({ podKey }) => podKey === pod.key).map(({ id }) => id));
  const { order } = oomQueue(snapshot, oomDomainOf(report, reports));
  const victim = order.find(({ containerId }) => containerId !== undefined && own.has(containerId));
  const container = snapshot.containers.find(({ id }) => id === victim?.containerId);
  return container?.name ?? victim?.comm;
}
