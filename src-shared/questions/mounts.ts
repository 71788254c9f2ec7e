/** A pod's mounts: what several containers have, who may write, what is covered by another mount, and where changes spread. */
import type { Container } from "../model.ts";

export const nameOf = ({ kind, name }: Container): string => (kind === "sandbox" ? "pause" : name);

type Mount = NonNullable<Container["mounts"]>[number];

interface MountLine {
  destination: string;
  source: string;
  type: string;
  who: string[];
  /** Of those containers; absent: not read. */
  access?: "read-only" | "writable" | "differs";
  /** mount_namespaces(7), "Shared subtrees"; absent: not read. */
  spreads?: string;
  /** No path leads to it: another mount stands over it. */
  covered?: true;
}

/** Of what a runtime mounts for each container from the kernel alone nothing is told. */
const KERNEL = new Set(["proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2"]);

/** Those that several have stand first: they are what the pod shares beside namespaces. What was not read is taken from the config. */
export function mountLines(containers: readonly Container[]): MountLine[] {
  const lines = new Map<string, MountLine>();
  for (const container of containers) {
    const name = nameOf(container);
    const covered = coveredOf(container.mounts ?? []);
    const seen = container.mounts?.map((mount) => ({ ...mount, type: mount.fstype }));
    const asked = container.oci?.mounts?.map(({ destination, source = "", type = "" }): Mount & { type: string } => ({
      destination,
      source,
      type,
      fstype: type,
    }));
    for (const mount of seen ?? asked ?? []) {
      const { destination, source, type, readOnly } = mount;
      if (KERNEL.has(type)) continue;
      const hidden = covered.has(mount.id ?? -1);
      const key = `${destination}\n${source}\n${hidden}`;
      const access = readOnly === undefined ? undefined : readOnly ? "read-only" : "writable";
      const known = lines.get(key);
      const line = known ?? { destination, source, type, who: [], ...(hidden ? { covered: true } : {}) };
      lines.set(key, line);
      if (!line.who.includes(name)) line.who.push(name);
      if (access !== undefined)
        line.access = known?.access !== undefined && known.access !== access ? "differs" : access;
      const spreads = spreadsOf(mount);
      if (spreads !== undefined)
        line.spreads = known?.spreads !== undefined && known.spreads !== spreads ? "differs" : spreads;
    }
  }
  return [...lines.values()].sort((a, b) => b.who.length - a.who.length || (a.destination < b.destination ? -1 : 1));
}

/** Peers have one number on a whole node, so the same one in two containers is one group. */
export function spreadsOf({ id, propagation = [] }: Mount): string | undefined {
  if (id === undefined) return undefined;
  const number = (kind: string) => propagation.find((one) => one.startsWith(`${kind}:`))?.slice(kind.length + 1);
  const [peers, master] = [number("shared"), number("master")];
  const from = master === undefined ? "" : `from group ${master}`;
  if (peers !== undefined) return `among group ${peers}${from && `, ${from}`}`;
  return from || (propagation.includes("unbindable") ? "nowhere, and cannot be bound" : "nowhere");
}

/**
 * Ids of mounts that no path leads to: another is mounted on its root; or one beside it is on a folder above, which a walk
 * crosses into first; then all that is mounted in it is out of reach too. path_resolution(7); __traverse_mounts, fs/namei.c.
 */
export function coveredOf(mounts: readonly Mount[]): Set<number> {
  // The first mount of all stands in itself.
  const at = new Set(
    mounts.flatMap(({ id, parent, destination }) => (id === parent ? [] : [`${parent} ${destination}`])),
  );
  const parents = new Map(mounts.flatMap(({ id, parent }) => (id === undefined ? [] : [[id, parent] as const])));
  const covered = new Set<number>();
  const reached = new Map<number, boolean>();
  for (const { id, parent, destination } of mounts) {
    if (id === undefined) continue;
    if (stepsOf(destination).some((step) => at.has(`${parent} ${step}`))) reached.set(id, false);
    else if (at.has(`${id} ${destination}`)) covered.add(id);
  }
  for (const start of parents.keys()) {
    const way: number[] = [];
    let up: number | undefined = start;
    // A circle, which no kernel makes, ends where it closes.
    for (; up !== undefined && !reached.has(up) && parents.has(up); up = parents.get(up)) {
      reached.set(up, true);
      way.push(up);
    }
    const open = up === undefined || (reached.get(up) ?? true);
    for (const id of way) reached.set(id, open);
  }
  for (const [id, open] of reached) if (!open) covered.add(id);
  return covered;
}

/** Folders above a path, from the root. A node may say any path: deeper ones are left out. */
const DEEPEST = 64;
function stepsOf(path: string): string[] {
  const steps: string[] = [];
  for (let end = path.indexOf("/"); end >= 0 && steps.length < DEEPEST; end = path.indexOf("/", end + 1))
    if (end < path.length - 1) steps.push(end === 0 ? "/" : path.slice(0, end));
  return steps;
}
