import { NAMESPACE_TYPES, type NamespaceType } from "../../../src-shared/model.ts";
import { itemKey } from "../../drawing/item-key.ts";
import type { RailsModel, RailsRow } from "../../drawing/rails-model.ts";

/** What of a lab pod that is about to be made can be drawn. */
export interface LabPlan {
  sandbox: "pause" | "pinned";
  containers: number;
  sharePid: boolean;
}

/** More rows are no picture; the lab itself takes up to 20 containers. */
const MOST_ROWS = 6;
const HELD: readonly NamespaceType[] = ["net", "ipc", "uts"];

/**
 * A pod of no node, as lab/up.sh would make it: net, ipc and uts shared and held by pause or by pins, a mount namespace for
 * each, a PID namespace for each or for all, the rest the node's own.
 */
export function planModel({ sandbox, containers, sharePid }: LabPlan): RailsModel {
  const shared = sharePid ? [...HELD, "pid" as const] : HELD;
  const own = sharePid ? (["mnt"] as const) : (["pid", "mnt"] as const);
  const inodeOf = (type: NamespaceType, row: number): number =>
    (own as readonly NamespaceType[]).includes(type)
      ? 100 * (row + 1) + NAMESPACE_TYPES.indexOf(type)
      : NAMESPACE_TYPES.indexOf(type);
  const names = Array.from(
    { length: Math.min(MOST_ROWS, Math.max(1, Math.floor(containers) || 1)) },
    (_, i) => `c${i + 1}`,
  );
  const rows: RailsRow[] = [...(sandbox === "pause" ? ["pause"] : []), ...names].map((name, row) => ({
    key: name,
    kind: name === "pause" ? "pause" : "app",
    name,
    note: "",
    members: Object.fromEntries(NAMESPACE_TYPES.map((type) => [type, [inodeOf(type, row)]])),
    unread: [],
  }));
  return {
    podKey: "plan",
    podName: "the next pod",
    node: "node",
    rows,
    spaces: NAMESPACE_TYPES.flatMap((type) => {
      const inodes = new Set(rows.map(({ members }) => members[type]?.[0] ?? 0));
      const style = shared.includes(type)
        ? "shared"
        : (own as readonly NamespaceType[]).includes(type)
          ? "private"
          : "host";
      return [...inodes].map((inode) => ({ id: `${type}:${inode}`, type, inode, style }) as const);
    }),
    holders:
      sandbox === "pause"
        ? []
        : HELD.map((type) => ({
            key: itemKey.pin(type),
            kind: "pin" as const,
            holds: `${type}:${NAMESPACE_TYPES.indexOf(type)}`,
            name: `/run/podglass/lab/…/${type}`,
          })),
    others: [],
  };
}
