/** The network namespaces that a pod's processes are in. */
import { lookup } from "../lookup.ts";
import type { Pod, Snapshot } from "../model.ts";

/**
 * The one that it shares; where it shares none, those of its live containers: without an infra container each is in one of
 * its own, or joins one by path. Undefined: the node's, or not known of one of them.
 */
export function ownNetworks(snapshot: Snapshot, pod: Pod): number[] | undefined {
  if (pod.host.includes("net")) return undefined;
  if (pod.namespaces.net !== undefined) return [pod.namespaces.net];
  // A machine's runtime puts it where it likes: what is in it is not there.
  if (pod.unread?.includes("net") || pod.sandbox.kind === "vm") return undefined;
  const find = lookup(snapshot);
  const live = find.containersOf(pod.key).filter(({ pid }) => pid !== null);
  const found = live.map(({ pid }) => find.process(pid!)?.namespaces.net);
  return found.length === 0 || found.includes(undefined) ? undefined : [...new Set(found as number[])];
}

/** Undefined: it has none, or several. */
export function ownNetwork(snapshot: Snapshot, pod: Pod): number | undefined {
  const [one, ...others] = ownNetworks(snapshot, pod) ?? [];
  return others.length === 0 ? one : undefined;
}
