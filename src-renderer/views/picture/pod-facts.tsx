import { useMemo } from "react";
import { nextToDie, oomDomainOf, oomQueue } from "../../../src-shared/cgroups/oom-order.ts";
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
          Out of memory, <b>{first}</b> would die first.
        </p>
      )}
    </>
  );
}

/** Whom the kernel would end first if this pod's memory ran out: a container's name, or several where they are equal. */
export function diesFirst(snapshot: Snapshot, pod: Pod): string | undefined {
  const reports = reportsByPath(snapshot);
  const report = pod.cgroupPath === undefined ? undefined : reports.get(pod.cgroupPath);
  if (!report) return undefined;
  const own = new Map(snapshot.containers.filter(({ podKey }) => podKey === pod.key).map((one) => [one.id, one]));
  const { order } = oomQueue(snapshot, oomDomainOf(report, reports));
  const mine = order.filter(({ containerId }) => containerId !== undefined && own.has(containerId));
  const names = nextToDie(mine).map(({ containerId, comm }) => inert(own.get(containerId ?? "")?.name ?? comm, 60));
  return [...new Set(names)].sort().slice(0, 3).join(" or ") || undefined;
}
