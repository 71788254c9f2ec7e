/** What happened to the node itself. */
import type { Snapshot } from "../model.ts";
import type { Happening } from "./event.ts";

export const rebooted = (before: Snapshot, after: Snapshot): boolean =>
  before.node.bootId !== "" && after.node.bootId !== "" && before.node.bootId !== after.node.bootId;

export function nodeEvents(before: Snapshot, after: Snapshot): Happening[] {
  const happened: Happening[] = [];
  if (rebooted(before, after))
    happened.push({
      kind: "node-rebooted",
      text: "the node was booted anew",
      before: before.node.bootId,
      after: after.node.bootId,
    });
  return happened;
}
