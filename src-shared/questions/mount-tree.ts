/** A container's mounts as a tree: which stands in which, whose each is, and with whom of the pod it shares what comes later. */
import type { Container } from "../model.ts";
import { coveredOf, nameOf, spreadsOf } from "./mounts.ts";

type Mount = NonNullable<Container["mounts"]>[number];

export interface MountBranch {
  /** How deep below the root: 0. */
  level: number;
  destination: string;
  /** Its path on the node where the config names one, else within its file system. */
  source: string;
  type: string;
  readOnly: boolean;
  whose: "image" | "memory" | "pod" | "node";
  /** It stands over a part of the kernel's own file system at that path. */
  over?: "/proc" | "/sys";
  /** Where a mount made in it appears as well, as mountLines says it. */
  spreads: string;
  /** Mounts of the pod's other containers that are in one of its groups: "sidecar at /data". */
  peers: string[];
  covered?: true;
}

/** Empty: its mounts were not read. @param all of the pod, itself among them */
export function mountTree(container: Container, all: readonly Container[]): MountBranch[] {
  const mounts = container.mounts?.filter(({ id }) => id !== undefined) ?? [];
  const covered = coveredOf(mounts);
  const below = new Map<number, Mount[]>();
  const tops: Mount[] = [];
  const byId = new Map(mounts.map((mount) => [mount.id!, mount]));
  for (const mount of mounts) {
    const parent = parentOf(mount, byId, mounts, covered);
    if (parent === undefined) tops.push(mount);
    else below.set(parent, [...(below.get(parent) ?? []), mount]);
  }
  const paths = new Map(container.oci?.mounts?.map(({ destination, source }) => [destination, source]));
  const ids = idsOf(container, all);
  const groups = groupsOf(container, all);
  const branches: MountBranch[] = [];
  const seen = new Set<Mount>();
  const left = tops.toSorted(byPath).map((mount) => ({ mount, level: 0 }));
  left.reverse();
  for (let next = left.pop(); next; next = left.pop()) {
    const { mount, level } = next;
    if (seen.has(mount)) continue;
    seen.add(mount);
    branches.push(toBranch(mount, level, { paths, ids, groups, covered: covered.has(mount.id!) }));
    for (const child of (below.get(mount.id!) ?? []).sort(byPath).reverse())
      left.push({ mount: child, level: level + 1 });
  }
  return branches;
}

const byPath = (a: Mount, b: Mount): number =>
  a.destination < b.destination ? -1 : a.destination > b.destination ? 1 : 0;

/** Where the mount it stands in was left out (the kernel's own), the nearest one above by its path. */
function parentOf(
  { id, parent, destination }: Mount,
  byId: ReadonlyMap<number, Mount>,
  mounts: readonly Mount[],
  covered: ReadonlySet<number>,
): number | undefined {
  if (parent !== undefined && parent !== id && byId.has(parent)) return parent;
  let nearest: Mount | undefined;
  for (const other of mounts) {
    if (other.id === id || covered.has(other.id!) || !isBelow(destination, other.destination)) continue;
    if (!nearest || other.destination.length > nearest.destination.length) nearest = other;
  }
  return nearest?.id;
}

const isBelow = (path: string, folder: string): boolean =>
  path !== folder && (folder === "/" || path.startsWith(`${folder}/`));

/** What is in the path of a folder that somebody made for this pod alone. */
const idsOf = (container: Container, all: readonly Container[]): string[] =>
  [container.id, container.podKey?.split("/").at(-1) ?? "", ...all.map(({ id }) => id)]
    .concat(container.labels?.["io.kubernetes.pod.uid"] ?? [])
    .filter((id) => id.length >= 12);

/** By the number of a group of peers, which is the node's: who else of the pod has a mount in it. */
function groupsOf(container: Container, all: readonly Container[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const other of all) {
    if (other === container) continue;
    for (const { destination, propagation = [] } of other.mounts ?? [])
      for (const one of propagation) {
        const number = /^(?:shared|master):(\d+)$/.exec(one)?.[1];
        if (number !== undefined)
          groups.set(number, [...(groups.get(number) ?? []), `${nameOf(other)} at ${destination}`]);
      }
  }
  return groups;
}

function toBranch(
  mount: Mount,
  level: number,
  known: {
    paths: ReadonlyMap<string, string | undefined>;
    ids: readonly string[];
    groups: ReadonlyMap<string, string[]>;
    covered: boolean;
  },
): MountBranch {
  const { destination, source, fstype, readOnly = false, propagation = [] } = mount;
  const asked = known.paths.get(destination);
  const path = asked?.startsWith("/") ? asked : undefined;
  const over = (["/proc", "/sys"] as const).find((folder) => isBelow(destination, folder));
  const peers = propagation.flatMap((one) => known.groups.get(one.slice(one.indexOf(":") + 1)) ?? []);
  return {
    level,
    destination,
    source: path ?? source,
    type: fstype,
    readOnly,
    whose:
      destination === "/"
        ? "image"
        : path === undefined && (fstype === "tmpfs" || fstype === "devtmpfs" || fstype === "shm")
          ? "memory"
          : known.ids.some((id) => (path ?? source).includes(id))
            ? "pod"
            : "node",
    ...(over ? { over } : {}),
    spreads: spreadsOf(mount) ?? "not known",
    peers: [...new Set(peers)],
    ...(known.covered ? { covered: true } : {}),
  };
}
