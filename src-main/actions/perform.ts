/**
 * Does a plan: journal, look again, act, read the node afresh, journal. What fails is undone by the script that did it;
 * what was cut off stays in the journal as what it is, for undo to look at.
 */

import type { ActionName, Outcome } from "../../src-shared/actions.ts";
import { count } from "../../src-shared/format.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { Connection } from "../transport/transport.ts";
import type { Journal, JournalState } from "./journal.ts";
import { makePlan, type Planned, refusals } from "./plan.ts";
import { type Line, reason } from "./remote.ts";
import { runCall, type ScriptCall, type Stamp } from "./scripts.ts";
import { actionOf } from "./table.ts";

export interface Step {
  title: string;
  /** null: begun. */
  ok: boolean | null;
  detail: string;
}

export interface PerformInput {
  connection: Connection;
  /** A fresh snapshot, read from the node. */
  reread: () => Promise<Snapshot>;
  journal: Journal;
  onStep?: (step: Step) => void;
  signal?: AbortSignal;
  /** The journal's id of the action that this one takes back. */
  undoes?: string;
}

/** Never throws for what happens on the node: the outcome tells. Throws JournalError where nothing could be begun. */
export async function perform(planned: Planned, input: PerformInput): Promise<Outcome> {
  const { journal } = input;
  const { question, plan } = planned;
  const journalId = journal.begin({
    node: plan.node,
    bootId: question.snapshot.node.bootId,
    pod: plan.pod,
    action: plan.action,
    manifest: question.look.manifest ?? null,
    plan,
    undoes: input.undoes,
  });
  const outcome: Outcome = {
    schema: "podglass.outcome/1",
    journalId,
    done: false,
    rolledBack: false,
    steps: [],
    verified: [],
  };
  const end = (state: JournalState, detail: string) => {
    try {
      journal.end(journalId, state, detail, outcome);
    } catch (error) {
      outcome.steps.push({ title: "Write the journal", ok: false, detail: message(error) });
    }
    return outcome;
  };
  try {
    const [now, at] = await again(planned, input);
    const no = typeof now === "string" ? [now] : refusals(now.plan);
    if (typeof now === "string" || no.length > 0) {
      outcome.steps.push({ title: "Look again before acting", ok: false, detail: no.join("; ") });
      input.onStep?.({ title: "Look again before acting", ok: false, detail: no.join("; ") });
      // Nothing was changed: the node is as before.
      outcome.rolledBack = true;
      return end("rolled-back", `refused: ${no.join("; ")}`);
    }
    const action = actionOf(now.question.action);
    const stamp = { journalId, at };
    const failed = await act(now, action.calls(now.question, stamp), outcome, input, stamp);
    if (failed) return end(outcome.rolledBack ? "rolled-back" : "failed", failed);
    outcome.verified = action.verify(now.question, await input.reread());
    const wrong = outcome.verified.filter(({ ok }) => !ok);
    if (wrong.length === 0) {
      outcome.done = true;
      return end("done", `${count(outcome.steps.length, "step")}, verified by a fresh reading`);
    }
    const detail = `done, but not as it should be: ${wrong.map(({ name, detail: words }) => `${name}: ${words}`).join("; ")}`;
    outcome.rolledBack = (await takeBack(plan.action, now, outcome, input, stamp)) ?? false;
    return end(outcome.rolledBack ? "rolled-back" : "failed", detail);
  } catch (error) {
    const detail = `${message(error)}; the node may be as before or as after: podglass undo looks and brings it back`;
    outcome.steps.push({ title: "The way to the node", ok: false, detail: message(error) });
    return end("failed", detail);
  }
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * The same plan from a fresh reading, or why it is not the same any more; and the time by the node's clock, since what
 * lies there must not be later than what follows from it.
 */
async function again(planned: Planned, input: PerformInput): Promise<[Planned | string, at: string]> {
  const snapshot = await input.reread();
  const since = performance.now();
  const now = await makePlan({ ...planned.input, connection: input.connection, snapshot, signal: input.signal });
  const identity = ({ question: { target } }: Planned) =>
    JSON.stringify([
      target.sandbox?.pid,
      target.sandbox?.startTicks,
      target.entry?.pid,
      target.entry?.startTicks,
      target.pinned,
    ]);
  const at = new Date(Date.parse(snapshot.takenAt) + performance.now() - since).toISOString();
  if (identity(now) === identity(planned)) return [now, at];
  return [
    "identity: the pod is not as it was when the plan was made: its processes or namespaces are others; make a new plan",
    at,
  ];
}

/** Runs the scripts; answers with why it failed, after undoing what it could. */
async function act(now: Planned, calls: ScriptCall[], outcome: Outcome, input: PerformInput, stamp: Stamp) {
  const doneBefore: ActionName[] = [];
  for (const call of calls) {
    const failed = await run(now, call, outcome, input);
    if (failed) {
      if (failed.cut) {
        outcome.rolledBack = false;
        return `${failed.why}; the node may be as before or as after: podglass undo looks and brings it back`;
      }
      outcome.rolledBack = !failed.acted;
      for (const name of doneBefore)
        if ((await takeBack(name, now, outcome, input, stamp)) === false) outcome.rolledBack = false;
      return failed.why;
    }
    doneBefore.push(call.action);
  }
  return undefined;
}

/** Steps that the scripts of several actions have. */
const TITLES: Record<string, string> = {
  identity: "Make sure that it is the plan's process",
  checks: "Look once more, in the same breath",
  manifest: "Write the manifest",
};
const title = (name: ActionName, step: string): string => {
  const { titles, verb } = actionOf(name);
  return /^(net|ipc|uts|user)$/.test(step) ? `${verb ?? name} ${step}` : (titles?.[step] ?? TITLES[step] ?? step);
};

/** Undefined when the script did all it should; `cut` when nobody knows, `acted` when something of it stays. */
async function run(now: Planned, call: ScriptCall, outcome: Outcome, { connection, onStep, signal }: PerformInput) {
  let begun: string | undefined;
  const record = (text: string, ok: boolean, detail: string) => {
    outcome.steps.push({ title: text, ok, detail });
    onStep?.({ title: text, ok, detail });
  };
  const onLine = ({ word, name, rest }: Line) => {
    if (word === "step") {
      begun = name;
      onStep?.({ title: title(call.action, name), ok: null, detail: "" });
    } else if (word === "ok") {
      begun = undefined;
      record(title(call.action, name), true, rest);
    } else if (word === "undone") record(`Undo: ${title(call.action, name)}`, true, rest);
    else if (word === "copy") record("Copies in other mount namespaces", true, `${rest} in mount namespace ${name}`);
  };
  const sudo = now.input.sudo ?? now.input.privilege === "sudo";
  const result = await runCall(connection, call, { sudo, signal, onLine });
  if (result.code === 0) return undefined;
  const why = reason(result);
  record(begun ? title(call.action, begun) : "The script", false, why);
  const { final } = actionOf(call.action);
  const acted = result.lines.some(({ word, name }) => word === "step" && name === final);
  return { why, cut: result.code === null, acted };
}

/** Takes back what was done where what followed went wrong; undefined where there is nothing to take back so. */
async function takeBack(name: ActionName, now: Planned, outcome: Outcome, input: PerformInput, stamp: Stamp) {
  const call = actionOf(name).takeBack?.(now.question, stamp);
  return call && (await run(now, call, outcome, input)) === undefined;
}
