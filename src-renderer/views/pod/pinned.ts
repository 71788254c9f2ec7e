import type { Pod, Snapshot } from "../../../src-shared/model.ts";

const OURS = "/run/podglass/pins/";

/** Whether Podglass itself pinned any of the pod's namespaces. */
export function pinnedByUs(snapshot: Snapshot, pod: Pod): boolean {
  const ids = new Set(Object.entries(pod.namespaces).map(([type, inode]) => `${type}:${inode}`));
  return snapshot.namespaces.some(
    (space) => ids.has(`${space.type}:${space.inode}`) && space.pins.some(({ path }) => path.startsWith(OURS)),
  );
}
