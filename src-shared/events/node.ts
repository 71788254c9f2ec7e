/** What happened to the node itself. */
import { inert } from "../format.ts";
import { processId, type Snapshot } from "../model.ts";
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
  const known = new Set(before.processes.filter((one) => one.stuck).map(processId));
  for (const process of after.processes) {
    if (process.stuck && !known.has(processId(process)))
      happened.push({
        kind: "process-stuck",
        text: `the command line of pid ${process.pid} (${inert(process.comm, 32)}) does not answer: ps and top hang on it`,
        after: { pid: process.pid },
      });
  }
  return happened;
}
