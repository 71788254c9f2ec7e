import { useMemo } from "react";
import type { ActionName } from "../../../src-shared/actions.ts";
import { pinTypes } from "../../../src-shared/manifests.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { itemKey } from "../../drawing/item-key.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import { type RailsModel, railsModel } from "../../drawing/rails-model.ts";

const PINNED: ReadonlySet<string> = new Set(pinTypes);

/** The picture as the plan wants it: drawn from what is, with the pins and pause that the action adds or takes. */
function wanted(model: RailsModel, action: ActionName, pinFirst: boolean): RailsModel {
  const shared = model.spaces.filter(({ style, type }) => style === "shared" && PINNED.has(type));
  const ours = (holds: string) => ({
    key: itemKey.pin(`plan:${holds}`),
    kind: "pin" as const,
    holds,
    name: "/run/podglass/pins",
  });
  const pins = shared
    .filter(({ id }) => !model.holders.some((one) => one.kind === "pin" && one.holds === id))
    .map(({ id }) => ours(id));
  const holders =
    action === "pin" || (action === "drop" && pinFirst)
      ? [...model.holders, ...pins]
      : action === "unpin"
        ? model.holders.filter(({ name }) => !name.startsWith("/run/podglass/pins/"))
        : model.holders;
  const rows = model.rows.map((row) => {
    if (action === "drop" && row.kind === "pause")
      return { ...row, kind: "ghost" as const, note: "dropped", members: {} };
    return row;
  });
  return { ...model, rows, holders };
}

/** The same pod now and after, at the same places. Once done, the second picture is read from the node. */
export function BeforeAfter({
  before,
  after,
  podKey,
  action,
  pinFirst,
}: {
  before?: Snapshot;
  after?: Snapshot;
  podKey: string;
  action: ActionName;
  pinFirst: boolean;
}) {
  const now = useMemo(() => before && railsModel(before, podKey), [before, podKey]);
  const then = useMemo(
    () => (after ? railsModel(after, podKey) : now && wanted(now, action, pinFirst)),
    [after, now, podKey, action, pinFirst],
  );
  if (now === undefined || then === undefined) return null;
  const shown = (model: RailsModel) =>
    layoutRails(model, {
      gutter: 96,
      pitch: 27,
      row: 34,
      words: false,
      types: ["net", "ipc", "uts"],
      bands: { pin: true },
    });
  return (
    <div className="plan-pictures">
      <figure>
        <figcaption>{after ? "Before" : "Now"}</figcaption>
        <RailsFigure layout={shown(now)} label="The pod before" />
      </figure>
      <figure>
        <figcaption>{after ? "Read again" : "After"}</figcaption>
        <RailsFigure layout={shown(then)} label="The pod after" />
      </figure>
    </div>
  );
}
