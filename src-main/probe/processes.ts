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
    const ns = main.spaces === undefined ? {} : shared.spaces(main.spaces);
    const cgroup = shared.groups(main.groups);
    // Its shared texts were lost on the way: half a process would be a wrong one.
    if (!memory || !ns || !cgroup) return undefined;
    // Field by field: `{ ...own, ...rest }` with some left out takes fifteen times as long.
    const process: RawProcess = {
      pid,
      startTicks: main.startTicks,
      ppid: main.ppid,
      uid: main.uid,
      oomScoreAdj: main.oomScoreAdj,
      comm: main.comm,
      cmdline: main.cmdline,
      state: memory.state.slice(0, 1),
      rssBytes: memory.rssPages * shared.pageSize(),
      pageTableBytes: memory.pageTableBytes,
      swapBytes: memory.swapBytes,
      ns,
      cgroup,
    };
    if (main.nsPids !== undefined) process.nsPids = main.nsPids;
    if (main.stuck !== undefined) process.stuck = main.stuck;
    if (memory.oomScore !== undefined) process.oomScore = memory.oomScore;
    if (memory.threads !== undefined) process.threads = memory.threads;
    const cwd = this.records.w.get(pid);
    if (cwd) process.cwd = cwd.cwd;
    const roll = this.records.r.get(pid);
    if (roll) process.smaps = { rss: roll.rss, pss: roll.pss, private: roll.private, swap: roll.swap };
    const rights = this.records.s.get(pid);
    if (rights) process.security = securityOf(rights, shared);
    return process;
  }
}

function securityOf(rights: Wire<"s">, shared: Shared): NonNullable<RawProcess["security"]> {
  const { seccomp, noNewPrivs, capEff, capBnd, label } = rights;
  const security: NonNullable<RawProcess["security"]> = { seccomp, noNewPrivs, capEff, capBnd };
  if (label !== undefined) security.label = label;
  const [uids, gids] = [rights.uidMap, rights.gidMap].map((number) =>
    number === undefined ? undefined : shared.map(number),
  );
  if (uids !== undefined) security.uidMap = uids;
  if (gids !== undefined) security.gidMap = gids;
  return security;
}
