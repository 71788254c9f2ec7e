import { useEffect, useMemo } from "react";
import { inert } from "../../../src-shared/format.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { railsModel } from "../../drawing/rails-model.ts";
import { reportOf } from "../../state/derived.ts";
import { letGo } from "../../state/selection.ts";
import { PodRails } from "../pod/rails.tsx";
import { summaryOf } from "../pod/summary.ts";
import { useWhatIf } from "../pod/use-what-if.ts";
import { WhatIfAnswer, WhatIfChips } from "../pod/what-if.tsx";

/** Beside a finding, where there is room: who shares what in its pod, and what if one of the holders stopped. */
export function FindingPod({ snapshot, podKey }: { snapshot: Snapshot; podKey: string }) {
  const model = useMemo(() => railsModel(snapshot, podKey), [snapshot, podKey]);
  const report = reportOf(snapshot, podKey);
  const asked = useWhatIf(snapshot, report?.pod, model);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked of one pod is not asked of the next
  useEffect(() => letGo, [podKey]);
  if (model === undefined || report === undefined) return null;
  const { bold, rest } = summaryOf(report, model);
  return (
    <aside className="fi-pod" aria-label="The pod of this finding">
      <h3>
        Who shares what in <span className="cut">{inert(report.pod.name, 80)}</span>
      </h3>
      <PodRails model={model} label={`${report.pod.name}: ${bold}${rest}`} asked={asked} />
      <WhatIfChips choices={asked.choices} choice={asked.choice} />
      {asked.answer && <WhatIfAnswer answer={asked.answer} shared={asked.shared} own={asked.own} />}
    </aside>
  );
}
