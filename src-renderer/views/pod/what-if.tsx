import { inert } from "../../../src-shared/format.ts";
import type { WhatIf as Answer, Effect } from "../../../src-shared/pods/what-if.ts";
import { letGo, select } from "../../state/selection.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { listed } from "../../ui/words.ts";
import type { Choice } from "./fate.ts";

const SIGN: Partial<Record<Choice["kind"], IconName>> = { sandbox: "pause", process: "process", pin: "pin", fd: "fd" };
const WENT: Record<Choice["kind"], string> = {
  sandbox: "ended?",
  container: "ended?",
  process: "ended?",
  pin: "were taken away?",
  fd: "were closed?",
};

/** Choose a holder; read what would die with it, what goes on, what could not come back. Looking changes nothing. */
export function WhatIf({
  choices,
  choice,
  answer,
  shared,
}: {
  choices: Choice[];
  choice?: Choice;
  answer?: Answer;
  shared: ReadonlySet<string>;
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
                {inert(one.short, 28)}
              </button>
            );
          })}
        </div>
        <span className="dim">{choice ? WENT[choice.kind] : "went?"}</span>
        {choice && (
          <button type="button" className="whatif-close" onClick={letGo}>
            let go <kbd>Esc</kbd>
          </button>
        )}
      </div>
      <div className="whatif-out" aria-live="polite">
        {answer ? (
          <Outcome answer={answer} shared={shared} />
        ) : (
          <p className="dim">
            Choose what would go. The picture shows what dies with it, what goes on and what could not come back;
            nothing is touched.
          </p>
        )}
      </div>
    </section>
  );
}

const KINDS = new Set<Effect["kind"]>(["namespace", "container", "pod", "address"]);

/** Names for people: types of shared namespaces, containers by name; single processes only where nothing else tells. */
function namesOf(effects: readonly Effect[], shared: ReadonlySet<string>): { name: string; why: string }[] {
  const told = effects.filter(({ kind, id }) => KINDS.has(kind) && (kind !== "namespace" || shared.has(id)));
  const list = told.length > 0 ? told : effects.filter(({ kind }) => kind === "process").slice(0, 3);
  return list.map(({ kind, id, label, why }) => ({
    name: kind === "namespace" ? id.slice(0, id.indexOf(":")) : inert(label, 80),
    why,
  }));
}

function Line({
  icon,
  tone,
  words,
  list,
}: {
  icon: IconName;
  tone: string;
  words: string;
  list: { name: string; why: string }[];
}) {
  const whys = [...new Set(list.map(({ name, why }) => `${name}: ${why}`))].map((one) => inert(one, 400)).join("\n");
  return (
    <div>
      <dt className={tone}>
        <Icon name={icon} /> {words}
      </dt>
      <dd title={whys}>{listed([...new Set(list.map(({ name }) => name))])}</dd>
    </div>
  );
}

function Outcome({ answer, shared }: { answer: Answer; shared: ReadonlySet<string> }) {
  const dies = namesOf(answer.dies, shared);
  const runs = namesOf(answer.goesOn, shared);
  const lost = namesOf(answer.cannotComeBack, shared);
  return (
    <>
      <p className="whatif-say">{inert(answer.sentence, 700)}</p>
      <dl>
        {dies.length > 0 && <Line icon="dead" tone="bad" words="dies" list={dies} />}
        {runs.length > 0 && <Line icon="check" tone="ok" words="goes on" list={runs} />}
        {lost.length > 0 && <Line icon="warn" tone="warn" words="cannot come back" list={lost} />}
      </dl>
    </>
  );
}
