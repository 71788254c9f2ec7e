import { type RefObject, useMemo } from "react";
import { inert } from "../../../src-shared/format.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { litBy } from "../../drawing/rails-lit.ts";
import type { RailsModel } from "../../drawing/rails-model.ts";
import { hover, select, useSelection } from "../../state/selection.ts";
import type { Asked } from "./use-what-if.ts";
import { WhatIfChips } from "./what-if.tsx";

const summary = (model: RailsModel): string => {
  const count = (style: string) => model.spaces.filter((space) => space.style === style).length;
  return `${count("shared")} shared, ${count("private")} private, ${count("host")} of the node`;
};

/** Who shares what, as a picture; and what if one of the holders went. */
export function Sharing({
  model,
  label,
  asked,
  picture,
}: {
  model: RailsModel;
  label: string;
  asked: Asked;
  picture: RefObject<HTMLDivElement | null>;
}) {
  const { hovered, selected } = useSelection();
  const layout = useMemo(() => layoutRails(model), [model]);
  const { choice } = asked;
  const lit = useMemo(
    () => litBy(layout, hovered ?? (choice ? undefined : selected)),
    [layout, hovered, selected, choice],
  );
  return (
    <>
      <div className="panel-h">
        <h2>Who shares what</h2>
        <span className="sep" />
        <span className="dim">{summary(model)}</span>
      </div>
      <div className="sharing-figure" ref={picture}>
        <RailsFigure
          layout={layout}
          label={inert(label, 400)}
          lit={lit}
          selected={selected}
          whatIf={asked.state}
          onHover={hover}
          onSelect={select}
        />
      </div>
      <WhatIfChips choices={asked.choices} choice={choice} />
    </>
  );
}
