/** Where a pod's pins are, as far as the snapshot tells: the folder of the first one. */
import type { Pod, Snapshot } from "../model.ts";

export function pinsFolderOf(snapshot: Snapshot, pod: Pod | undefined): string | undefined {
  if (!pod) return undefined;
  for (const one of snapshot.namespaces)
    if (pod.namespaces[one.type] === one.inode && one.pins[0])
      return one.pins[0].path.slice(0, one.pins[0].path.lastIndexOf("/"));
  return undefined;
}
