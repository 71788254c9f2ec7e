/**
 * What a snapshot could not be told, so that nothing is concluded from its absence. The probe's own gaps say it, and
 * live processes whose links are not there.
 */
import { GAP_WHATS, recordsUnread } from "./gaps.ts";
import { isLive } from "./liveness.ts";
import type { NamespaceType, Process, Snapshot } from "./model.ts";

const { end, records } = GAP_WHATS;
const GAPS = {
  /** Processes that are not in the list (hidepid, a reader that was cut off). */
  processes: [GAP_WHATS.processes, GAP_WHATS["processes-cut"], end, records],
  /** Bind mounts where runtimes make them. */
  pins: [GAP_WHATS.pins, end, records],
  /** What else holds a namespace, of any type. */
  holders: ["pins-elsewhere", "mounts", "files", "holding-files", "threads", "stray-threads"],
} as const;
/** What holds namespaces of one type alone: a socket its network, a namespace the user namespace that owns it. */
const HOLDERS_OF: Partial<Record<NamespaceType, readonly (keyof typeof GAP_WHATS)[]>> = {
  net: ["sockets"],
  user: ["relations"],
};

export interface Unread {
  processes: boolean;
  records: boolean;
  pins: boolean;
  /** How many live processes did not show their namespace of this type. */
  namespaces(type: NamespaceType): number;
  /** A holder of a namespace of this type may not have been read. Of a PID namespace its pid 1 decides, whoever holds it. */
  holders(type: NamespaceType): boolean;
  /** How many live processes did not show their cgroup. */
  cgroups: number;
}

const known = new WeakMap<Snapshot, Unread>();

export function unread(snapshot: Snapshot): Unread {
  const before = known.get(snapshot);
  if (before) return before;
  const named = new Set(snapshot.gaps.map(({ what }) => what));
  const has = (gaps: readonly string[]) => gaps.some((what) => named.has(what));
  const live = snapshot.processes.filter(isLive);
  const codes = (list: readonly (keyof typeof GAP_WHATS)[]) => has(list.map((code) => GAP_WHATS[code]));
  const counts = new Map<NamespaceType, number>();
  const made: Unread = {
    processes: has(GAPS.processes),
    records: recordsUnread(snapshot.gaps),
    pins: has(GAPS.pins),
    namespaces: (type) => {
      const count = counts.get(type) ?? live.filter((one) => one.namespaces[type] === undefined).length;
      counts.set(type, count);
      return count;
    },
    holders: (type) =>
      type !== "pid" &&
      (made.processes ||
        made.pins ||
        made.namespaces(type) > 0 ||
        snapshot.deep !== true ||
        codes(GAPS.holders) ||
        codes(HOLDERS_OF[type] ?? [])),
    cgroups: live.filter(placeless).length,
  };
  known.set(snapshot, made);
  return made;
}

/** A process in no cgroup that we know of: every one is in one, so it was not read. */
export const placeless = ({ cgroup }: Process): boolean => cgroup.v2 === undefined && cgroup.v1 === undefined;

/** No pod is seen, or no other member of one, and that does not say that there is none. */
export function mayHidePods(snapshot: Snapshot): boolean {
  const { processes, records, cgroups } = unread(snapshot);
  return processes || records || cgroups > 0;
}
