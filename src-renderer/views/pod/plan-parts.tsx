import type { ActionName, Outcome, Plan } from "../../../src-shared/actions.ts";
import type { ApiEvent } from "../../../src-shared/api.ts";
import { inert } from "../../../src-shared/format.ts";
import type { PlanOptions } from "../../../src-shared/requests.ts";
import { Icon } from "../../ui/icons.tsx";

type Step = Extract<ApiEvent, { type: "step" }>;

/** What a person may wish or accept; each is offered where it makes a difference. */
export function Options({
  action,
  plan,
  options,
  onChange,
}: {
  action: ActionName;
  plan: Plan;
  options: PlanOptions;
  onChange: (options: PlanOptions) => void;
}) {
  const box = (name: keyof PlanOptions, words: string) => (
    <label>
      <input
        type="checkbox"
        checked={options[name] ?? false}
        onChange={(event) => onChange({ ...options, [name]: event.target.checked || undefined })}
      />
      {words}
    </label>
  );
  const usersOwn = plan.checks.some(({ name }) => name === "owner");
  if (action !== "drop" && !usersOwn) return null;
  return (
    <fieldset className="plan-options">
      {action === "drop" && box("pinFirst", "Pin first what is not pinned")}
      {action === "drop" && box("acceptRestart", "Accept that the kubelet rebuilds the pod")}
      {usersOwn && box("asUserMade", "Accept that the pod is an ordinary user’s, not root’s runtime’s")}
    </fieldset>
  );
}

export function Effects({ effects, done }: { effects: readonly string[]; done: boolean }) {
  return (
    <section>
      <h3>{done ? "What was planned" : "What will happen"}</h3>
      <ul className="plan-effects">
        {effects.map((effect) => (
          <li key={effect}>{inert(effect, 500)}</li>
        ))}
      </ul>
    </section>
  );
}

/** A check's name in a person's words; the journal and the command line keep the name itself. */
const TITLES: Record<string, string> = {
  tools: "tools on the node",
  cgroup: "a group of its own",
  locked: "nobody else at work",
  owner: "whose the pod is",
  within: "where the pod lives",
  identity: "still the same process",
  pinned: "all that is shared is pinned",
  "pid-namespace": "no shared PID namespace",
  "network-survives": "the network stays",
  kubelet: "the kubelet",
  "mount-namespace": "the node's mount namespace",
  privilege: "rights on the node",
  "read-only": "actions allowed",
  unpinned: "no pin is left",
  pause: "the pause process",
  address: "the pod's address",
  sandbox: "the sandbox process",
  "stand-in": "the stand-in process",
};

export function Checks({
  title,
  list,
}: {
  title: string;
  list: readonly { name: string; ok: boolean; detail: string }[];
}) {
  return (
    <section>
      <h3>{title}</h3>
      <ul className="plan-checks">
        {[...list.filter(({ ok }) => !ok), ...list.filter(({ ok }) => ok)].map(({ name, ok, detail }) => (
          <li key={`${name} ${detail}`} className={ok ? "" : "no"}>
            <Icon name={ok ? "check" : "bad"} className={ok ? "ok" : "bad"} label={ok ? "holds" : "does not hold"} />
            <span title={name}>{inert(TITLES[name] ?? name, 120)}</span>
            <span className="dim">{inert(detail, 500)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The plan's steps; while it is done each takes its sign from what the node answered. */
export function Steps({ plan, progress, outcome }: { plan: Plan; progress: readonly Step[]; outcome?: Outcome }) {
  const told = outcome ? outcome.steps : progress;
  const stateOf = (title: string) => told.findLast((step) => step.title === title);
  const extra = told.filter((step) => !plan.steps.some(({ title }) => title === step.title));
  return (
    <section>
      <h3>Steps</h3>
      <ol className="plan-steps">
        {plan.steps.map((step, i) => {
          const state = stateOf(step.title);
          return (
            <li key={step.title}>
              <span className="plan-n">
                {state === undefined ? (
                  i + 1
                ) : state.ok === null ? (
                  <Icon name="clock" label="at work" />
                ) : (
                  <Icon
                    name={state.ok ? "check" : "bad"}
                    className={state.ok ? "ok" : "bad"}
                    label={state.ok ? "done" : "failed"}
                  />
                )}
              </span>
              <div>
                <b>{inert(step.title, 160)}</b>
                <code>{inert(step.command, 600)}</code>
                {step.undo && <p className="dim">undo: {inert(step.undo, 300)}</p>}
                {state && state.detail !== "" && (
                  <p className={state.ok === false ? "bad" : "dim"}>{inert(state.detail, 400)}</p>
                )}
              </div>
            </li>
          );
        })}
        {extra.map((step) => (
          <li key={`${step.title} ${step.detail}`}>
            <span className="plan-n">
              <Icon
                name={step.ok === false ? "bad" : step.ok ? "check" : "clock"}
                className={step.ok === false ? "bad" : "ok"}
              />
            </span>
            <div>
              <b>{inert(step.title, 160)}</b>
              <p className="dim">{inert(step.detail, 400)}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
