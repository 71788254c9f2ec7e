/** Curves in a report: the same charts as the window's, still, with what each was at the end. */
import type { Block } from "../../src-shared/curves/block.ts";
import { NODE_GROUP } from "../../src-shared/curves/metrics.ts";
import { inert, isoTime } from "../../src-shared/format.ts";
import type { Container, Pod } from "../../src-shared/model.ts";
import { chartsOf, type Subject } from "../drawing/curves/charts.ts";
import { CurvesFigure } from "../drawing/curves/figure.tsx";
import { Legend } from "../ui/curves-parts.tsx";

const WIDTH = 300;
const HEIGHT = 48;

export const NODE: Subject = { name: "the node", wanted: ({ path }) => path === NODE_GROUP, node: true };

export const podSubjects = ({ key, cgroupPath }: Pod, containers: readonly Container[]): [Subject, Subject[]] => [
  { name: "the pod", wanted: ({ path }) => path === cgroupPath },
  [...new Set(containers.filter(({ kind }) => kind !== "sandbox").map(({ name, id }) => name || id))].map((name) => ({
    name,
    wanted: ({ pod, container }) => pod === key && container === name,
  })),
];

export function ReportCurves(props: { blocks: readonly Block[]; main: Subject; parts?: readonly Subject[] }) {
  const { charts, span, away } = chartsOf(props.blocks, props.main, props.parts);
  if (span === undefined || charts.length === 0) return null;
  const { fromMs, toMs } = span;
  const clock = (atMs: number) => isoTime(atMs).slice(-13, -5);
  return (
    <figure className="curves" aria-label={`Curves of ${inert(props.main.name, 80)}`}>
      {charts.map((chart) => (
        <div key={chart.title}>
          <Legend chart={chart} atMs={toMs} />
          <CurvesFigure chart={chart} away={away} fromMs={fromMs} toMs={toMs} width={WIDTH} height={HEIGHT} />
        </div>
      ))}
      <figcaption>
        From {clock(fromMs)} to {clock(toMs)} UTC; the values are those at the end. Nothing is drawn where nothing was
        read.
      </figcaption>
    </figure>
  );
}
