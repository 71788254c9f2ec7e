/** The pod that a person means: contract.md, "POD is…". */
import type { Pod, Snapshot } from "../model.ts";

/** One pod, or all that it could be: none or several. */
export type FoundPod = { pod: Pod } | { pod?: undefined; candidates: Pod[] };

/** @param text a key, a name, namespace/name, or a unique prefix of a uid or of a sandbox's id */
export function findPod(snapshot: Snapshot, text: string): FoundPod {
  const { pods } = snapshot;
  const exact = pods.find((pod) => pod.key === text);
  if (exact) return { pod: exact };
  const named = pods.filter((pod) => pod.name === text || (pod.namespace && `${pod.namespace}/${pod.name}` === text));
  const found = named.length > 0 ? named : text === "" ? [] : pods.filter((pod) => startsWith(pod, text));
  return found.length === 1 ? { pod: found[0]! } : { candidates: found };
}

function startsWith(pod: Pod, text: string): boolean {
  const id = pod.key.slice(pod.key.indexOf("/") + 1);
  return Boolean(
    pod.uid?.startsWith(text) || pod.sandbox.id?.startsWith(text) || id.startsWith(text) || pod.key.startsWith(text),
  );
}
