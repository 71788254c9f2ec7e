/** Which pod of a redacted snapshot is the one that is meant. */
import { inert } from "../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../src-shared/model.ts";

/** By what it keeps: its sandbox and its namespaces, since lists have another order. Throws where that tells it not apart. */
export function keyOfRedacted(pod: Pod, redacted: Snapshot): string {
  const mark = ({ runtime, sandbox, namespaces, containers }: Pod): string =>
    JSON.stringify([runtime, sandbox.state, sandbox.pid, namespaces, containers.length]);
  const found = redacted.pods.filter((one) => mark(one) === mark(pod));
  if (found.length !== 1)
    throw new Error(
      `${inert(pod.name, 100)} cannot be told from others once redacted: make a report of the whole node.`,
    );
  return found[0]!.key;
}
