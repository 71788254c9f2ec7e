import { useMemo } from "react";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { type WhatIf, whatIf } from "../../../src-shared/questions/what-if.ts";
import type { RailsModel } from "../../drawing/rails-model.ts";
import type { WhatIfState } from "../../drawing/what-if-state.ts";
import { useKeys } from "../../state/keys.ts";
import { letGo, select, useSelection } from "../../state/selection.ts";
import { type Choice, choicesOf, whatIfStateOf } from "./what-if-state.ts";

export interface Asked {
  choices: Choice[];
  choice?: Choice;
  answer?: WhatIf;
  state?: WhatIfState;
  shared: ReadonlySet<string>;
  /** The container that is the chosen holder itself. */
  own?: string;
}

/** The question that is asked of the pod just now, and its answer; w and Shift+W step through the holders. */
export function useWhatIf(snapshot: Snapshot | undefined, pod: Pod | undefined, model: RailsModel | undefined): Asked {
  const { selected } = useSelection();
  const choices = useMemo(
    () => (snapshot && pod && model ? choicesOf(snapshot, pod, model) : []),
    [snapshot, pod, model],
  );
  const choice = choices.find(({ key }) => key === selected);
  const answer = useMemo(() => (snapshot && choice ? whatIf(snapshot, choice.holder) : undefined), [snapshot, choice]);
  const sandboxId = pod?.sandbox.id;
  const state = useMemo(
    () => (model && choice && answer ? whatIfStateOf(model, choice, answer, sandboxId) : undefined),
    [model, choice, answer, sandboxId],
  );
  const shared = useMemo(
    () => new Set(model?.spaces.filter(({ style }) => style === "shared").map(({ id }) => id)),
    [model],
  );
  const step = (by: number) => {
    if (choices.length === 0) return false;
    const at = choices.findIndex(({ key }) => key === selected);
    const next = choices[at < 0 ? (by > 0 ? 0 : choices.length - 1) : at + by];
    if (next) select(next.key);
    else letGo();
  };
  useKeys({ w: () => step(1), "shift+w": () => step(-1) });
  const own =
    choice?.holder.kind === "container" ? choice.holder.id : choice?.kind === "sandbox" ? sandboxId : undefined;
  return { choices, choice, answer, state, shared, own };
}
