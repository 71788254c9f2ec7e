/** Pins that came or went, where both readings could see them. */
import { inertPath } from "../format.ts";
import { lookup } from "../lookup.ts";
import type { Namespace, Pod, Snapshot } from "../model.ts";
import { type Happening, podName } from "./event.ts";

interface Pinned {
  path: string;
  namespace: Namespace;
}

export function pinEvents(before: Snapshot, after: Snapshot): Happening[] {
  const [old, now] = [pinsOf(before, after), pinsOf(after, before)];
  const [podBefore, podAfter] = [podsByNamespace(before), podsByNamespace(after)];
  const happened: Happening[] = [];
  for (const [id, pin] of now) {
    // A namespace that is new with its pin is part of a new pod's making, and told as that.
    if (old.has(id) || lookup(before).namespace(pin.namespace.type, pin.namespace.inode) === undefined) continue;
    happened.push(said("pin-new", pin, podAfter(pin.namespace), "was pinned at"));
  }
  for (const [id, pin] of old) {
    if (now.has(id) || lookup(after).namespace(pin.namespace.type, pin.namespace.inode) === undefined) continue;
    // A runtime takes its pins away with the pod: part of that, and told as that.
    const pod = podBefore(pin.namespace);
    if (pod !== undefined && lookup(after).pod(pod.key) === undefined) continue;
    happened.push(said("pin-gone", pin, pod, "is not pinned any more at"));
  }
  return happened;
}

function said(
  kind: "pin-new" | "pin-gone",
  { path, namespace }: Pinned,
  pod: Pod | undefined,
  verb: string,
): Happening {
  const value = { type: namespace.type, inode: namespace.inode, path };
  return {
    kind,
    ...(pod === undefined ? {} : { pod: pod.key }),
    text: `${namespace.type}:[${namespace.inode}]${pod === undefined ? "" : ` of pod ${podName(pod)}`} ${verb} ${inertPath(path)}`,
    ...(kind === "pin-new" ? { after: value } : { before: value }),
  };
}

/** Which pod has a namespace; made once, where many went at once. */
function podsByNamespace({ pods }: Snapshot): (namespace: Namespace) => Pod | undefined {
  let made: Map<string, Pod> | undefined;
  return ({ type, inode, initial }) => {
    if (initial) return undefined;
    made ??= new Map(
      pods.toReversed().flatMap((pod) => Object.entries(pod.namespaces).map(([name, is]) => [`${name} ${is}`, pod])),
    );
    return made.get(`${type} ${inode}`);
  };
}

/**
 * Pins by namespace and path. Other mount namespaces than pid 1's are a slow place: they count only where both readings
 * had looked there, and a mount namespace that is itself gone takes its copies with it without a word.
 */
function pinsOf(snapshot: Snapshot, other: Snapshot): Map<string, Pinned> {
  const first = snapshot.namespaces.find(({ type, initial }) => type === "mnt" && initial)?.inode;
  const everywhere = snapshot.deep === true && other.deep === true;
  const found = new Map<string, Pinned>();
  for (const namespace of snapshot.namespaces)
    for (const { path, mountNamespace } of namespace.pins) {
      const seen =
        mountNamespace === first || (everywhere && lookup(other).namespace("mnt", mountNamespace) !== undefined);
      if (seen) found.set(`${namespace.type}:${namespace.inode} ${path}`, { path, namespace });
    }
  return found;
}
