import { inert, inertPath } from "../../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import type { Fate } from "../../drawing/rails-figure.tsx";
import type { RailsModel } from "../../drawing/rails-model.ts";
import { letGo, select } from "../../state/selection.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { listed } from "../../ui/words.ts";
import type { Choice } from "./fate.ts";

const SIGN: Record<Choice["kind"], IconName | undefined> = {
  pause: "pause",
  container: undefined,
  process: "process",
  pin: "pin",
  fd: "fd",
};

const chipName = (choice: Choice): string =>
  choice.kind === "pin" ? inertPath(choice.name, 26) : inert(choice.name, 24);

/** Choose a holder; read what would die with it, what goes on, what could not come back. Looking changes nothing. */
export function WhatIf({
  choices,
  choice,
  fate,
  model,
}: {
  snapshot: Snapshot;
  pod: Pod;
  choices: Choice[];
  choice?: Choice;
  fate?: Fate;
  model: RailsModel;
}) {
  if (choices.length === 0) return null;
  return (
    <section className="whatif" aria-label="What if">
      <div className="whatif-choose">
        <h3>What if</h3>
        <div className="whatif-chips">
          {choices.map((one) => {
            const sign = SIGN[one.kind];
            return (
              <button
                type="button"
                key={one.key}
                className="chip"
                aria-pressed={one.key === choice?.key}
                title={inert(one.name, 300)}
                onClick={() => select(one.key)}
              >
                {sign && <Icon name={sign} />}
                {chipName(one)}
              </button>
            );
          })}
        </div>
        <span className="dim">
          {choice ? (choice.pins.length > 0 || choice.fds.length > 0 ? "were released" : "ended") : "went?"}
        </span>
        {choice && (
          <button type="button" className="whatif-close" onClick={letGo}>
            let go <kbd>Esc</kbd>
          </button>
        )}
      </div>
      {choice && fate && <Outcome fate={fate} model={model} />}
    </section>
  );
}

function Outcome({ fate, model }: { fate: Fate; model: RailsModel }) {
  const types = (want: "dies" | "stays") =>
    model.spaces
      .filter((space) => space.style === "shared" && fate.spaces.get(space.id) === want)
      .map(({ type }) => type);
  const rows = (...want: string[]) =>
    model.rows.filter((row) => want.includes(fate.rows.get(row.key) ?? "")).map(({ name }) => inert(name, 40));
  const ends = [...rows("ends"), ...types("dies").map((type) => `the ${type} namespace`)];
  const runs = [...rows("runs", "stuck"), ...types("stays").map((type) => `${type}`)];
  const stuck = rows("stuck");
  return (
    <dl className="whatif-out" aria-live="polite">
      <div>
        <dt className={ends.length > 0 ? "bad" : "dim"}>
          <Icon name="dead" /> dies
        </dt>
        <dd>{ends.length > 0 ? listed(ends) : "nothing else"}</dd>
      </div>
      <div>
        <dt className="ok">
          <Icon name="check" /> goes on
        </dt>
        <dd>{runs.length > 0 ? listed(runs) : "nothing"}</dd>
      </div>
      {stuck.length > 0 && (
        <div>
          <dt className="warn">
            <Icon name="warn" /> cannot come back
          </dt>
          <dd>{listed(stuck)}</dd>
        </div>
      )}
    </dl>
  );
}
