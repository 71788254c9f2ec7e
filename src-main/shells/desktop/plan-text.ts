/** A plan as a native dialog shows it. Names in it come from the node, so they are made inert and cut to size. */
import { count, inert } from "../../../src-shared/format.ts";
import { LONGEST_SHOWN } from "../../../src-shared/shell-quote.ts";
import type { Asked } from "../shell.ts";

/** What will change and how, in full as far as a dialog can show it. */
export function describePlan(plan: Asked): string {
  const lines = [
    ...plan.effects.slice(0, 12).map((effect) => `• ${inert(effect, 400)}`),
    "",
    ...plan.steps
      .slice(0, 12)
      .map(
        (step, index) =>
          `${index + 1}. ${inert(step.title, 200)}\n    ${inert(step.command, plan.action === "start-program" || plan.action === "enter" ? LONGEST_SHOWN : 300)}`,
      ),
  ];
  const left = Math.max(0, plan.steps.length - 12);
  if (left > 0) lines.push(`… and ${count(left, "more step")}; all of them are in the window's plan.`);
  return lines.join("\n");
}

/** The button's word. */
export const verb = (plan: Asked): string =>
  ({
    pin: "Pin",
    unpin: "Unpin",
    drop: "Drop pause of",
    restore: "Restore pause of",
    "lab-up": "Make lab pod",
    "lab-down": "Remove lab pod",
    "lab-do": "Change lab pod",
    "start-program": "Start",
    enter: "Open a terminal in",
  })[plan.action];
