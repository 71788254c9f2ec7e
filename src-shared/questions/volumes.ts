/** Volumes that containers of a pod share: the same source of the node in two containers' mounts, beside namespaces. */

import { lookup } from "../lookup.ts";
import type { Pod, Snapshot } from "../model.ts";

export interface SharedVolume {
  /** Path on the node. */
  source: string;
  /** Where each container sees it. */
  mounts: { containerId: string; name: string; destination: string }[];
}

/** What a runtime gives every container for itself, never a path of the node. */
const OWN_KINDS = new Set(["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "overlay", "devtmpfs"]);

/** From what their config.json asked for, which names paths of the node; from their own mountinfo where there is none. */
export function sharedVolumes(snapshot: Snapshot, pod: Pod): SharedVolume[] {
  const find = lookup(snapshot);
  const found = new Map<string, SharedVolume>();
  for (const id of pod.containers) {
    const container = find.container(id);
    if (!container) continue;
    for (const { destination, source } of sourcesOf(container)) {
      const volume = found.get(source) ?? { source, mounts: [] };
      volume.mounts.push({ containerId: id, name: container.name, destination });
      found.set(source, volume);
    }
  }
  return [...found.values()]
    .filter((volume) => new Set(volume.mounts.map((mount) => mount.containerId)).size > 1)
    .sort((a, b) => (a.source < b.source ? -1 : 1));
}

function sourcesOf(container: Snapshot["containers"][number]): { destination: string; source: string }[] {
  const asked = (container.oci?.mounts ?? []).flatMap(({ destination, source, type }) =>
    source?.startsWith("/") && !OWN_KINDS.has(type ?? "") ? [{ destination, source }] : [],
  );
  if (asked.length > 0 || !container.mounts) return asked;
  return container.mounts.filter(({ source, fstype }) => source.startsWith("/") && !OWN_KINDS.has(fstype));
}
