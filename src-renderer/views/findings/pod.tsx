import { useEffect, useMemo } from "react";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { litBy } from "../../drawing/rails-lit.ts";
import { railsModel } from "../../drawing/rails-model.ts";
import { reportOf } from "../../state/derived.ts";
import { hover, letGo, select, useSelection } from "../../state/selection.ts";
import { summaryOf } from "../pod/summary.ts";
import { useWhatIf } from "../pod/use-what-if.ts";
import { WhatIfAnswer, WhatIfChips } from "../pod/what-if.tsx";

/** Beside a finding, where there is room: who shares what in its pod, and what if one of the holders stopped. */
export function FindingPod({ snapshot, podKey }: { snapshot: Snapshot; podKey: string }) {
  const model = useMemo(() => railsModel(snapshot, podKey), [snapshot, podKey]);
  const layout = useMemo(() => model && layoutRails(model), [model]);
  const report = reportOf(snapshot, podKey);
  const asked = useWhatIf(snapshot, report?.pod, model);
  const { hovered, selected } = useSelection();
  const { choice } = asked;
  const lit = useMemo(
    () => layout && litBy(layout, hovered ?? (choice ? undefined : selected)),
    [layout, hovered, selected, choice],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked of one pod is not asked of the next
  useEffect(() => letGo, [podKey]);
  if (model === undefined || layout === undefined || report === undefined) return null;
  const { bold, rest } = summaryOf(report, model);
  return (
    <aside className="fi-pod" aria-label="The pod of this finding">
      <h3>
        Who shares what in <span className="cut">{inert(report.pod.name, 80)}</span>
      </h3>
      <RailsFigure
        layout={layout}
        label={inert(`${report.pod.name}: ${bold}${rest}`, 400)}
        lit={lit}
        selected={selected}
        whatIf={asked.state}
        onHover={hover}
        onSelect={select}
      />
      <WhatIfChips choices={asked.choices} choice={choice} />
      {asked.answer && <WhatIfAnswer answer={asked.answer} shared={asked.shared} own={asked.own} />}
    </aside>
  );
}
