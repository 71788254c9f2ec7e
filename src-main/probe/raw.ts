/**
 * What a reader passes on as it stands (awk/raw.awk): lines behind the place that they are from, `PID/FILE:TEXT`, and files
 * of groups behind `==> FILE <==`. Here they become what the records `p`, `m`, `s`, `g` and `f` say.
 */
import type { Wire } from "../../src-shared/fields.ts";
import type { RawProcess, Reading } from "../../src-shared/reading.ts";
import { noRoom, type Room, type Table } from "./bounds.ts";
import { argsOf, groupsOf, parsed, put } from "./codec.ts";
import type { Groups } from "./groups.ts";
import type { Processes } from "./processes.ts";
import { textOf } from "./wire.ts";

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
  /^(\d{1,10}(?:\/task\/\d{1,10})?)\/(stat|x|maps|cmdline|stuck|status|cgroup|oom_score_adj|attr\/current|net\/[a-z_0-9]+):/;
/** What raw.awk says of a stat: state, parent, whether the kernel's own, threads, start, pages, name. */
const STAT = /^([A-Za-z]) (\d+) ([01]) (\d+) (\d+) (\d+) ([\s\S]*)$/;
const HEAD = /^==> ([\s\S]+)\/([^/]+) <==$/;
const MOST_DRAFTS = 400_000;
const PROCESSES_PER_STEP = 500;

export class Raw {
  private readonly kept: Kept;
  private mode: "none" | "processes" | "groups" = "none";
  private readonly drafts = new Map<string, Draft>();
  private size = 0;
  /** Of the line before: most are of one file with it. */
  private before: { prefix: string; draft: Draft; file: string } | undefined;
  /** Numbers of groups by their folder. */
  private groups = new Map<string, string>();
  private file: { group: string; name: string; text: string; lines: number } | undefined;

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
    this.before = undefined;
    this.file = undefined;
    this.groups.clear();
  }

  /** A record `raw WHAT …`. Throws RangeError, NoRoomError. */
  begin([, what]: readonly string[]): void {
    this.fileEnds();
    if (what === "processes") this.mode = "processes";
    else if (what === "groups") {
      this.mode = "groups";
      const { cgroups, hierarchies } = this.kept;
      this.groups = cgroups.byFolder((hierarchy) => hierarchies.get(hierarchy));
    } else throw new RangeError("raw, but what?");
  }

  /** A line that is no record. Throws RangeError where nobody's reader writes that, NoRoomError. */
  line(line: string): void {
    if (this.mode === "groups") this.groupLine(line);
    else if (line !== "") this.processLine(line);
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
    const draft = this.drafts.get(place) ?? this.draft(place);
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
      else if (line !== "") throw new RangeError("raw, but of which group?");
      return;
    }
    this.fileEnds();
    const group = this.groups.get(textOf(head[1]!));
    if (group === undefined) throw new RangeError("a file without its group");
    this.file = { group, name: textOf(head[2]!), text: "", lines: 0 };
  }

  private fileEnds(): void {
    const { file } = this;
    this.file = undefined;
    // An empty line stands before the next head.
    if (file) this.kept.cgroups.file(file.group, file.name, textOf(file.text.replace(/\n$/, "")));
  }

  /** `raw end`: makes processes of what came, in steps. Calls `refused` for each that no kernel would describe so. */
  *compute(refused: (error: unknown) => void): Generator<undefined> {
    try {
      this.fileEnds();
    } catch (error) {
      refused(error);
    }
    const threads = new Map<string, Draft>();
    for (const [place, draft] of this.drafts)
      if (place.includes("/")) threads.set(place.slice(0, place.indexOf("/")), draft);
    let made = 0;
    for (const [pid, draft] of this.drafts) {
      if (pid.includes("/")) continue;
      try {
        this.process(pid, draft, threads.get(pid));
      } catch (error) {
        refused(error);
      }
      if (++made % PROCESSES_PER_STEP === 0) yield;
    }
    this.forget();
  }

  /** One that has ended meanwhile lacks its status or its groups, and is none. Throws RangeError, NoRoomError. */
  private process(place: string, own: Draft, thread: Draft | undefined): void {
    const told = thread ?? own;
    const paths = told.files.get("cgroup");
    const uid = told.status.get("Uid")?.split("\t")[2];
    if (paths === undefined || uid === undefined) return;
    const stat = STAT.exec(own.files.get("stat") ?? "");
    if (!stat) throw new RangeError("a process without its stat");
    const [, state, ppid, kernel, threads, startTicks, pages, comm] = stat as unknown as string[];
    const pid = parsed.whole(place);
    const line = (name: string) => told.status.get(name)?.trim();
    const kB = (name: string) => (kernel === "1" ? 0 : parsed.kB(line(name)?.split(" ")[0] ?? "0"));
    const nsPids = own.status.get("NSpid")?.trim();
    const adjust = own.files.get("oom_score_adj");
    const spaces = own.files.get("x") ?? "-";
    const stuck = own.files.has("stuck");
    const process: Wire<"p"> = {
      pid,
      startTicks: parsed.whole(startTicks!),
      ppid: parsed.whole(ppid!),
      uid: parsed.whole(uid),
      oomScoreAdj: adjust === undefined ? null : parsed.signed(adjust),
      groups: this.groupText(paths),
      ...(spaces === "-" ? {} : { spaces: textOf(spaces) }),
      ...(nsPids ? { nsPids: parsed.pids(nsPids.replaceAll("\t", ",")) } : {}),
      comm: textOf(comm!),
      cmdline: stuck ? [] : argsOf(textOf((own.files.get("cmdline") ?? "").replaceAll("\x1e", "\0"))),
      ...(stuck ? { stuck } : {}),
    };
    const moving: Wire<"m"> = {
      pid,
      state: state!,
      rssPages: parsed.whole(pages!),
      pageTableBytes: kB("VmPTE"),
      swapBytes: kB("VmSwap"),
      ...(Number(threads) > 1 ? { threads: parsed.whole(threads!) } : {}),
    };
    this.kept.processes.give("p", process, own.size + 60);
    this.kept.processes.give("m", moving, 40);
    const rights = this.rights(pid, own.files.get("maps"), told, line);
    if (rights) this.kept.processes.give("s", rights, 100);
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

  /** Of those whose maps the reader named. */
  private rights(
    pid: number,
    maps: string | undefined,
    told: Draft,
    line: (name: string) => string | undefined,
  ): Wire<"s"> | undefined {
    const seccomp = line("Seccomp");
    if (maps === undefined || seccomp === undefined) return undefined;
    const [uidMap = "-", gidMap = "-"] = maps.split(" ");
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
