/** What a session knows of its node: records applied one by one, and a Reading made of them at the end of a frame. */
import { RECORDS, type RecordName, type Wire } from "../../src-shared/fields.ts";
import { gap } from "../../src-shared/gaps.ts";
import type { Gap } from "../../src-shared/model.ts";
import type { RawProcess, Reading } from "../../src-shared/reading.ts";
import { type Bounds, List, NoRoomError, Room, Table, TooMuchError } from "./bounds.ts";
import { decode, ofUnknownType, pairs } from "./codec.ts";
import { Groups } from "./groups.ts";
import { Mounts } from "./mounts.ts";
import { compare, nodeFacts } from "./node-facts.ts";
import { Processes, type Shared } from "./processes.ts";
import { Raw } from "./raw.ts";
import { unescapeField } from "./wire.ts";

type Relation = Reading["relations"][number];
const isRecord = (name: string): name is RecordName => Object.hasOwn(RECORDS, name);

export class NodeState {
  deep = false;
  private readonly room = new Room();
  private readonly facts = new Table<string, string>(this.room, "n");
  private readonly hierarchies = new Table<string, string>(this.room, "h");
  private readonly groupTexts = new Table<string, RawProcess["cgroup"]>(this.room, "g");
  private readonly spaceSets = new Table<string, RawProcess["ns"]>(this.room, "x");
  private readonly mapTexts = new Table<string, string>(this.room, "u");
  private readonly processes = new Processes(this.room);
  private readonly mounts = new Mounts(this.room);
  private readonly cgroups = new Groups(this.room);
  private readonly files = new Table<string, string>(this.room, "F");
  private readonly tools = new Table<string, string>(this.room, "T");
  private readonly relations = new Table<string, Relation>(this.room, "R");
  private readonly listed = new Table<string, Wire<"K">>(this.room, "K");
  private readonly net = new Table<number, Reading["net"][number]>(this.room, "N");
  private readonly fds = new List<Reading["fds"][number]>(this.room, "d");
  private readonly sockets = new List<NonNullable<Reading["sockets"]>[number]>(this.room, "k");
  private readonly listening = new List<Wire<"l">>(this.room, "l");
  private readonly threads = new List<Reading["threads"][number]>(this.room, "t");
  private readonly sysctls = new List<Reading["sysctls"][number]>(this.room, "S");
  private readonly interfaces = new List<Wire<"I">>(this.room, "I");
  private readonly routes = new List<Wire<"L">>(this.room, "L");
  private readonly oom = new List<string>(this.room, "o");
  private readonly gaps = new List<Gap>(this.room, "G");
  private readonly raw = new Raw({
    room: this.room,
    processes: this.processes,
    cgroups: this.cgroups,
    groupTexts: this.groupTexts,
    hierarchies: this.hierarchies,
    spaces: this.spaceSets,
    net: this.net,
  });
  private uptime: string | undefined;
  /** Records left out since the last whole frame, by why. */
  private readonly leftOut = new Map<string, number>();
  private readonly shared: Shared = {
    groups: (number) => this.groupTexts.get(number),
    spaces: (number) => this.spaceSets.get(number),
    map: (number) => this.mapTexts.get(number),
    pageSize: () => Number(this.facts.get("page") ?? 4096),
  };

  constructor(bounds: Bounds) {
    this.room.bounds = bounds;
  }

  /**
   * Applies one record. What does not fit into what is kept of one node is left out, and reading() says so.
   * Throws RangeError when it is not what a probe writes, TooMuchError when there is no end of what does not fit.
   */
  apply(record: string): void {
    const parts = record.split(" ");
    const first = parts[0]!;
    const name = first.startsWith("-") ? first.slice(1) : first;
    try {
      if (name === "raw") this.raw.begin(parts);
      else if (!isRecord(name)) throw new RangeError("unknown record");
      else if (first !== name) this.remove(name, parts);
      else if (!ofUnknownType(name, parts)) this.keep[name](parts, record.length);
    } catch (error) {
      this.leaveOut(error);
    }
  }

  /** A line that is no record, where a reader passes on what it reads. Throws like apply(). */
  applyRaw(line: string): void {
    if (!this.raw.open) return;
    try {
      this.raw.line(line);
    } catch (error) {
      this.leaveOut(error);
    }
  }

  /** What was passed on becomes processes, in steps; `damaged` is called for each RangeError. Throws TooMuchError. */
  *computeRaw(damaged: (error: unknown) => void): Generator<undefined> {
    yield* this.raw.compute((error) => {
      try {
        this.leaveOut(error);
      } catch (other) {
        damaged(other);
      }
    });
  }

  private leaveOut(error: unknown): void {
    if (!(error instanceof NoRoomError)) throw error;
    const count = (this.leftOut.get(error.message) ?? 0) + 1;
    if (count > this.room.bounds.refused)
      throw new TooMuchError(`sent records without end: ${error.message}, and another ${this.room.bounds.refused}`);
    this.leftOut.set(error.message, count);
  }

  /** What becomes of each record. */
  private readonly keep: { readonly [K in RecordName]: (parts: readonly string[], size: number) => void } = {
    n: (parts, size) => {
      const { fact, value } = decode("n", parts);
      this.facts.set(fact, value, size);
    },
    h: (parts, size) => {
      const { hierarchy, mountPoint } = decode("h", parts);
      this.hierarchies.set(hierarchy, mountPoint, size);
    },
    g: (parts, size) => {
      const { group, paths } = decode("g", parts);
      this.groupTexts.set(group, paths, size);
    },
    x: (parts, size) => {
      const { group, links } = decode("x", parts);
      this.spaceSets.set(group, links, size);
    },
    u: (parts, size) => {
      const { group, map } = decode("u", parts);
      this.mapTexts.set(group, map, size);
    },
    p: (parts, size) => this.processes.set("p", parts, size),
    m: (parts, size) => this.processes.set("m", parts, size),
    w: (parts, size) => this.processes.set("w", parts, size),
    r: (parts, size) => this.processes.set("r", parts, size),
    s: (parts, size) => this.processes.set("s", parts, size),
    C: (parts, size) => this.cgroups.set(parts, size),
    f: (parts) => this.cgroups.add(parts),
    M: (parts, size) => this.mounts.set(parts, size),
    F: (parts, size) => {
      const { path, content } = decode("F", parts);
      this.files.set(path, content, size);
    },
    T: (parts, size) => {
      const { tool, output } = decode("T", parts);
      this.tools.set(tool, output, size);
    },
    R: (parts, size) => this.relations.set(`${parts[1]} ${parts[2]}`, decode("R", parts), size),
    K: (parts, size) => this.listed.set(`${parts[1]} ${parts[2]}`, decode("K", parts), size),
    N: (parts, size) => {
      const { inode, pid } = decode("N", parts);
      this.net.set(inode, { inode, pid, files: pairs("N", parts) }, size);
    },
    d: (parts, size) => this.fds.add(decode("d", parts), size),
    k: (parts, size) => this.sockets.add(decode("k", parts), size),
    l: (parts, size) => this.listening.add(decode("l", parts), size),
    t: (parts, size) => this.threads.add(decode("t", parts), size),
    S: (parts, size) => {
      const { type, inode, pid } = decode("S", parts);
      if (type !== "net" && type !== "ipc" && type !== "uts") return;
      this.sysctls.add({ type, inode, pid, values: pairs("S", parts) }, size);
    },
    I: (parts, size) => this.interfaces.add(decode("I", parts), size),
    L: (parts, size) => this.routes.add(decode("L", parts), size),
    o: (parts, size) => this.oom.add(decode("o", parts).line, size),
    G: (parts, size) => this.gaps.add(gapOf(decode("G", parts)), size),
  };

  /** `-KIND KEY …`: gone. Of those that each frame or each deep one tells whole, none is ever removed. */
  private readonly drop: { readonly [K in RecordName]?: (key: string, more: string) => void } = {
    n: (fact) => this.facts.delete(unescapeField(fact)),
    h: (hierarchy) => this.hierarchies.delete(unescapeField(hierarchy)),
    g: (number) => this.groupTexts.delete(number),
    x: (number) => this.spaceSets.delete(number),
    u: (number) => this.mapTexts.delete(number),
    p: (pid) => this.processes.delete("p", wholeOf(pid)),
    m: (pid) => this.processes.delete("m", wholeOf(pid)),
    w: (pid) => this.processes.delete("w", wholeOf(pid)),
    r: (pid) => this.processes.delete("r", wholeOf(pid)),
    s: (pid) => this.processes.delete("s", wholeOf(pid)),
    C: (group) => this.cgroups.delete(group),
    f: (group, name) => this.cgroups.remove(group, unescapeField(name)),
    M: (inode) => this.mounts.delete(wholeOf(inode)),
    F: (path) => this.files.delete(unescapeField(path)),
    T: (tool) => this.tools.delete(unescapeField(tool)),
    R: (type, inode) => this.relations.delete(`${type} ${inode}`),
    K: (type, inode) => this.listed.delete(`${type} ${inode}`),
    N: (inode) => this.net.delete(wholeOf(inode)),
  };

  private remove(name: RecordName, [, key, more = ""]: readonly string[]): void {
    const drop = this.drop[name];
    if (drop === undefined || key === undefined) throw new RangeError(`-${name} of nothing`);
    drop(key, more);
  }

  /** How many processes are known. */
  get size(): number {
    return this.processes.size;
  }

  /** A frame begins: gaps are told anew by each, the slow lists by each deep one, everything by a whole one. */
  begin(all: boolean, deep: boolean, uptime: string): void {
    this.uptime = uptime;
    this.gaps.clear();
    this.cgroups.begin();
    this.raw.startFrame();
    if (all) {
      this.deep = false;
      this.leftOut.clear();
      for (const one of [this.facts, this.hierarchies, this.groupTexts, this.spaceSets, this.mapTexts]) one.clear();
      this.processes.clear();
      for (const one of [this.mounts, this.cgroups, this.files, this.tools, this.relations, this.listed, this.net])
        one.clear();
    }
    if (!all && !deep) return;
    this.deep = deep;
    for (const one of [this.fds, this.sockets, this.listening, this.threads, this.sysctls, this.oom]) one.clear();
    for (const one of [this.interfaces, this.routes]) one.clear();
  }

  /** Makes what reading() gives, in steps, so that others may have the thread in between. */
  *compute(): Generator<undefined> {
    yield* this.processes.compute(this.shared);
    yield* this.mounts.compute();
  }

  /** Everything known now, as assemble() takes it. Unchanged processes and cgroups stay the same objects. */
  reading(takenAt: string, gaps: readonly Gap[]): Reading {
    const facts = new Map(this.facts.entries());
    if (this.uptime !== undefined) facts.set("uptime", this.uptime);
    const interfaces = sortedBy(this.interfaces.values, (one) => one.inode);
    const listed = sortedBy(this.listed.values(), (one) => one.inode);
    const sockets = sortedBy(this.sockets.values, (held) => held.pid);
    return {
      takenAt,
      deep: this.deep,
      node: nodeFacts(facts, new Map(this.hierarchies.entries())),
      processes: this.processes.all(this.shared),
      mounts: this.mounts.all(),
      cgroups: this.cgroups.all(),
      files: byName(this.files),
      tools: byName(this.tools),
      fds: sortedBy(this.fds.values, (held) => held.pid),
      ...(sockets.length > 0 ? { sockets } : {}),
      ...(this.listening.values.length > 0 ? { listening: sortedBy(this.listening.values, ({ pid }) => pid) } : {}),
      threads: sortedBy(this.threads.values, (stray) => stray.tid),
      relations: sortedBy(this.relations.values(), (relation) => relation.inode),
      ...(listed.length > 0 ? { listed } : {}),
      net: sortedBy(this.net.values(), (space) => space.inode),
      sysctls: sortedBy(this.sysctls.values, (space) => space.inode),
      ...(interfaces.length > 0 ? { interfaces, routes: sortedBy(this.routes.values, (route) => route.inode) } : {}),
      oomLog: [...this.oom.values],
      gaps: [...this.gaps.values, ...gaps, ...this.ownGaps()],
    };
  }

  private *ownGaps(): Generator<Gap> {
    const { cutArguments, unasked, refused } = this.raw;
    if (cutArguments > 0) yield gap({ code: "commands" }, { code: "long-arguments" }, cutArguments);
    // As many as the reader waits for (most_stuck in awk/main.awk).
    if (unasked > 0) yield gap({ code: "commands" }, { code: "silent-others", count: 6 }, unasked, "again");
    if (refused.count > 0)
      yield {
        ...gap({ code: "cgroups" }, { code: "denied" }, refused.count),
        ...(refused.mend && { mend: refused.mend }),
      };
    for (const [why, count] of this.leftOut)
      yield { what: "records of the reading", why: `left out: ${why}, which is not kept of one node`, count };
  }
}

const gapOf = ({ what, why, mend, count }: Wire<"G">): Gap => ({ what, why, count, ...(mend === "" ? {} : { mend }) });

function wholeOf(text: string): number {
  if (!/^\d{1,16}$/.test(text)) throw new RangeError("not a whole number");
  return Number(text);
}

const sortedBy = <T>(items: Iterable<T>, key: (item: T) => number): T[] => [...items].sort((a, b) => key(a) - key(b));

const byName = (texts: Table<string, string>): Record<string, string> =>
  Object.fromEntries([...texts.entries()].sort(([a], [b]) => compare(a, b)));
