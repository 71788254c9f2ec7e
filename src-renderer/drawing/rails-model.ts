/**
 * What the rail diagram of one pod shows, before it has any place: rows, their memberships, what holds, what leads out.
 * Everything here is read from the snapshot as it is; nothing is guessed, and what could not be read is said.
 */

import { openFiles } from "../../src-shared/assemble/namespaces.ts";
import { inert } from "../../src-shared/format.ts";
import { isZombie } from "../../src-shared/liveness.ts";
import { type Lookup, lookup } from "../../src-shared/lookup.ts";
import {
  type Container,
  NAMESPACE_TYPES,
  type Namespace,
  type NamespaceType,
  namespaceId,
  type Pod,
  type Process,
  type Snapshot,
} from "../../src-shared/model.ts";
import { compareText } from "../../src-shared/order.ts";
import { itemKey } from "./item-key.ts";

export type RowKind = "pause" | "ghost" | "dead" | "app" | "init" | "ended" | "outside";

export interface RailsRow {
  /** As in item-key.ts: a container's, the sandbox's or a process's. */
  key: string;
  kind: RowKind;
  name: string;
  note: string;
  /** Inodes by type, the main process's first; more than one where its processes are in several. */
  members: Partial<Record<NamespaceType, number[]>>;
  /** Types of a live row that could not be read. */
  unread: NamespaceType[];
}

export interface RailsHolder {
  key: string;
  kind: "pin" | "fd";
  /** The namespace it holds, as namespaceId. */
  holds: string;
  name: string;
}

export interface RailsOther {
  /** A pod's, or that of a container of no pod. */
  key: string;
  name: string;
  note: string;
  namespaces: string[];
}

export interface RailsSpace {
  id: string;
  type: NamespaceType;
  inode: number;
  style: "shared" | "private" | "host";
}

export interface RailsModel {
  podKey: string;
  podName: string;
  node: string;
  rows: RailsRow[];
  /** Every namespace that a row is in, that the pod shares, or that the node gives it; in the order of types, then inodes. */
  spaces: RailsSpace[];
  holders: RailsHolder[];
  others: RailsOther[];
}

type Members = Partial<Record<NamespaceType, number[]>>;

function membersOf(processes: readonly Process[]): Members {
  const members: Members = {};
  for (const process of processes)
    for (const type of NAMESPACE_TYPES) {
      const inode = process.namespaces[type];
      if (inode === undefined) continue;
      members[type] ??= [];
      const list = members[type];
      if (!list.includes(inode)) list.push(inode);
    }
  return members;
}

const NOTES: Record<"ghost" | "dead", string> = { ghost: "dropped", dead: "dead" };

interface Index {
  find: Lookup;
  /** Types that this kernel has. */
  known: Set<NamespaceType>;
}

const unreadOf = (members: Members, known: ReadonlySet<NamespaceType>): NamespaceType[] =>
  // A process that shows none hides all of them; otherwise a type that nobody has, this kernel has not.
  NAMESPACE_TYPES.filter(
    (type) => members[type] === undefined && (known.has(type) || Object.keys(members).length === 0),
  );

function rowOf(container: Container, holds: boolean, index: Index): RailsRow {
  const pids = container.pid === null ? container.pids : [container.pid, ...container.pids];
  const processes = [...new Set(pids)].flatMap((pid) => index.find.process(pid) ?? []);
  const members = membersOf(processes.filter((one) => !isZombie(one)));
  const live = processes.length > 0;
  const kind: RowKind = holds ? "pause" : !live ? "ended" : container.kind === "init" ? "init" : "app";
  const main = processes[0];
  const program = main && main.comm !== container.name && !holds ? `, ${inert(main.comm, 40)}` : "";
  return {
    key: itemKey.container(container.id),
    kind,
    name: holds && container.kind === "sandbox" ? "pause" : inert(container.name),
    note: main ? `pid ${main.pid}${program}` : "ended",
    members,
    unread: live ? unreadOf(members, index.known) : [],
  };
}

/** The row of what holds, or held, the pod's namespaces; undefined where no sandbox was ever made. */
function sandboxRow(pod: Pod, own: readonly Container[], index: Index): RailsRow | undefined {
  const { state, pid } = pod.sandbox;
  if (state === "none") return undefined;
  if (state !== "process") {
    const kind = state === "dead" ? "dead" : "ghost";
    return { key: itemKey.sandbox(pod.key), kind, name: "pause", note: NOTES[kind], members: {}, unread: [] };
  }
  const container = own.find((one) => one.pid === pid) ?? own.find((one) => one.kind === "sandbox" && one.pid !== null);
  if (container) return { ...rowOf(container, true, index), key: itemKey.sandbox(pod.key) };
  const process = pid === undefined ? undefined : index.find.process(pid);
  const members = membersOf(process ? [process] : []);
  return {
    key: itemKey.sandbox(pod.key),
    kind: "pause",
    name: "pause",
    note: pid === undefined ? "" : `pid ${pid}`,
    members,
    unread: process ? unreadOf(members, index.known) : [],
  };
}

/** Containers in the order in which they were made, which is the order in which people wrote them. */
const inOrder = (a: Container, b: Container): number =>
  Number(a.kind === "init") - Number(b.kind === "init") ||
  compareText(a.createdAt ?? "", b.createdAt ?? "") ||
  compareText(a.name, b.name) ||
  compareText(a.id, b.id);

/** How many processes of no container are drawn one by one. */
const OUTSIDERS = 3;

function outsideRows(pids: readonly number[], index: Index): RailsRow[] {
  const processes = pids.flatMap((pid) => index.find.process(pid) ?? []);
  const rows = processes.slice(0, OUTSIDERS).map((process): RailsRow => {
    const members = membersOf([process]);
    return {
      key: itemKey.process(process),
      kind: "outside",
      name: process.comm,
      note: `pid ${process.pid}, of no container`,
      members,
      unread: [],
    };
  });
  if (processes.length > OUTSIDERS)
    rows.push({
      key: "outside",
      kind: "outside",
      name: `${processes.length - OUTSIDERS} more`,
      note: "of no container",
      members: membersOf(processes.slice(OUTSIDERS)),
      unread: [],
    });
  return rows;
}

function holdersOf(spaces: readonly Namespace[], index: Index): RailsHolder[] {
  const holders: RailsHolder[] = [];
  for (const space of spaces) {
    if (space.initial) continue;
    const holds = namespaceId(space);
    for (const path of [...new Set(space.pins.map((pin) => pin.path))])
      holders.push({ key: itemKey.pin(path), kind: "pin", holds, name: path });
    for (const file of openFiles(space)) {
      const { pid, fd } = file;
      const comm = index.find.process(pid)?.comm;
      const what = space.sockets?.includes(file) ? "socket" : "fd";
      const name = `${comm ? `${comm} ` : ""}${pid}, ${what} ${fd}`;
      holders.push({ key: itemKey.file(pid, fd), kind: "fd", holds, name });
    }
  }
  return holders;
}

/** Reads one pod out of a snapshot; undefined when it has none of that key. */
export function railsModel(snapshot: Snapshot, podKey: string): RailsModel | undefined {
  const pod = lookup(snapshot).pod(podKey);
  if (pod === undefined) return undefined;
  const index: Index = { find: lookup(snapshot), known: new Set(snapshot.namespaces.map(({ type }) => type)) };
  const own = index.find.containersOf(podKey);
  const sandbox = sandboxRow(pod, own, index);
  const rows = own
    .filter(
      ({ kind, pid }) => kind !== "sandbox" && !(sandbox?.kind === "pause" && pid !== null && pid === pod.sandbox.pid),
    )
    .sort(inOrder)
    .map((container) => rowOf(container, false, index));
  if (sandbox) rows.unshift(sandbox);

  const wanted = new Set<string>();
  for (const row of rows)
    for (const type of NAMESPACE_TYPES) for (const inode of row.members[type] ?? []) wanted.add(`${type}:${inode}`);
  for (const type of NAMESPACE_TYPES)
    if (pod.namespaces[type] !== undefined) wanted.add(`${type}:${pod.namespaces[type]}`);
  const found = snapshot.namespaces
    .filter((space) => wanted.has(namespaceId(space)))
    .sort((a, b) => NAMESPACE_TYPES.indexOf(a.type) - NAMESPACE_TYPES.indexOf(b.type) || a.inode - b.inode);

  const mine = new Set(own.flatMap(({ pids }) => pids));
  if (pod.sandbox.pid !== undefined) mine.add(pod.sandbox.pid);
  const strangers = new Set<number>();
  const others = new Map<string, RailsOther>();
  for (const space of found) {
    if (space.initial) continue;
    for (const pid of space.pids) {
      if (mine.has(pid)) continue;
      const container = index.find.containerOfPid(pid);
      if (container === undefined) {
        // A PID namespace below the pod's is a member's own affair; only who is in the pod's very namespace counts.
        strangers.add(pid);
        continue;
      }
      const key = container.podKey === undefined ? itemKey.container(container.id) : itemKey.pod(container.podKey);
      const name = inert(index.find.pod(container.podKey ?? "")?.name ?? container.name);
      const other = others.get(key) ?? {
        key,
        name,
        note: container.podKey === undefined ? "a container of no pod" : "another pod",
        namespaces: [],
      };
      if (!other.namespaces.includes(namespaceId(space))) other.namespaces.push(namespaceId(space));
      others.set(key, other);
    }
  }
  rows.push(
    ...outsideRows(
      [...strangers].sort((a, b) => a - b),
      index,
    ).map((row) => only(row, wanted)),
  );

  const spaces = found.map((space): RailsSpace => {
    const id = namespaceId(space);
    const members = rows.filter((row) => row.members[space.type]?.includes(space.inode)).length;
    const leads = [...others.values()].some(({ namespaces }) => namespaces.includes(id));
    const shared = members > 1 || leads || pod.namespaces[space.type] === space.inode;
    return {
      id,
      type: space.type,
      inode: space.inode,
      style: space.initial ? "host" : shared ? "shared" : "private",
    };
  });
  return {
    podKey,
    podName: inert(pod.name),
    node: inert(snapshot.node.hostname),
    rows,
    spaces,
    holders: holdersOf(found, index),
    others: [...others.values()].sort((a, b) => compareText(a.name, b.name) || compareText(a.key, b.key)),
  };
}

/** A process of no container is drawn for what it has of this pod's, not for namespaces of its own. */
function only(row: RailsRow, wanted: ReadonlySet<string>): RailsRow {
  const members: Members = {};
  for (const type of NAMESPACE_TYPES) {
    const inodes = row.members[type]?.filter((inode) => wanted.has(`${type}:${inode}`));
    if (inodes && inodes.length > 0) members[type] = inodes;
  }
  return { ...row, members };
}
