/**
 * What no reading shows: what Podglass itself did, and that the way to the node was lost. They are told by sentences that
 * are known again, by redaction and by whoever reads a recording's marks: the pod's name in them is a part.
 */
import type { Outcome, Plan } from "../actions.ts";
import type { Snapshot } from "../model.ts";
import { known, type Said, say } from "../sentences.ts";
import { EVENT_SCHEMA, type PodglassEvent, podName } from "./event.ts";

const ACTION_SAID = {
  pin: "Podglass pinned the namespaces of {pod}",
  unpin: "Podglass took the pins away of {pod}",
  drop: "Podglass dropped the pause of {pod}",
  restore: "Podglass restored a sandbox to {pod}",
  undone: "Podglass took back what it did to {pod}",
  "rolled back": "Podglass did not manage to do it ({what}) to {pod}; it took its steps back",
  stands: "Podglass did not manage to do it ({what}) to {pod}; some of its steps stand",
} as const;

const WAY_SAID = { "node-lost": "the node was lost: {reason}", "node-back": "the node is back" } as const;

export const UNSEEN_SAID = [ACTION_SAID, WAY_SAID] as const;

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

/** By this machine's clock: the node cannot be asked. */
export const wayEvent = (node: string, said: Said<typeof WAY_SAID>): PodglassEvent => ({
  schema: EVENT_SCHEMA,
  at: new Date().toISOString(),
  node,
  kind: said.code,
  text: say(WAY_SAID, said),
});

/** The event that a mark of a recording tells, at its frame; undefined where the readings themselves tell it. */
export function unseenEvent(node: string, text: string, { takenAt, pods }: Snapshot): PodglassEvent | undefined {
  const action = known(ACTION_SAID, text);
  const kind = action === undefined ? known(WAY_SAID, text)?.code : "action";
  if (kind === undefined) return undefined;
  const pod = action && pods.find((one) => podName(one) === action.parts.pod)?.key;
  return { schema: EVENT_SCHEMA, at: takenAt, node, kind, ...(pod === undefined ? {} : { pod }), text };
}
