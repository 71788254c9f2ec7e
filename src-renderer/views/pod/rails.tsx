import { useMemo } from "react";
import { inert } from "../../../src-shared/format.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { litBy } from "../../drawing/rails-lit.ts";
import type { RailsModel } from "../../drawing/rails-model.ts";
import { hover, select, useSelection } from "../../state/selection.ts";
import type { Asked } from "./use-what-if.ts";

/** Who shares what in a pod, lit by what is pointed at or chosen, with the answer to what is asked of it. */
export function PodRails({ model, label, asked }: { model: RailsModel; label: string; asked: Asked }) {
  const { hovered, selected } = useSelection();
  const layout = useMemo(() => layoutRails(model), [model]);
  const { choice } = asked;
  const lit = useMemo(
    () => litBy(layout, hovered ?? (choice ? undefined : selected)),
    [layout, hovered, selected, choice],
  );
  return (
    <RailsFigure
      layout={layout}
      label={inert(label, 400)}
      lit={lit}
      selected={selected}
      whatIf={asked.state}
      onHover={hover}
      onSelect={select}
    />
  );
}
