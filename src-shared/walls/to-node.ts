/** Between a pod and the node, namespace type by type: the thinnest of its containers' walls. */
import { lookup } from "../lookup.ts";
import { type Container, NAMESPACE_TYPES, type NamespaceType, type Snapshot } from "../model.ts";
import { allowedIn } from "./allowed.ts";

/** none: it is in the node's own. thin: it could enter the node's own, with an open file of it. */
export type Thickness = "none" | "thin" | "unknown" | "stands";
const THINNEST: readonly Thickness[] = ["none", "thin", "unknown", "stands"];

/** Of a type that the node has; empty: no container is alive. One whose process was not read may have any. */
export function wallsToNode(
  snapshot: Snapshot,
  containers: readonly Container[],
): Partial<Record<NamespaceType, Thickness>> {
  const find = lookup(snapshot);
  const own = new Map(snapshot.namespaces.flatMap((space) => (space.initial ? [[space.type, space] as const] : [])));
  const found: Partial<Record<NamespaceType, Thickness>> = {};
  for (const { pid } of containers) {
    if (pid === null) continue;
    const process = find.process(pid);
    for (const type of NAMESPACE_TYPES) {
      const nodes = own.get(type);
      if (!nodes) continue;
      const inode = process?.namespaces[type];
      const thickness: Thickness =
        inode === nodes.inode
          ? "none"
          : process === undefined || inode === undefined
            ? "unknown"
            : ({ yes: "thin", no: "stands", unknown: "unknown" } as const)[allowedIn(snapshot, process, nodes).enter];
      const before = found[type];
      if (before === undefined || THINNEST.indexOf(thickness) < THINNEST.indexOf(before)) found[type] = thickness;
    }
  }
  return found;
}
