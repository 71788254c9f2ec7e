/** What Podglass itself did, as sentences that redaction knows again: the pod's name in them is a part. */
import type { Outcome, Plan } from "../actions.ts";
import { say } from "../sentences.ts";

export const ACTION_SAID = {
  pin: "Podglass pinned the namespaces of {pod}",
  unpin: "Podglass took the pins away of {pod}",
  drop: "Podglass dropped the pause of {pod}",
  restore: "Podglass restored a sandbox to {pod}",
  undone: "Podglass took back what it did to {pod}",
  "rolled back": "Podglass did not manage to do it ({what}) to {pod}; it took its steps back",
  stands: "Podglass did not manage to do it ({what}) to {pod}; some of its steps stand",
} as const;

export interface Deed {
  action: Plan["action"];
  /** As a person calls it, made safe to show. */
  pod: string;
  /** It was done to take something back. */
  undoes: boolean;
}

export function deedSaid({ action, pod, undoes }: Deed, { done, rolledBack }: Pick<Outcome, "done" | "rolledBack">) {
  if (done) return say(ACTION_SAID, { code: undoes ? "undone" : action, pod });
  const what = undoes ? "undo" : action;
  return say(ACTION_SAID, { code: rolledBack ? "rolled back" : "stands", what, pod });
}
