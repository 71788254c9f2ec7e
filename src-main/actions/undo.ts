/**
 * Brings a node back to before an action: from the journal, and where there is none (another computer, an app that was
 * killed) from our manifest on the node alone. What was only half done is first looked at, then finished or taken back.
 */

import type { ActionName, Outcome, Plan } from "../../src-shared/actions.ts";
import { type PinsManifest, parsePinsManifest } from "../../src-shared/manifests.ts";
import type { Privilege, Snapshot } from "../../src-shared/model.ts";
import { compareText } from "../../src-shared/order.ts";
import type { PlanOptions } from "../../src-shared/requests.ts";
import type { Connection } from "../transport/transport.ts";
import type { Undo } from "./action.ts";
import common from "./common.sh?raw";
import { compose } from "./compose.ts";
import { isAction, type Journal, undoable } from "./journal.ts";
import manifestsScript from "./manifests.sh?raw";
import { perform, type Step } from "./perform.ts";
import { makePlan, refusals } from "./plan.ts";
import { Refused, reason, runOnNode } from "./remote.ts";
import { actionOf } from "./table.ts";

export interface UndoInput {
  connection: Connection;
  privilege: Privilege;
  sudo?: boolean;
  journal: Journal;
  /** As the plans name the node. */
  nodeLabel: string;
  journalId?: string;
  /** Only what was done to this pod. */
  podKey?: string;
  readOnly: boolean;
  options?: PlanOptions;
  /** Asked with the very plan that is then done; left out: nobody has to be asked. */
  confirm?: (plan: Plan) => Promise<boolean>;
  /** A fresh snapshot, read from the node. */
  reread: () => Promise<Snapshot>;
  onStep?: (step: Step) => void;
  signal?: AbortSignal;
}

type Undoing = UndoInput & { undoes: string };

interface Last {
  /** In our journal; absent when only the node told. */
  id?: string;
  /** What was done then was done to an ordinary user's pod, and that was accepted. */
  asUserMade?: boolean;
  at?: string;
  pod: string;
  action: ActionName;
}

/**
 * Chooses once what to undo, plans it, has that plan confirmed, and does that plan. Throws Refused where there is nothing
 * to undo, a check says no, or the person did; ConnectionError where the node cannot be reached.
 */
export async function undo(asked: UndoInput): Promise<Outcome> {
  const last = await lastAction(asked);
  const input = {
    ...asked,
    undoes: last.id ?? "told by the node",
    // Taking back needs no yes beyond the one that was given for what is taken back.
    options: { ...asked.options, asUserMade: asked.options?.asUserMade ?? last.asUserMade },
  };
  const { plan, act } = await choose(last, input);
  const no = refusals(plan);
  if (no.length > 0) throw new Refused(no.join("; "));
  if (asked.confirm && !(await asked.confirm(plan))) throw new Refused("nothing was undone: it was not confirmed");
  const outcome = await act();
  if (last.id === undefined || !outcome.done) return outcome;
  const how = outcome.journalId === last.id ? "the node was as before already" : `undone by ${outcome.journalId}`;
  try {
    input.journal.end(last.id, "undone", how);
  } catch (error) {
    // The node is as it should be all the same; undoing once more finds that.
    const detail = error instanceof Error ? error.message : String(error);
    outcome.steps.push({ title: "Say in the journal that it is undone", ok: false, detail });
  }
  return outcome;
}

async function choose(last: Last, input: Undoing): Promise<Undo> {
  const snapshot = await input.reread();
  const orphan = (await manifestsOf(input)).get(last.pod);
  const planned = (action: ActionName, from = snapshot) =>
    makePlan({ ...input, snapshot: from, action, podKey: last.pod, options: input.options ?? {}, orphan });
  const words = `Undo ${last.action} of ${last.pod}${last.at ? ` (${last.at})` : ""}`;
  return actionOf(last.action).undo({
    manifest: orphan !== undefined,
    async by(action) {
      const chosen = await planned(action);
      const { plan, question } = chosen;
      return {
        plan: { ...plan, effects: [words, ...plan.effects] },
        question,
        act: () => perform(chosen, input),
      };
    },
    after: (first, action, effect) => ({
      plan: { ...first.plan, effects: [...first.plan.effects, effect] },
      async act() {
        const finished = await first.act();
        return finished.done ? perform(await planned(action, await input.reread()), input) : finished;
      },
    }),
    nothing: {
      plan: {
        schema: "podglass.plan/1",
        action: last.action,
        node: input.nodeLabel,
        pod: last.pod,
        checks: [],
        effects: [`${words}: nothing of it is left on the node, which stays as it is.`],
        steps: [],
      },
      act: async () => asBefore(last),
    },
  });
}

async function lastAction(input: UndoInput): Promise<Last> {
  const { journal, journalId, nodeLabel, podKey } = input;
  const wanted = (key: string) => podKey === undefined || podKey === key;
  const all = journal.entries(nodeLabel);
  const entries = all.flatMap(({ action, ...rest }) =>
    isAction(action) && wanted(rest.pod) ? [{ ...rest, action }] : [],
  );
  const visit = all.find(({ id, action }) => id === journalId && !isAction(action));
  if (visit) throw new Refused(`${visit.id} (${visit.action} ${visit.pod}) changed nothing: there is nothing to undo`);
  const found =
    journalId === undefined
      ? entries.findLast(({ state, undoes }) => undoes === undefined && undoable(state))
      : entries.find(({ id }) => id === journalId);
  if (found && !undoable(found.state))
    throw new Refused(`${found.id} (${found.action} of ${found.pod}) is ${found.state}: there is nothing to undo`);
  if (found) return { ...found, asUserMade: found.plan?.checks?.some(({ name, ok }) => name === "owner" && ok) };
  if (journalId !== undefined) throw new Refused(`the journal knows no ${journalId} on ${nodeLabel}`);
  // What this journal knows was looked at above: only another's doing counts here.
  const known = new Set(journal.entries().map(({ id }) => id));
  const others = [...(await manifestsOf(input)).values()].filter(
    ({ key, last }) => wanted(key) && !known.has(last.journalId),
  );
  const told = others.sort((a, b) => compareText(a.last.at, b.last.at)).at(-1);
  if (!told) throw new Refused(`nothing of Podglass is on ${nodeLabel}, and the journal knows no action there`);
  return { pod: told.key, action: told.last.action, at: told.last.at };
}

const listing = compose(manifestsScript, common);

/** Our manifests on the node, by the key of their pod. Throws Refused where they may not be read. */
async function manifestsOf(input: UndoInput): Promise<Map<string, PinsManifest>> {
  const { connection, privilege, sudo, signal } = input;
  const result = await runOnNode(connection, listing, [], { sudo: sudo ?? privilege === "sudo", signal });
  if (result.code !== 0) throw new Refused(`what Podglass left on ${input.nodeLabel} is not known: ${reason(result)}`);
  const manifests = result.lines.flatMap(({ word, rest }) => (word === "fact" ? (parsePinsManifest(rest) ?? []) : []));
  return new Map(manifests.map((manifest) => [manifest.key, manifest]));
}

const asBefore = ({ action, pod, id }: Last): Outcome => ({
  schema: "podglass.outcome/1",
  journalId: id ?? "",
  done: true,
  rolledBack: false,
  steps: [
    { title: "Look at the node", ok: true, detail: `nothing of that ${action} of ${pod} is left: it is as before` },
  ],
  verified: [],
});
