import { useEffect } from "react";
import { itemKey } from "../../drawing/item-key.ts";
import type { RailsModel } from "../../drawing/rails-model.ts";
import { setParams } from "../../state/route.ts";
import { letGo, select } from "../../state/selection.ts";
import { Button } from "../../ui/parts.tsx";

interface Stop {
  words: string;
  /** What is selected in the figure meanwhile. */
  shows?: (model: RailsModel) => string | undefined;
}

const STOPS: readonly Stop[] = [
  { words: "A row is a container of this pod with its process. Pause, where there is one, is a row like any other." },
  {
    words: "A rail is a namespace. One that runs through several rows is shared: they are in the same one.",
    shows: (model) => {
      const shared = model.spaces.find(({ style }) => style === "shared");
      return shared && itemKey.space(shared.id);
    },
  },
  {
    words:
      "On top of a rail stands what holds it: pause, a process that only sleeps, or a pin, a file. Below is what follows if it stopped.",
    shows: (model) =>
      model.rows.some(({ kind }) => kind === "pause") ? itemKey.sandbox(model.podKey) : model.holders[0]?.key,
  },
  { words: "Cgroups say what the pod may use. The limit that holds may be set above it, and the bar says by whom." },
  { words: "By hand, at the foot of each page: the commands with which you see the same on the node yourself." },
];

/** Five sentences about a pod's page for who sees one for the first time, each beside what it speaks of. */
export function Tour({ stop, model }: { stop: string; model: RailsModel }) {
  const at = Math.max(0, Math.min(STOPS.length - 1, Number(stop) - 1 || 0));
  const { words, shows } = STOPS[at]!;
  const shown = shows?.(model);
  useEffect(() => {
    // After the page has let go of what was selected on the page before.
    const soon = setTimeout(() => {
      letGo();
      if (shown !== undefined) select(shown);
    }, 0);
    return () => clearTimeout(soon);
  }, [shown]);
  const to = (next: number) => setParams({ tour: String(next + 1) });
  const end = () => {
    letGo();
    setParams({ tour: undefined });
  };
  const last = at === STOPS.length - 1;
  return (
    <section className="tour" aria-label="A tour of one pod">
      <span className="dim">
        {at + 1} of {STOPS.length}
      </span>
      <p aria-live="polite">{words}</p>
      {at > 0 && (
        <Button kind="quiet" onClick={() => to(at - 1)}>
          Back
        </Button>
      )}
      <Button kind="primary" onClick={() => (last ? end() : to(at + 1))}>
        {last ? "Done" : "Next"}
      </Button>
      {!last && (
        <Button kind="quiet" onClick={end}>
          End the tour
        </Button>
      )}
    </section>
  );
}
