/** pin, unpin, drop, restore, journal, undo: the plan first, then a yes, then what came of it. */

import { inert } from "../../../src-shared/format.ts";
import type { ActionName, Outcome, Plan } from "../../../src-shared/model.ts";
import { openJournal } from "../../actions/journal.ts";
import { perform } from "../../actions/perform.ts";
import { makePlan, refusals } from "../../actions/plan.ts";
import { undo } from "../../actions/undo.ts";
import { Refusal } from "./exit.ts";
import { type CommonOptions, type OpenTarget, withTarget } from "./open.ts";
import { print, printJson } from "./print.ts";
import { onePod } from "./read.ts";
import { table } from "./table.ts";
import { askYes, isTerminal, say } from "./terminal.ts";

export interface ActOptions extends CommonOptions {
  dryRun?: boolean;
  yes?: boolean;
  acceptRestart?: boolean;
  asUserMade?: boolean;
  pin?: boolean;
}

const act =
  (action: ActionName) =>
  (target: string, name: string, options: ActOptions): Promise<void> =>
    withTarget(target, { ...options, deep: true }, (open) => plannedAct(action, name, open, options));

export const pinCommand = act("pin");
export const unpinCommand = act("unpin");
export const dropCommand = act("drop");
export const restoreCommand = act("restore");

async function plannedAct(action: ActionName, name: string, open: OpenTarget, options: ActOptions): Promise<void> {
  const way = wayTo(open, options);
  const planned = await makePlan({
    ...way,
    snapshot: open.snapshot,
    action,
    podKey: onePod(open.snapshot, name).key,
    options: { acceptRestart: options.acceptRestart, pinFirst: options.pin, asUserMade: options.asUserMade },
  });
  if (options.json) printJson(planned.plan);
  else printPlan(planned.plan);
  const no = refusals(planned.plan);
  if (no.length > 0) throw new Refusal(`Refused, nothing was changed:\n${no.join("\n")}`);
  if (options.dryRun) return;
  await agreed(options);
  const outcome = await perform(planned, {
    connection: way.connection,
    reread: () => open.opened.read({ deep: true }),
    journal: openJournal(),
    onStep: (step) => {
      if (!options.json && step.ok !== null)
        say(`${step.ok ? "done" : "FAILED"}  ${inert(step.title, 200)}  ${inert(step.detail, 300)}`);
    },
  });
  tell(outcome, options);
}

function wayTo({ opened, snapshot, source }: OpenTarget, options: CommonOptions) {
  if (opened.connection === undefined) throw new Refusal(`${source.label} is a file: there is no node behind it.`);
  return {
    connection: opened.connection,
    sudo: opened.sudo,
    privilege: snapshot.node.privilege,
    readOnly: options.readOnly ?? false,
    nodeLabel: source.label,
  };
}

/** Throws Refusal unless somebody said yes: --yes, or a word on the terminal. */
async function agreed(options: ActOptions): Promise<void> {
  if (options.yes) return;
  if (!isTerminal())
    throw new Refusal(
      "Nothing was done: there is no terminal to ask on. Say --yes to do it, or --dry-run for the plan alone.",
    );
  if (!(await askYes("Do it?"))) throw new Refusal("Nothing was done.");
}

function printPlan(plan: Plan): void {
  print(`Plan: ${plan.action} ${inert(plan.pod, 200)} on ${inert(plan.node, 200)}\n`);
  print(
    table(plan.checks, [
      { title: "CHECK", cell: (row) => row.name },
      { title: "", cell: (row) => (row.ok ? "ok" : "NO") },
      { title: "EVIDENCE", cell: (row) => row.detail, max: 300 },
    ]),
  );
  print("\nWhat will change:");
  for (const effect of plan.effects) print(`  · ${inert(effect, 500)}`);
  print("\nSteps:");
  plan.steps.forEach(({ title, command, undo: back }, at) => {
    print(
      `  ${at + 1}. ${inert(title, 200)}\n     ${inert(command, 500)}${back === undefined ? "" : `\n     undone by: ${inert(back, 500)}`}`,
    );
  });
}

function tell(outcome: Outcome, options: ActOptions): void {
  if (options.json) printJson(outcome);
  else {
    for (const { name, ok, detail } of outcome.verified)
      print(`${ok ? "verified" : "NOT SO"}  ${inert(name, 100)}: ${inert(detail, 300)}`);
    print(
      `${outcome.done ? "Done" : outcome.rolledBack ? "Not done; the node is as before" : "Not done"}. Journal: ${outcome.journalId}`,
    );
  }
  if (!outcome.done) {
    const why = outcome.steps.filter(({ ok }) => !ok).map(({ title, detail }) => `${title}: ${detail}`);
    throw new Refusal(why.join("\n") || "The fresh reading of the node did not show what it should.");
  }
}

export async function journalCommand(target: string | undefined, options: CommonOptions): Promise<void> {
  const entries = openJournal().list(target);
  if (options.json) return printJson(entries);
  if (entries.length === 0)
    return print(target === undefined ? "Nothing was done yet." : "Nothing was done on that node from here.");
  print(
    table(entries, [
      { title: "ID", cell: (row) => row.id },
      { title: "AT", cell: (row) => row.at },
      { title: "NODE", cell: (row) => row.node },
      { title: "ACTION", cell: (row) => row.action },
      { title: "POD", cell: (row) => row.pod, max: 80 },
      { title: "STATE", cell: (row) => row.state },
      { title: "DETAIL", cell: (row) => row.detail, max: 160 },
    ]),
  );
}

export const undoCommand = (target: string, id: string | undefined, options: ActOptions): Promise<void> => {
  return withTarget(target, { ...options, deep: true }, async (open) => {
    const outcome = await undo({
      confirm: async (plan) => {
        if (!options.json) printPlan(plan);
        await agreed(options);
        return true;
      },
      ...wayTo(open, options),
      journal: openJournal(),
      journalId: id,
      reread: () => open.opened.read({ deep: true }),
      onStep: (step) => {
        if (!options.json && step.ok !== null)
          say(`${step.ok ? "done" : "FAILED"}  ${inert(step.title, 200)}  ${inert(step.detail, 300)}`);
      },
    });
    tell(outcome, options);
  });
};
