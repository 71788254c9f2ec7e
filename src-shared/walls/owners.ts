/** Which user namespace owns which namespace: the tree of user namespaces, as ioctl_ns(2) tells it. */
import { lookup } from "../lookup.ts";
import { type Namespace, namespaceId, type Snapshot } from "../model.ts";

interface OwnerRow {
  /** How deep below the node's own: 0. */
  level: number;
  space: Namespace;
  /** Without user namespaces, which stand as rows of their own. */
  owns: Namespace[];
  /** What is above it was not read: it stands at the top for that alone. */
  loose?: true;
}

interface Owners {
  /** Parents before children. */
  rows: OwnerRow[];
  /** Of these the owner was not read. */
  unread: Namespace[];
}

/** A chain that goes in a circle (a node may say anything) is cut where it closes: each user namespace stands once. */
export function ownersOf(snapshot: Snapshot): Owners {
  const find = lookup(snapshot);
  const users = snapshot.namespaces.filter(({ type }) => type === "user");
  const below = new Map<number, Namespace[]>();
  const tops: Namespace[] = [];
  for (const space of users) {
    const above = space.initial || space.parent === space.inode ? undefined : space.parent;
    if (above === undefined || !find.namespace("user", above)) tops.push(space);
    else below.set(above, [...(below.get(above) ?? []), space]);
  }
  const rows: OwnerRow[] = [];
  const seen = new Set<string>();
  const add = (top: Namespace): void => {
    // A list, not a recursion: how deep it goes is the node's word.
    const left = [{ space: top, level: 0 }];
    for (let next = left.pop(); next; next = left.pop()) {
      const { space, level } = next;
      if (seen.has(namespaceId(space))) continue;
      seen.add(namespaceId(space));
      const owns = find.ownedBy(space.inode).filter(({ type }) => type !== "user");
      rows.push({ level, space, owns: [...owns], ...(level === 0 && !space.initial ? { loose: true } : {}) });
      for (const child of (below.get(space.inode) ?? []).toReversed()) left.push({ space: child, level: level + 1 });
    }
  };
  for (const top of [...tops].sort((a, b) => Number(b.initial) - Number(a.initial))) add(top);
  for (const space of users) add(space);
  return { rows, unread: snapshot.namespaces.filter(({ type, owner }) => type !== "user" && owner === undefined) };
}
