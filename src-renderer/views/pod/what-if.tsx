import { inert } from "../../../src-shared/format.ts";
import { type Effect, effectWords } from "../../../src-shared/questions/effect.ts";
import type { WhatIf as Answer } from "../../../src-shared/questions/what-if.ts";
import { letGo, select } from "../../state/selection.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";
import type { Choice } from "./what-if-state.ts";
import "./what-if.css";

const SIGN: Partial<Record<Choice["kind"], IconName>> = { sandbox: "pause", process: "process", pin: "pin", fd: "fd" };
const WENT: Record<Choice["kind"], string> = {
  sandbox: "stopped?",
  container: "stopped?",
  process: "stopped?",
  pin: "were taken away?",
  fd: "were closed?",
};

/** Below the picture: choose a holder that would go. Looking changes nothing. */
export function WhatIfChips({ choices, choice }: { choices: readonly Choice[]; choice?: Choice }) {
  if (choices.length === 0) return null;
  return (
    <section className="whatif" aria-label="What if">
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
      <span className="dim">{choice ? WENT[choice.kind] : "stopped or were taken away?"}</span>
      {choice && (
        <button type="button" className="whatif-close" onClick={letGo}>
          Clear <kbd>Esc</kbd>
        </button>
      )}
    </section>
  );
}

interface Named {
  name: string;
  why: string;
}

const KINDS = new Set<Effect["kind"]>(["namespace", "container", "pod", "address"]);

/** Names for people: types of shared namespaces, containers by name; single processes only where nothing else tells. */
function namesOf(effects: readonly Effect[], shared: ReadonlySet<string>, own: string | undefined): Named[] {
  const told = effects.filter(
    ({ kind, id }) =>
      KINDS.has(kind) && (kind !== "namespace" || shared.has(id)) && !(kind === "container" && id === own),
  );
  const list = told.length > 0 ? told : effects.filter(({ kind }) => kind === "process").slice(0, 4);
  return list.map((effect) => ({
    name:
      effect.kind === "namespace"
        ? `the ${effect.id.slice(0, effect.id.indexOf(":"))} namespace`
        : inert(effect.label, 80),
    why: inert(effectWords(effect), 300),
  }));
}

/** What could not be read has no shared namespace to look it up by. */
const unknownNames = (effects: readonly Effect[]): Named[] =>
  effects.map((effect) => ({
    name: effect.kind === "namespace" ? `the ${effect.label} namespace` : inert(effect.label, 80),
    why: inert(effectWords(effect), 300),
  }));

/** Things with the same reason on one line. */
function byWhy(list: readonly Named[]): { why: string; names: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { name, why } of list) groups.set(why, [...(groups.get(why) ?? []), name]);
  return [...groups].map(([why, names]) => ({ why, names: [...new Set(names)] }));
}

function Part({ icon, tone, title, list }: { icon: IconName; tone: string; title: string; list: readonly Named[] }) {
  if (list.length === 0) return null;
  return (
    <section>
      <h3 className={tone}>
        <Icon name={icon} /> {title}
      </h3>
      <ul>
        {byWhy(list).map(({ why, names }) => (
          <li key={why}>
            {names.map((name) => (
              <b key={name}>{name}</b>
            ))}
            <span className="dim">{why}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The answer in words: one sentence, then what dies, what goes on, what cannot come back, each with its reason. */
export function WhatIfAnswer({ answer, shared, own }: { answer: Answer; shared: ReadonlySet<string>; own?: string }) {
  return (
    <div className="answer" aria-live="polite">
      <p>{inert(answer.sentence, 800)}</p>
      <div className="answer-parts">
        <Part icon="dead" tone="bad" title="Dies with it" list={namesOf(answer.dies, shared, own)} />
        <Part icon="check" tone="ok" title="Goes on" list={namesOf(answer.goesOn, shared, own)} />
        <Part icon="warn" tone="warn" title="Cannot come back" list={namesOf(answer.cannotComeBack, shared, own)} />
        <Part icon="info" tone="dim" title="Not known" list={unknownNames(answer.notKnown)} />
      </div>
    </div>
  );
}
