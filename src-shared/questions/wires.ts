/** A pod's wires: from its own interface over the other end and its bridge to where the node's default route leaves. */
import { lookup } from "../lookup.ts";
import type { NetworkFacts, Pod, Snapshot } from "../model.ts";

type Interface = NonNullable<NetworkFacts["interfaces"]>[number];

export interface Wire {
  /** In the pod. */
  inside: Interface;
  /** The other end, or the parent; absent: not known where it is. */
  outside?: { namespace: number; interface: Interface };
  /** What the other end hangs on. */
  master?: Interface;
  /** The interface by which the default route of the other end's namespace leaves. */
  uplink?: Interface;
}

/** Undefined: they were not read, or the pod has no network of its own. The loopback is no wire. */
export function wiresOfPod(snapshot: Snapshot, pod: Pod): Wire[] | undefined {
  const find = lookup(snapshot);
  if (pod.namespaces.net === undefined || pod.host.includes("net")) return undefined;
  const own = find.namespace("net", pod.namespaces.net)?.network?.interfaces;
  return own?.flatMap((inside) => {
    if (inside.name === "lo" || inside.peer?.namespace === pod.namespaces.net) return [];
    const wire: Wire = { inside };
    const { namespace, index } = inside.peer ?? {};
    const there = namespace === undefined ? undefined : find.namespace("net", namespace)?.network;
    const outside = there?.interfaces?.find((one) => one.index === index);
    if (namespace === undefined || outside === undefined) return [wire];
    wire.outside = { namespace, interface: outside };
    wire.master = there?.interfaces?.find((one) => one.name === outside.master);
    const leaves = there?.routes?.find(({ to, via }) => to === "default" && via !== undefined)?.dev;
    wire.uplink = there?.interfaces?.find((one) => one.name === leaves);
    return [wire];
  });
}
