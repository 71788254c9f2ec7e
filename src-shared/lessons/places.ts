/** What a step's text speaks of, and the keys under which the pictures know it (state/selection.ts). */
import { NAMESPACE_TYPES, type NamespaceType, type Snapshot } from "../model.ts";
import { containerNamed, podNamed } from "./find.ts";

export type Place =
  | { kind: "ns"; type: NamespaceType; pod: string }
  | { kind: "container"; place: string }
  | { kind: "pause"; pod: string }
  | { kind: "pod"; pod: string }
  | { kind: "pins"; pod: string }
  | { kind: "cgroup"; place: string }
  | { kind: "host" };

export function parsePlace(text: string): Place {
  const [kind, name = "", more = ""] = text.trim().split(/\s+/);
  if (kind === "ns" && NAMESPACE_TYPES.includes(name as NamespaceType) && more)
    return { kind, type: name as NamespaceType, pod: more };
  if ((kind === "container" || kind === "cgroup") && name) return { kind, place: name };
  if ((kind === "pause" || kind === "pod" || kind === "pins") && name) return { kind, pod: name };
  if (kind === "host") return { kind };
  throw new Error(
    `"light: ${text}" is none of: ns TYPE POD, container POD/NAME, pause POD, pod POD, pins POD, cgroup POD[/NAME], host`,
  );
}

/** Keys that are there just now. */
export function keysOf(snapshot: Snapshot, place: Place): string[] {
  if (place.kind === "host") return ["host"];
  if (place.kind === "container") {
    const container = containerNamed(snapshot, place.place);
    return container ? [`container:${container.id}`] : [];
  }
  if (place.kind === "cgroup") {
    const path = place.place.includes("/")
      ? containerNamed(snapshot, place.place)?.cgroupPath
      : podNamed(snapshot, place.place)?.cgroupPath;
    return path ? [`cgroup:${path}`] : [];
  }
  const pod = podNamed(snapshot, place.pod);
  if (!pod) return [];
  if (place.kind === "pod") return [`pod:${pod.key}`];
  if (place.kind === "pause") return pod.sandbox.id ? [`container:${pod.sandbox.id}`] : [`pod:${pod.key}`];
  if (place.kind === "ns") {
    const inode = pod.namespaces[place.type];
    return inode === undefined ? [] : [`ns:${place.type}:${inode}`];
  }
  return snapshot.namespaces
    .filter((one) => pod.namespaces[one.type] === one.inode)
    .flatMap((one) => one.pins.map((pin) => `pin:${pin.path}`));
}
