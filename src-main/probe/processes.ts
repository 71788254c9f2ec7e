/** Processes of a node: several records each, put together once for each change. One that did not change stays the same object. */
import type { Wire } from "../../src-shared/fields.ts";
import type { RawProcess } from "../../src-shared/reading.ts";
import { type Room, Table } from "./bounds.ts";
import { decode } from "./codec.ts";

/** Records about one process. */
const KINDS = ["p", "m", "w", "r", "s"] as const;
type Kind = (typeof KINDS)[number];

/** The texts that processes share, by the numbers that stand for them. */
export interface Shared {
  groups(number: string): RawProcess["cgroup"] | undefined;
  spaces(number: string): RawProcess["ns"] | undefined;
  map(number: string): string | undefined;
  pageSize(): number;
}

const PROCESSES_PER_STEP = 500;

export class Processes {
  private readonly records: { [K in Kind]: Table<number, Wire<K>> };
  private readonly computed = new Map<number, RawProcess>();

  constructor(room: Room) {
    this.records = {
      p: new Table(room, "p"),
      m: new Table(room, "m"),
      w: new Table(room, "w"),
      r: new Table(room, "r"),
      s: new Table(room, "s"),
    };
  }

  get size(): number {
    return this.records.p.size;
  }

  /** Throws RangeError, NoRoomError. */
  set<K extends Kind>(kind: K, parts: readonly string[], size: number): void {
    this.give(kind, decode(kind, parts), size);
  }

  /** Throws NoRoomError. */
  give<K extends Kind>(kind: K, record: Wire<K>, size: number): void {
    const { pid } = record as Wire<Kind>;
    this.computed.delete(pid);
    (this.records[kind] as Table<number, Wire<K>>).set(pid, record, size);
  }

  /** A process takes with it what was said of it. */
  delete(kind: Kind, pid: number): void {
    this.computed.delete(pid);
    for (const one of kind === "p" ? KINDS : [kind]) this.records[one].delete(pid);
  }

  clear(): void {
    this.computed.clear();
    for (const kind of KINDS) this.records[kind].clear();
  }

  /** Makes what all() gives, in steps: 20,000 processes at once would hold up a window that shares the thread. */
  *compute(shared: Shared): Generator<undefined> {
    let done = 0;
    for (const [pid, main] of this.records.p.entries()) {
      if (this.computed.has(pid)) continue;
      const process = this.put(pid, main, shared);
      if (process) this.computed.set(pid, process);
      if (++done % PROCESSES_PER_STEP === 0) yield;
    }
  }

  all(shared: Shared): RawProcess[] {
    for (const _ of this.compute(shared));
    return [...this.computed.values()].sort((a, b) => a.pid - b.pid);
  }

  private put(pid: number, main: Wire<"p">, shared: Shared): RawProcess | undefined {
    const memory = this.records.m.get(pid);
    const { groups, spaces, ...own } = main;
    const ns = spaces === undefined ? {} : shared.spaces(spaces);
    const cgroup = shared.groups(groups);
    // Its shared texts were lost on the way: half a process would be a wrong one.
    if (!memory || !ns || !cgroup) return undefined;
    const { rssPages, ...rest } = memory;
    const process: RawProcess = {
      ...own,
      ...rest,
      state: memory.state.slice(0, 1),
      rssBytes: rssPages * shared.pageSize(),
      ns,
      cgroup,
    };
    const cwd = this.records.w.get(pid);
    if (cwd) process.cwd = cwd.cwd;
    const roll = this.records.r.get(pid);
    if (roll) {
      const { pid: _, ...smaps } = roll;
      process.smaps = smaps;
    }
    const rights = this.records.s.get(pid);
    if (rights) {
      const { pid: _, uidMap, gidMap, ...security } = rights;
      const [uids, gids] = [uidMap, gidMap].map((number) => (number === undefined ? undefined : shared.map(number)));
      process.security = {
        ...security,
        ...(uids === undefined ? {} : { uidMap: uids }),
        ...(gids === undefined ? {} : { gidMap: gids }),
      };
    }
    return process;
  }
}
