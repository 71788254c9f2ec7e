import { useMemo } from "react";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import type { LabPod } from "../../../src-shared/reports.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { railsModel } from "../../drawing/rails-model.ts";
import { go } from "../../state/route.ts";
import { type LabPlan, planModel } from "./plan.ts";

/** More are a list, not a picture; the Picture page has them all. */
const MOST = 6;

const SMALL = { gutter: 112, pitch: 46, row: 36, digits: false };

/** What the form would make, and what was made here as it is on the node now: with pause and with pins side by side. */
export function LabFigures({
  nodeId,
  snapshot,
  pods,
  plan,
}: {
  nodeId: string;
  snapshot: Snapshot;
  pods: readonly LabPod[];
  plan: LabPlan;
}) {
  const names = pods.map(({ name }) => name).join("\n");
  const figures = useMemo(
    () =>
      names.split("\n").flatMap((name) => {
        const model = railsModel(snapshot, `lab/${name}`);
        return model ? [{ name, layout: layoutRails(model, SMALL) }] : [];
      }),
    [snapshot, names],
  );
  const next = useMemo(() => layoutRails(planModel(plan), SMALL), [plan]);
  return (
    <section className="lab-figures" aria-label="Lab pods, drawn">
      <div className="panel-h">
        <h2>Drawn</h2>
        <span className="dim">a row is a process, a rail that runs through is a namespace that they share</span>
      </div>
      <div className="lab-drawn">
        <figure>
          <span className="dim">the next one</span>
          <RailsFigure layout={next} label="The lab pod that the form would make" />
        </figure>
        {figures.slice(0, MOST).map(({ name, layout }) => (
          <figure key={name}>
            <button
              type="button"
              className="link"
              onClick={() => go("pod", { nodeId, params: { pod: `lab/${name}` } })}
            >
              {inert(name, 63)}
            </button>
            <RailsFigure layout={layout} label={`${inert(name, 63)}, drawn`} />
          </figure>
        ))}
      </div>
      {figures.length > MOST && <p className="dim">{figures.length - MOST} more are in the Picture.</p>}
    </section>
  );
}
