import type { RefObject } from "react";
import type { RailsModel } from "../../drawing/rails-model.ts";
import { PodRails } from "./rails.tsx";
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
  return (
    <>
      <div className="panel-h">
        <h2>Who shares what</h2>
        <span className="sep" />
        <span className="dim">{summary(model)}</span>
      </div>
      <div className="sharing-figure" ref={picture}>
        <PodRails model={model} label={label} asked={asked} />
      </div>
      <WhatIfChips choices={asked.choices} choice={asked.choice} />
    </>
  );
}
