import { useMemo } from "react";
import { inert } from "../../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { whatIf } from "../../../src-shared/pods/what-if.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { litBy } from "../../drawing/rails-lit.ts";
import type { RailsModel } from "../../drawing/rails-model.ts";
import { useKeys } from "../../state/keys.ts";
import { hover, letGo, select, useSelection } from "../../state/selection.ts";
import { choicesOf, fateOf } from "./fate.ts";
import { WhatIf } from "./what-if.tsx";

const summary = (model: RailsModel): string => {
  const count = (style: string) => model.spaces.filter((space) => space.style === style).length;
  return `${count("shared")} shared, ${count("private")} private, ${count("host")} of the node`;
};

/** Who shares what, as a picture; and what if one of the holders went. */
export function Sharing({
  snapshot,
  pod,
  model,
  label,
}: {
  snapshot: Snapshot;
  pod: Pod;
  model: RailsModel;
  label: string;
}) {
  const { hovered, selected } = useSelection();
  const layout = useMemo(() => layoutRails(model), [model]);
  const choices = useMemo(() => choicesOf(snapshot, pod, model), [snapshot, pod, model]);
  const choice = choices.find(({ key }) => key === selected);
  const answer = useMemo(() => choice && whatIf(snapshot, choice.holder), [snapshot, choice]);
  const fate = useMemo(
    () => choice && answer && fateOf(model, choice, answer, pod.sandbox.id),
    [model, choice, answer, pod.sandbox.id],
  );
  const lit = useMemo(
    () => litBy(layout, hovered ?? (choice ? undefined : selected)),
    [layout, hovered, selected, choice],
  );
  const shared = new Set(model.spaces.filter(({ style }) => style === "shared").map(({ id }) => id));
  const step = (by: number) => {
    const at = choices.findIndex(({ key }) => key === selected);
    const next = choices[at < 0 ? (by > 0 ? 0 : choices.length - 1) : at + by];
    if (next) select(next.key);
    else letGo();
  };
  useKeys({ w: () => step(1), "shift+w": () => step(-1) });
  return (
    <>
      <div className="panel-h">
        <h2>Who shares what</h2>
        <span className="sep" />
        <span className="dim">{summary(model)}</span>
      </div>
      <div className="sharing-figure">
        <RailsFigure
          layout={layout}
          label={inert(label, 400)}
          lit={lit}
          selected={selected}
          fate={fate}
          onHover={hover}
          onSelect={select}
        />
      </div>
      <WhatIf choices={choices} choice={choice} answer={answer} shared={shared} />
    </>
  );
}
