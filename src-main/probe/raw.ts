/**
 * What a reader passes on as it stands (awk/raw.awk): lines behind the place that they are from, `PID/FILE:TEXT`, then the
 * folders of groups and their files behind `==> FILE <==`. Here they become what the records `p`, `m`, `s`, `g`, `C` and
 * `f` say.
 */
import type { Wire } from "../../src-shared/fields.ts";
import type { RawProcess, Reading } from "../../src-shared/reading.ts";
import { noRoom, type Room, type Table } from "./bounds.ts";
import { argsOf, groupsOf, parsed, put } from "./codec.ts";
import type { Groups } from "./groups.ts";
import type { Processes } from "./processes.ts";
import { textOf, unescapeField } from "./wire.ts";

/** One process, or one of its threads where its first has ended: each file's text as it came. */
interface Draft {
  files: Map<string, string>;
  /** Lines of its status, by name. */
  status: Map<string, string>;
  size: number;
}

interface Kept {
  room: Room;
  processes: Processes;
  cgroups: Groups;
  groupTexts: Table<string, RawProcess["cgroup"]>;
  hierarchies: Table<string, string>;
  spaces: Table<string, RawProcess["ns"]>;
  net: Table<number, Reading["net"][number]>;
}

const LINE =
  /^(\d{1,10}(?:\/task\/\d{1,10})?)\/(stat|x|maps|cmdline|stuck|unasked|status|cgroup|oom_score_adj|attr\/current|smaps_rollup|net\/[a-z_0-9]+):/;
/** A stat, proc_pid_stat(5): the name may hold anything, so what follows begins at the last parenthesis. */
const STAT = /^\d+ \(([\s\S]*)\) ([A-Za-z](?: -?\d+){21,})$/;
/** PF_KTHREAD in the kernel's include/linux/sched.h. */
const KERNEL_THREAD = 0x200000;
const MOST_ARGUMENTS = 16_384;
const HEAD = /^==> ([\s\S]+)\/([^/]+) <==$/;
const MOST_DRAFTS = 400_000;
const PROCESSES_PER_STEP = 500;

export class Raw {
  private readonly kept: Kept;
  private mode: "none" | "processes" | "groups" = "none";
  private readonly drafts = new Map<string, Draft>();
  /** The reader's own, and what they started: none of the node's. */
  private readonly own = new Set<string>();
  /** Maps of user namespaces, by inode: the words for uid_map and gid_map. */
  private readonly maps = new Map<string, string>();
  /** Command lines that were longer than is kept, and those that were not asked for. */
  cutArguments = 0;
  unasked = 0;
  /** Groups whose members may not be read, and what the reader says would help. */
  refused = { count: 0, mend: "" };
  private size = 0;
  /** Of the line before: most are of one file with it. */
  private before: { prefix: string; draft: Draft; file: string } | undefined;
  /** Hierarchies and where they are mounted, the longest first: one may be mounted in a folder of another. */
  private tops: [hierarchy: string, folder: string][] = [];
  /** Numbers of groups by their folder. */
  private readonly groups = new Map<string, { number: string; members: boolean; threaded: boolean }>();
  private file: { folder: string; name: string; text: string; lines: number } | undefined;

  constructor(kept: Kept) {
    this.kept = kept;
  }

  get open(): boolean {
    return this.mode !== "none";
  }

  forget(): void {
    this.kept.room.used -= this.size;
    this.size = 0;
    this.mode = "none";
    this.drafts.clear();
    this.own.clear();
    this.maps.clear();
    this.before = undefined;
    this.file = undefined;
    this.groups.clear();
  }

  /** A frame begins: what was counted is told by each. */
  startFrame(): void {
    this.forget();
    this.cutArguments = this.unasked = 0;
    this.refused = { count: 0, mend: "" };
  }

  /** A record `raw WHAT …`. Throws RangeError, NoRoomError. */
  begin([, what, ...own]: readonly string[]): void {
    this.groupsEnd();
    if (what === "processes") {
      this.mode = "processes";
      for (const pid of own.slice(0, 1000)) this.own.add(pid);
    } else if (what === "groups") {
      this.mode = "groups";
      this.tops = [...this.kept.hierarchies.entries()].sort(([, a], [, b]) => b.length - a.length);
      this.refused.mend = unescapeField(own[0] ?? "");
    } else throw new RangeError("raw, but what?");
  }

  /** A line that is no record. Throws RangeError where nobody's reader writes that, NoRoomError. */
  line(line: string): void {
    if (this.mode === "groups") this.groupLine(line);
    else if (line !== "") this.processLine(line);
    // What follows is the beginning of something, also where it is said again.
    else this.before = undefined;
  }

  private processLine(line: string): void {
    const known = this.before;
    if (known && line.startsWith(known.prefix)) {
      this.add(known.draft, known.file, line.slice(known.prefix.length));
      return;
    }
    const found = LINE.exec(line);
    if (!found) throw new RangeError("raw, but of what?");
    const [prefix, place, file] = found as unknown as [string, string, string];
    if (file === "maps") {
      this.take(line.length);
      this.maps.set(place, line.slice(prefix.length));
      return;
    }
    const draft = this.drafts.get(place) ?? this.draft(place);
    // Asked once more, since another did not answer.
    draft.files.delete(file);
    this.before = { prefix, draft, file };
    this.add(draft, file, line.slice(prefix.length));
  }

  private draft(place: string): Draft {
    if (this.drafts.size >= MOST_DRAFTS) noRoom(`more than ${MOST_DRAFTS} processes and threads`);
    this.take(100);
    const draft: Draft = { files: new Map(), status: new Map(), size: 0 };
    this.drafts.set(place, draft);
    return draft;
  }

  private take(characters: number): void {
    this.kept.room.take(characters);
    this.size += characters;
  }

  private add(draft: Draft, file: string, text: string): void {
    if (file === "status") {
      const colon = text.indexOf(":");
      const value = text.slice(colon + 1);
      this.take(value.length);
      draft.status.set(text.slice(0, colon), value);
      return;
    }
    this.take(text.length);
    draft.size += text.length;
    const before = draft.files.get(file);
    draft.files.set(file, before === undefined ? text : `${before}\n${text}`);
  }

  /** Nobody's own words are in a group's files, and no newline in its name: so a head cannot be forged. */
  private groupLine(line: string): void {
    this.take(line.length);
    const head = line.startsWith("==> ") ? HEAD.exec(line) : null;
    if (!head) {
      if (this.file) this.file.text += this.file.lines++ === 0 ? line : `\n${line}`;
      else if (line !== "") this.folder(textOf(line));
      return;
    }
    this.fileEnds();
    const folder = textOf(head[1]!);
    if (!this.groups.has(folder)) throw new RangeError("a file without its group");
    this.file = { folder, name: textOf(head[2]!), text: "", lines: 0 };
  }

  private folder(folder: string): void {
    if (this.groups.has(folder)) return;
    const top = this.tops.find(([, at]) => folder === at || folder.startsWith(`${at}/`));
    if (!top) throw new RangeError("raw, but of which group?");
    const [hierarchy, at] = top;
    const group = String(this.groups.size + 1);
    this.kept.cgroups.give({ group, hierarchy, path: folder.slice(at.length) || "/" }, folder.length + 60);
    // The members of the root are everybody, and are not asked for.
    this.groups.set(folder, { number: group, members: folder === at, threaded: false });
  }

  private fileEnds(): void {
    const { file } = this;
    this.file = undefined;
    const group = this.groups.get(file?.folder ?? "");
    if (!file || !group) return;
    // An empty line stands before the next head.
    const text = file.text.replace(/\n$/, "");
    if (file.name === "cgroup.procs" || file.name === "cgroup.threads") group.members = true;
    if (file.name === "cgroup.type" && text === "threaded") group.threaded = true;
    this.kept.cgroups.file(group.number, file.name, textOf(text));
  }

  private groupsEnd(): void {
    this.fileEnds();
    for (const { number, members, threaded } of this.groups.values()) {
      if (!members) this.refused.count += 1;
      // Reading it is an error there (EOPNOTSUPP, cgroup-v2.rst), which head tells like a file with nothing in it.
      if (threaded) this.kept.cgroups.remove(number, "cgroup.procs");
    }
    this.groups.clear();
  }

  /** `raw end`: makes processes of what came, in steps. Calls `refused` for each that no kernel would describe so. */
  *compute(refused: (error: unknown) => void): Generator<undefined> {
    try {
      this.groupsEnd();
    } catch (error) {
      refused(error);
    }
    const threads = new Map<string, Draft>();
    for (const [place, draft] of this.drafts)
      if (place.includes("/")) threads.set(place.slice(0, place.indexOf("/")), draft);
    let made = 0;
    const isOwn = this.ownOnes();
    for (const [pid, draft] of this.drafts) {
      if (pid.includes("/") || isOwn(pid)) continue;
      try {
        this.process(pid, draft, threads.get(pid));
      } catch (error) {
        refused(error);
      }
      if (++made % PROCESSES_PER_STEP === 0) yield;
    }
    this.forget();
  }

  /** Whether it is the reader, or what that started, by its parents. */
  private ownOnes(): (pid: string) => boolean {
    const known = new Map([...this.own].map((pid) => [pid, true]));
    return (pid) => {
      const way: string[] = [];
      let at = pid;
      while (!known.has(at)) {
        known.set(at, false);
        way.push(at);
        const parent = / (\d+)/.exec(
          this.drafts
            .get(at)
            ?.files.get("stat")
            ?.replace(/^[\s\S]*\) \S/, "") ?? "",
        )?.[1];
        if (parent === undefined) break;
        at = parent;
      }
      const answer = known.get(at) ?? false;
      for (const one of way) known.set(one, answer);
      return answer;
    };
  }

  /** One that has ended meanwhile lacks its status or its groups, and is none. Throws RangeError, NoRoomError. */
  private process(place: string, own: Draft, thread: Draft | undefined): void {
    const told = thread ?? own;
    const paths = told.files.get("cgroup");
    const uid = told.status.get("Uid")?.split("\t")[2];
    if (paths === undefined || uid === undefined) return;
    const [comm, state, ppid, flags, threads, startTicks] = statOf(own);
    const pages = statOf(thread?.files.has("stat") ? thread : own)[6];
    const kernel = (Number(flags) & KERNEL_THREAD) !== 0;
    const pid = parsed.whole(place);
    const line = (name: string) => told.status.get(name)?.trim();
    const kB = (name: string) => (kernel ? 0 : parsed.kB(line(name)?.split(" ")[0] ?? "0"));
    const nsPids = own.status.get("NSpid")?.trim();
    const adjust = own.files.get("oom_score_adj");
    const spaces = own.files.get("x") ?? "-";
    const stuck = own.files.has("stuck");
    if (own.files.has("unasked") && !told.files.has("cmdline") && !kernel && !stuck) this.unasked++;
    const process: Wire<"p"> = {
      pid,
      startTicks: parsed.whole(startTicks),
      ppid: parsed.whole(ppid),
      uid: parsed.whole(uid),
      oomScoreAdj: adjust === undefined ? null : parsed.signed(adjust),
      groups: this.groupText(paths),
      ...(spaces === "-" ? {} : { spaces: textOf(spaces) }),
      ...(nsPids ? { nsPids: parsed.pids(nsPids.replaceAll("\t", ",")) } : {}),
      comm: textOf(comm),
      cmdline: stuck ? [] : this.argumentsOf(told),
      ...(stuck ? { stuck } : {}),
    };
    const moving: Wire<"m"> = {
      pid,
      state,
      rssPages: parsed.whole(pages),
      pageTableBytes: kB("VmPTE"),
      swapBytes: kB("VmSwap"),
      ...(Number(threads) > 1 ? { threads: parsed.whole(threads) } : {}),
    };
    this.kept.processes.give("p", process, own.size + 60);
    this.kept.processes.give("m", moving, 40);
    const rights = kernel || process.spaces === undefined ? undefined : this.rights(pid, spaces, told, line);
    if (rights) this.kept.processes.give("s", rights, 100);
    const shares = own.files.get("smaps_rollup");
    if (shares !== undefined) this.kept.processes.give("r", sharesOf(pid, shares), 40);
    this.addresses(pid, own, spaces);
  }

  /** What one member tells of its network namespace: `N`. */
  private addresses(pid: number, own: Draft, spaces: string): void {
    const texts = [...own.files].filter(([file]) => file.startsWith("net/"));
    const inode = this.kept.spaces.get(spaces)?.net;
    if (inode === undefined || !texts.some(([file]) => file === "net/fib_trie" || file === "net/dev")) return;
    const files: Record<string, string> = { fib_trie: "", if_inet6: "", dev: "" };
    let size = 0;
    for (const [file, text] of texts) {
      put(files, file.slice(4), textOf(`${text}\n`));
      size += text.length;
    }
    this.kept.net.set(inode, { inode, pid, files }, size);
  }

  private argumentsOf(told: Draft): string[] {
    const text = told.files.get("cmdline") ?? "";
    if (text.length > MOST_ARGUMENTS) this.cutArguments++;
    return argsOf(textOf(text.slice(0, MOST_ARGUMENTS).replaceAll("\x1e", "\0")));
  }

  private rights(
    pid: number,
    spaces: string,
    told: Draft,
    line: (name: string) => string | undefined,
  ): Wire<"s"> | undefined {
    const seccomp = line("Seccomp");
    if (seccomp === undefined) return undefined;
    const user = this.kept.spaces.get(spaces)?.user;
    const [uidMap = "-", gidMap = "-"] = (this.maps.get(String(user)) ?? "").split(" ").filter(Boolean);
    const label = told.files.get("attr/current");
    return {
      pid,
      seccomp: parsed.seccomp(seccomp),
      noNewPrivs: parsed.flag(line("NoNewPrivs") ?? ""),
      capEff: parsed.hex(line("CapEff") ?? ""),
      capBnd: parsed.hex(line("CapBnd") ?? ""),
      ...(label ? { label: textOf(label) } : {}),
      ...(uidMap === "-" ? {} : { uidMap: textOf(uidMap) }),
      ...(gidMap === "-" ? {} : { gidMap: textOf(gidMap) }),
    };
  }

  /** The word that stands for such a text. A reader's own are numbers. */
  private groupText(text: string): string {
    const word = `raw ${text}`;
    if (!this.kept.groupTexts.has(word)) this.kept.groupTexts.set(word, groupsOf(textOf(text)), text.length);
    return word;
  }
}

/** Lines of /proc/PID/smaps_rollup (Documentation/filesystems/proc.rst). Throws RangeError. */
function sharesOf(pid: number, text: string): Wire<"r"> {
  const sum = { Rss: 0, Pss: 0, Private: 0, Swap: 0 };
  for (const line of text.split("\n")) {
    const [, name, kB] = /^(Rss|Pss|Private|Swap)(?:_Clean|_Dirty)?: +(\d+) kB$/.exec(line) ?? [];
    if (name === undefined) throw new RangeError("no line of a smaps_rollup");
    sum[name as keyof typeof sum] += parsed.kB(kB!);
  }
  return { pid, rss: sum.Rss, pss: sum.Pss, private: sum.Private, swap: sum.Swap };
}

/** comm, state, parent, flags, threads, start and pages. Throws RangeError where no kernel writes that. */
function statOf({ files }: Draft): [string, string, string, string, string, string, string] {
  const stat = STAT.exec(files.get("stat") ?? "");
  if (!stat) throw new RangeError("a process without its stat");
  const part = stat[2]!.split(" ");
  const [state = "", ppid = ""] = part;
  return [stat[1]!, state, ppid, part[6]!, part[17]!, part[19]!, part[21]!];
}
