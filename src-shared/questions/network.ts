/**
 * Does a pod's network outlive its pause? It depends on who cleans up when pause exits, not on who holds the namespace.
 * One answer for the pod's page, what if, readiness and drop.
 */
import type { Pod } from "../model.ts";
import type { NetworkAfterPause } from "../runtimes/runtime.ts";
import { runtimeOf } from "../runtimes/table.ts";

export function networkAfterPause(pod: Pod): NetworkAfterPause {
  if (pod.unread?.includes("net"))
    return { survives: "unknown", detail: "whether the pod shares a network of its own could not be read" };
  if (pod.namespaces.net === undefined)
    return { survives: "yes", detail: "the pod shares no network of its own: there is nothing to lose" };
  return runtimeOf(pod.runtime).afterPause.network(pod);
}
