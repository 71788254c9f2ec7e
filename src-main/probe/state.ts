/** What a session knows of its node: records applied one by one, and a Reading made of them at the end of a frame. */
import type { Gap } from "../../src-shared/model.ts";
import type { RawCgroup, RawMount, RawProcess, Reading } from "../../src-shared/reading.ts";
import { compare, groupsOf, isType, nodeFacts, pairs, signed, sortedBy, spacesOf, whole } from "./fields.ts";
import { parseMount } from "./mount.ts";
import { unescapeField } from "./wire.ts";

interface Parts {
  main?: string[];
  memory?: string[];
  cwd?: string;
  roll?: number[];
  made?: RawProcess;
}

export class NodeState {
  deep = false;
  private facts = new Map<string, string>();
  private hierarchies = new Map<string, string>();
  private groupTexts = new Map<string, Record<string, string>>();
  private spaceSets = new Map<string, RawProcess["ns"]>();
  private processes = new Map<number, Parts>();
  private mounts = new Map<number, { mountNamespace: number; pid: number; mounts: RawMount[] }>();
  private cgroups = new Map<string, RawCgroup>();
  private files = new Map<string, string>();
  private tools = new Map<string, string>();
  private fds: Reading["fds"] = [];
  private sockets: NonNullable<Reading["sockets"]> = [];
  private threads: Reading["threads"] = [];
  private relations = new Map<string, Reading["relations"][number]>();
  private net = new Map<number, Reading["net"][number]>();
  private sysctls: Reading["sysctls"] = [];
  private oom: string[] = [];
  private gaps: Gap[] = [];

  /** Applies one record. Throws RangeError when it is not what a probe writes. */
  apply(record: string): void {
    const fields = record.split(" ");
    const kind = fields[0]!;
    if (kind.startsWith("-")) this.remove(kind.slice(1), fields);
    else this.set(kind, fields);
  }

  private set(kind: string, f: string[]): void {
    switch (kind) {
      case "n":
        this.facts.set(f[1]!, unescapeField(f[2] ?? ""));
        return;
      case "h":
        this.hierarchies.set(unescapeField(f[1]!), unescapeField(f[2]!));
        return;
      case "g":
        this.groupTexts.set(f[1]!, groupsOf(unescapeField(f[2]!)));
        return;
      case "x":
        this.spaceSets.set(f[1]!, spacesOf(f[2]!));
        return;
      case "p":
        if (f.length !== 11) throw new RangeError("p");
        this.part(f[1]!).main = f;
        return;
      case "m":
        if (f.length !== 7) throw new RangeError("m");
        this.part(f[1]!).memory = f;
        return;
      case "w":
        this.part(f[1]!).cwd = unescapeField(f[2]!);
        return;
      case "r":
        this.part(f[1]!).roll = f.slice(2, 6).map((kb) => whole(kb) * 1024);
        return;
      case "C":
        this.cgroups.set(f[1]!, { hierarchy: unescapeField(f[2]!), path: unescapeField(f[3]!), files: {} });
        return;
      case "f": {
        const group = this.cgroups.get(f[1]!);
        if (!group) throw new RangeError("f without C");
        this.cgroups.set(f[1]!, { ...group, files: { ...group.files, ...pairs(f, 2) } });
        return;
      }
      case "M": {
        const inode = whole(f[1]);
        const mounts = f.slice(3).flatMap((line) => parseMount(unescapeField(line)) ?? []);
        this.mounts.set(inode, { mountNamespace: inode, pid: whole(f[2]), mounts });
        return;
      }
      case "F":
        this.files.set(unescapeField(f[1]!), unescapeField(f[2]!));
        return;
      case "T":
        this.tools.set(unescapeField(f[1]!), unescapeField(f[2]!));
        return;
      case "R": {
        if (!isType(f[1])) return;
        const relation: Reading["relations"][number] = { type: f[1], inode: whole(f[2]) };
        if (f[3] !== "-") relation.owner = whole(f[3]);
        if (f[4] !== "-") relation.parent = whole(f[4]);
        this.relations.set(`${f[1]} ${f[2]}`, relation);
        return;
      }
      case "N":
        this.net.set(whole(f[1]), { inode: whole(f[1]), pid: whole(f[2]), files: pairs(f, 3) });
        return;
      default:
        this.setSlow(kind, f);
    }
  }

  /** Lists that a deep frame replaces whole, and the gaps, which every frame tells anew. */
  private setSlow(kind: string, f: string[]): void {
    switch (kind) {
      case "d":
        if (isType(f[3])) this.fds.push({ pid: whole(f[1]), fd: whole(f[2]), type: f[3], inode: whole(f[4]) });
        return;
      case "k":
        this.sockets.push({ pid: whole(f[1]), fd: whole(f[2]), inode: whole(f[3]) });
        return;
      case "t":
        if (isType(f[3])) this.threads.push({ pid: whole(f[1]), tid: whole(f[2]), type: f[3], inode: whole(f[4]) });
        return;
      case "S":
        if (f[1] === "net" || f[1] === "ipc" || f[1] === "uts") {
          this.sysctls.push({ type: f[1], inode: whole(f[2]), pid: whole(f[3]), values: pairs(f, 4) });
        }
        return;
      case "o":
        this.oom.push(unescapeField(f[1]!));
        return;
      case "G": {
        const gap: Gap = { what: unescapeField(f[1]!), why: unescapeField(f[2]!), count: whole(f[4]) };
        const mend = unescapeField(f[3]!);
        this.gaps.push(mend === "" ? gap : { ...gap, mend });
        return;
      }
      default:
        throw new RangeError("unknown record");
    }
  }

  private remove(kind: string, f: string[]): void {
    const key = f[1]!;
    switch (kind) {
      case "p":
        this.processes.delete(whole(key));
        return;
      case "m":
      case "w":
      case "r": {
        if (!this.processes.has(whole(key))) return;
        const parts = this.part(key);
        if (kind === "m") delete parts.memory;
        else if (kind === "w") delete parts.cwd;
        else delete parts.roll;
        return;
      }
      case "n":
        this.facts.delete(key);
        return;
      case "h":
        this.hierarchies.delete(unescapeField(key));
        return;
      case "C":
        this.cgroups.delete(key);
        return;
      case "f": {
        const group = this.cgroups.get(key);
        if (!group) throw new RangeError("-f without C");
        const { [unescapeField(f[2]!)]: _, ...files } = group.files;
        this.cgroups.set(key, { ...group, files });
        return;
      }
      case "M":
        this.mounts.delete(whole(key));
        return;
      case "F":
        this.files.delete(unescapeField(key));
        return;
      case "T":
        this.tools.delete(unescapeField(key));
        return;
      case "R":
        this.relations.delete(`${f[1]} ${f[2]}`);
        return;
      case "N":
        this.net.delete(whole(key));
        return;
      default:
        throw new RangeError("unknown record");
    }
  }

  /** How many processes are known. */
  get size(): number {
    return this.processes.size;
  }

  /** A frame begins: gaps are told anew by each, the slow lists by each deep one, everything by a whole one. */
  begin(all: boolean, deep: boolean): void {
    this.gaps = [];
    if (all) {
      this.deep = false;
      for (const map of [
        this.facts,
        this.hierarchies,
        this.groupTexts,
        this.spaceSets,
        this.processes,
        this.mounts,
        this.cgroups,
        this.files,
        this.tools,
        this.relations,
        this.net,
      ]) {
        map.clear();
      }
    }
    if (!all && !deep) return;
    this.deep = deep;
    this.fds = [];
    this.sockets = [];
    this.threads = [];
    this.sysctls = [];
    this.oom = [];
  }

  setUptime(seconds: string): void {
    this.facts.set("uptime", seconds);
  }

  addGap(gap: Gap): void {
    this.gaps.push(gap);
  }

  private part(pid: string): Parts {
    const number = whole(pid);
    let parts = this.processes.get(number);
    if (!parts) {
      parts = {};
      this.processes.set(number, parts);
    }
    parts.made = undefined;
    return parts;
  }

  /** Makes what reading() gives, in steps: 20,000 processes at once would hold up a window that shares the thread. */
  *settle(): Generator<undefined> {
    let made = 0;
    for (const [pid, parts] of this.processes) {
      if (parts.made) continue;
      parts.made = this.process(pid, parts);
      if (++made % 500 === 0) yield;
    }
  }

  /** Everything known now, as assemble() takes it. Unchanged processes and cgroups stay the same objects. */
  reading(takenAt: string): Reading {
    const processes: RawProcess[] = [];
    for (const [pid, parts] of this.processes) {
      const made = parts.made ?? this.process(pid, parts);
      if (made) {
        parts.made = made;
        processes.push(made);
      }
    }
    return {
      takenAt,
      deep: this.deep,
      node: nodeFacts(this.facts, this.hierarchies),
      processes: processes.sort((a, b) => a.pid - b.pid),
      mounts: sortedBy(this.mounts.values(), (table) => table.mountNamespace),
      cgroups: [...this.cgroups.values()].sort((a, b) => compare(a.hierarchy, b.hierarchy) || compare(a.path, b.path)),
      files: Object.fromEntries([...this.files].sort(([a], [b]) => compare(a, b))),
      tools: Object.fromEntries([...this.tools].sort(([a], [b]) => compare(a, b))),
      fds: sortedBy(this.fds, (held) => held.pid),
      ...(this.sockets.length > 0 ? { sockets: sortedBy(this.sockets, (held) => held.pid) } : {}),
      threads: sortedBy(this.threads, (stray) => stray.tid),
      relations: sortedBy(this.relations.values(), (relation) => relation.inode),
      net: sortedBy(this.net.values(), (space) => space.inode),
      sysctls: sortedBy(this.sysctls, (space) => space.inode),
      oomLog: [...this.oom],
      gaps: [...this.gaps],
    };
  }

  private process(pid: number, parts: Parts): RawProcess | undefined {
    const { main, memory, roll } = parts;
    if (!main || !memory) return undefined;
    const ns = main[7] === "-" ? {} : this.spaceSets.get(main[7]!);
    const cgroup = this.groupTexts.get(main[6]!);
    // Its shared texts were lost on the way: half a process would be a wrong one.
    if (!ns || !cgroup) return undefined;
    const cmdline = unescapeField(main[10]!);
    const made: RawProcess = {
      pid,
      ppid: whole(main[3]),
      startTicks: whole(main[2]),
      state: memory[2]!.slice(0, 1),
      uid: whole(main[4]),
      comm: unescapeField(main[9]!),
      cmdline: cmdline === "" ? [] : cmdline.replace(/\0$/, "").split("\0"),
      rssBytes: whole(memory[3]) * Number(this.facts.get("page") ?? 4096),
      oomScoreAdj: main[5] === "-" ? null : signed(main[5]),
      ns,
      cgroup,
      pageTableBytes: whole(memory[4]) * 1024,
      swapBytes: whole(memory[5]) * 1024,
    };
    if (main[8] !== "-") made.nsPids = main[8]!.split(",").map(whole);
    if (memory[6] !== "-") made.oomScore = whole(memory[6]);
    if (parts.cwd !== undefined) made.cwd = parts.cwd;
    if (roll) made.smaps = { rss: roll[0]!, pss: roll[1]!, private: roll[2]!, swap: roll[3]! };
    return made;
  }
}
