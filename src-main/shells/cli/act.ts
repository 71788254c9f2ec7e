/** pin, unpin, drop, restore, journal, undo: the plan first, then a yes, then what came of it. */

import type { ActionName, Outcome } from "../../../src-shared/actions.ts";
import { inert } from "../../../src-shared/format.ts";
import { refusals } from "../../actions/plan.ts";
import type { Asked } from "../shell.ts";
import { Refusal } from "./exit.ts";
import { type CommonOptions, inspectingWith, type OpenTarget, withTarget } from "./open.ts";
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

export const actCommand =
  (action: ActionName) =>
  (target: string, name: string, options: ActOptions): Promise<void> =>
    withTarget(target, { ...options, deep: true }, (open) => plannedAct(action, name, open, options));

async function plannedAct(action: ActionName, name: string, open: OpenTarget, options: ActOptions): Promise<void> {
  const { nodeId, ask } = open;
  const { planId, plan } = await ask("action.plan", {
    nodeId,
    podKey: onePod(open.snapshot, name).key,
    action,
    options: { acceptRestart: options.acceptRestart, pinFirst: options.pin, asUserMade: options.asUserMade },
  });
  if (options.json) printJson(plan);
  else printPlan(plan);
  const no = refusals(plan);
  if (no.length > 0) throw new Refusal(`Refused, nothing was changed:\n${no.join("\n")}`);
  if (options.dryRun) return;
  tellSteps(open, options);
  tell(await ask("action.do", { nodeId, planId }, () => agreed(options)), options);
}

function tellSteps(open: OpenTarget, options: ActOptions): void {
  if (options.json) return;
  open.subscribe((event) => {
    if (event.type === "step" && event.ok !== null)
      say(`${event.ok ? "done" : "FAILED"}  ${inert(event.title, 200)}  ${inert(event.detail, 300)}`);
  });
}

/** Throws Refusal unless somebody said yes: --yes, or a word on the terminal. */
async function agreed(options: ActOptions): Promise<true> {
  if (options.yes) return true;
  if (!isTerminal())
    throw new Refusal(
      "Nothing was done: there is no terminal to ask on. Say --yes to do it, or --dry-run for the plan alone.",
    );
  if (!(await askYes("Do it?"))) throw new Refusal("Nothing was done.");
  return true;
}

function printPlan(plan: Asked): void {
  print(`Plan: ${plan.action} ${inert(plan.pod, 200)} on ${inert(plan.node, 200)}\n`);
  print(
    table(plan.checks ?? [], [
      { title: "CHECK", cell: (row) => row.name },
      { title: "", cell: (row) => (row.ok ? "ok" : "NO") },
      { title: "EVIDENCE", cell: (row) => row.detail, max: 300 },
    ]),
  );
  // Effects and commands of what will not be done only mislead.
  if (plan.checks?.some(({ ok }) => !ok)) return;
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
  const entries = await inspectingWith(options).ask("journal.list", { target });
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

export const undoCommand = (target: string, id: string | undefined, options: ActOptions): Promise<void> =>
  withTarget(target, { ...options, deep: true }, async (open) => {
    tellSteps(open, options);
    const asked = { nodeId: open.nodeId, journalId: id, options: { asUserMade: options.asUserMade } };
    const outcome = await open.ask("journal.undo", asked, (plan) => {
      if (!options.json) printPlan(plan);
      return agreed(options);
    });
    tell(outcome, options);
  });
