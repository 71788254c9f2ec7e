/** Lines that a reader passes on as they stand: what becomes of them, and that nobody's own words become somebody else's. */
import { describe, expect, it } from "vitest";
import { BOUNDS, type Bounds } from "./bounds.ts";
import { FrameReader } from "./frames.ts";
import { recordLine } from "./wire.ts";

const NONCE = "nonce12345";

/** One frame: what begins with a dot is passed on, the rest are records. */
function readingOf(lines: readonly string[], bounds: Bounds = BOUNDS, size = 61) {
  const records = ["begin 1 whole quick 1700000000 100", "n page 4096", ...lines];
  const count = records.filter((line) => !line.startsWith(".")).length;
  const text = [...records, `end 1 ${count}`]
    .map((line) => (line.startsWith(".") ? `${line.slice(1)}\n` : recordLine(NONCE, line)))
    .join("");
  const bytes = Buffer.from(text, "utf8");
  const reader = new FrameReader(NONCE, bounds);
  for (let at = 0; at < bytes.length; at += size)
    for (const frame of reader.feed(bytes.subarray(at, at + size))) if (frame) return reader.reading(frame);
  throw new Error("no frame came");
}

/** As proc_pid_stat(5) has it; what stands behind the pages is nobody's business. */
const aStat = (place: string, comm: string, { ppid = 1, state = "S", pages = 25, flags = 0 } = {}): string =>
  `.${place}/stat:${`${/\d+$/.exec(place)![0]} (${comm}) ${state} ${ppid} 5 5 0 -1 ${flags} 1 0 0 0 1 2 0 0 20 0 2 0 900 4096 ${pages} 184467440737095516 1 1`.replaceAll("\n", `\n${place}/stat:`)}`;
const aProcess = (pid: number, comm = "app", more: readonly string[] = []): string[] => [
  aStat(String(pid), comm),
  `.${pid}/x:1`,
  ...more,
  `.${pid}/status:Uid:\t1\t7\t1\t1`,
  `.${pid}/status:NSpid:\t${pid}\t1`,
  `.${pid}/status:VmPTE:\t      44 kB`,
  `.${pid}/status:VmSwap:\t       4 kB`,
  `.${pid}/status:CapEff:\t00000000a80425fb`,
  `.${pid}/status:CapBnd:\t00000000a80425fb`,
  `.${pid}/status:NoNewPrivs:\t1`,
  `.${pid}/status:Seccomp:\t2`,
  `.${pid}/cgroup:1:name=systemd:/a:b`,
  `.${pid}/cgroup:0::/a:b`,
  `.${pid}/oom_score_adj:-998`,
];
const LINKS = "x 1 1,2,3,4,5,5,6,6,7,8";
const lost = (reading: ReturnType<typeof readingOf>) => reading.gaps.filter(({ why }) => /damaged/.test(why));

describe("what is passed on", () => {
  it("says of a process what its records would", () => {
    const more = [".7/maps:1 -", ".5/cmdline:sh\x1e-c\x1eécho\n5/cmdline:two\x1e"];
    const reading = readingOf([
      "raw processes",
      LINKS,
      "u 1 0\\s0\\s1",
      ...aProcess(5, "app", more),
      ".5/attr/current:x (enforce)",
      "raw end",
    ]);
    expect(lost(reading)).toEqual([]);
    expect(reading.processes).toEqual([
      {
        pid: 5,
        ppid: 1,
        startTicks: 900,
        state: "S",
        uid: 7,
        comm: "app",
        cmdline: ["sh", "-c", "écho\ntwo"],
        rssBytes: 25 * 4096,
        oomScoreAdj: -998,
        ns: {
          cgroup: 1,
          ipc: 2,
          mnt: 3,
          net: 4,
          pid: 5,
          pid_for_children: 5,
          time: 6,
          time_for_children: 6,
          user: 7,
          uts: 8,
        },
        cgroup: { "name=systemd": "/a:b", "": "/a:b" },
        nsPids: [5, 1],
        pageTableBytes: 44 * 1024,
        swapBytes: 4096,
        threads: 2,
        security: {
          seccomp: 2,
          noNewPrivs: true,
          capEff: "00000000a80425fb",
          capBnd: "00000000a80425fb",
          label: "x (enforce)",
          uidMap: "0 0 1",
        },
      },
    ]);
  });

  it("leaves a comm or an argument with a newline where it was said", () => {
    const hostile = "x\n6/stat:6 (forged) Z 0";
    const more = [".5/cmdline:a\n5/cmdline:6/status:Uid:\t0\t0\t0\t0\x1e"];
    const reading = readingOf([
      "raw processes",
      LINKS,
      ...aProcess(5, hostile, more),
      ...aProcess(6, "other) R 7 (o"),
      "raw end",
    ]);
    expect(reading.processes.map(({ pid, comm, uid, state }) => ({ pid, comm, uid, state }))).toEqual([
      { pid: 5, comm: hostile, uid: 7, state: "S" },
      { pid: 6, comm: "other) R 7 (o", uid: 7, state: "S" },
    ]);
    expect(reading.processes[0]?.cmdline).toEqual(["a\n6/status:Uid:\t0\t0\t0\t0"]);
  });

  it("takes of a process whose first thread has ended what one of the others says", () => {
    const own = aProcess(5).filter((line) => !/cgroup|Uid/.test(line));
    const thread = [
      aStat("5/task/8", "late) Z 1", { pages: 9 }),
      ".5/task/8/cmdline:late\x1eon",
      ".5/task/8/status:Uid:\t3\t3\t3\t3",
      ".5/task/8/cgroup:0::/late",
    ];
    const [process] = readingOf(["raw processes", LINKS, ...own, ...thread, "raw end"]).processes;
    expect(process).toMatchObject({
      pid: 5,
      uid: 3,
      cgroup: { "": "/late" },
      nsPids: [5, 1],
      comm: "app",
      cmdline: ["late", "on"],
      rssBytes: 9 * 4096,
    });
  });

  it("makes no process of one that ended before its status or its groups were read, and none without an end", () => {
    const early = aProcess(5).filter((line) => !line.includes("/cgroup:"));
    expect(
      readingOf(["raw processes", LINKS, ...early, ...aProcess(6), "raw end"]).processes.map(({ pid }) => pid),
    ).toEqual([6]);
    expect(readingOf(["raw processes", LINKS, ...aProcess(6)]).processes).toEqual([]);
  });

  it("knows the reader's own and what they started by their parents, and tells of none of them", () => {
    const child = (pid: number, ppid: number) => [aStat(String(pid), "sh", { ppid }), ...aProcess(pid).slice(1)];
    const lines = [
      ...child(30, 20),
      ...child(20, 10),
      ...child(10, 1),
      ...child(40, 1),
      ...child(50, 51),
      ...child(51, 50),
    ];
    const reading = readingOf(["raw processes 20", LINKS, ...lines, "raw end"]);
    expect(reading.processes.map(({ pid }) => pid)).toEqual([10, 40, 50, 51]);
    expect(lost(reading)).toEqual([]);
  });

  it("says nothing of what a kernel thread may do, and counts no memory as its own", () => {
    const own = [aStat("5", "kthreadd", { flags: 0x200000 }), ...aProcess(5).slice(1)];
    const [process] = readingOf(["raw processes", LINKS, ...own, ".7/maps:- -", "raw end"]).processes;
    expect(process).toMatchObject({ pid: 5, pageTableBytes: 0, swapBytes: 0 });
    expect(process).not.toHaveProperty("security");
  });

  it("takes the second answer where a command line was asked for again, and counts who was not asked at last", () => {
    const again = aProcess(5, "app", [".5/cmdline:sh\x1e-c\x1eone", ".5/cmdline:two\x1e", ".6/cmdline:cut o", "."]);
    const more = [".5/cmdline:sh\x1e-c\x1eone", ".5/cmdline:two\x1e", ".6/stuck:1", ".5/unasked:1", ".7/unasked:1"];
    const reading = readingOf(["raw processes", LINKS, ...again, ...more, ...aProcess(6), ...aProcess(7), "raw end"]);
    expect(reading.processes.map(({ pid, cmdline, stuck }) => ({ pid, cmdline, stuck }))).toEqual([
      { pid: 5, cmdline: ["sh", "-c", "one\ntwo"], stuck: undefined },
      { pid: 6, cmdline: [], stuck: true },
      { pid: 7, cmdline: [], stuck: undefined },
    ]);
    expect(reading.gaps).toEqual([
      {
        what: "command lines of processes",
        why: "not asked, since 6 others do not answer",
        count: 1,
        mend: "read again",
      },
    ]);
  });

  it("keeps 16 KiB of a command line, in whatever lines it came, and says what it left out", () => {
    const long = aProcess(5, "app", [`.5/cmdline:${"a".repeat(16_000)}`, `.5/cmdline:${"b".repeat(16_000)}`]);
    const reading = readingOf(["raw processes", LINKS, ...long, "raw end"]);
    expect(reading.processes[0]!.cmdline.join("").length).toBe(16_384);
    expect(reading.gaps).toContainEqual({
      what: "command lines of processes",
      why: "longer than 16 KiB: the rest was left out",
      count: 1,
    });
  });

  it("says that something was lost where a line is nobody's, or no kernel writes that", () => {
    for (const line of [".noise", ".7/environ:SECRET=1", ".7/stat:7 (x) S 1 2", ".7/status:Uid:\tx\tx\tx\tx"]) {
      const reading = readingOf(["raw processes", LINKS, ...aProcess(6), ...aProcess(7).slice(1), line, "raw end"]);
      expect(lost(reading), line).toHaveLength(1);
      expect(reading.processes.map(({ pid }) => pid)).toEqual([6]);
    }
  });

  it("gives a file to the group in whose folder it is, however that is called", () => {
    const v2 = ["", "/pids", "/shut", "/threads"].map((path) => `/sys/fs/cgroup${path}`);
    // One is mounted in a folder of another.
    const folders = [...v2, "/sys/fs/cgroup/pids", "/sys/fs/cgroup/pids/pids.max: <=="];
    const reading = readingOf([
      "h pids /sys/fs/cgroup/pids",
      "h v2 /sys/fs/cgroup",
      "raw groups be\\sroot",
      ...folders.map((folder) => `.${folder}`),
      ".==> /sys/fs/cgroup/pids/pids.current <==",
      ".4",
      ".",
      ".==> /sys/fs/cgroup/pids/pids.max: <==/pids.max <==",
      ".max",
      ".",
      ".==> /sys/fs/cgroup/pids/pids.max: <==/pids.events <==",
      ".max 0",
      ".local 1",
      ".==> /sys/fs/cgroup/pids/pids.max: <==/cgroup.procs <==",
      ".",
      ".==> /sys/fs/cgroup/threads/cgroup.type <==",
      ".threaded",
      ".",
      ".==> /sys/fs/cgroup/threads/cgroup.procs <==",
      ".==> /sys/fs/cgroup/threads/cgroup.threads <==",
      ".7",
      "raw end",
    ]);
    expect(lost(reading)).toEqual([]);
    expect(reading.cgroups.map(({ hierarchy, path, files }) => [hierarchy, path, files])).toEqual([
      ["pids", "/", { "pids.current": "4" }],
      ["pids", "/pids.max: <==", { "pids.max": "max", "pids.events": "max 0\nlocal 1", "cgroup.procs": "" }],
      ["v2", "/", {}],
      ["v2", "/shut", {}],
      ["v2", "/threads", { "cgroup.type": "threaded", "cgroup.threads": "7" }],
    ]);
    // Whose members nobody may read, but the root's, which nobody asked for.
    expect(reading.gaps).toEqual([{ what: "cgroups", why: "permission denied", count: 1, mend: "be root" }]);
    expect(lost(readingOf(["raw groups", ".==> /etc/shadow <==", ".x", "raw end"]))).toHaveLength(1);
  });

  it("names the addresses of a network namespace by a member's", () => {
    const net = [".5/net/fib_trie:Main:", ".5/net/fib_trie:  +-- 0", ".5/net/dev:lo"];
    const reading = readingOf(["raw processes", LINKS, ...aProcess(5), ...net, "raw end"]);
    expect(reading.net).toEqual([
      { inode: 4, pid: 5, files: { fib_trie: "Main:\n  +-- 0\n", if_inet6: "", dev: "lo\n" } },
    ]);
  });

  it("keeps no more of it than is kept of one node, and says what it left out", () => {
    const small: Bounds = { ...BOUNDS, kept: 1024 * 1024, fewer: 400 };
    const long = Array.from({ length: 100 }, (_, at) => `.${at + 1}/cmdline:${"a".repeat(20_000)}`);
    const many = Array.from({ length: 20_000 }, (_, at) => aStat(String(at + 1), "x"));
    for (const lines of [long, many]) {
      const reading = readingOf(["raw processes", LINKS, ...lines, "raw end"], small, 65_536);
      expect(reading.gaps.filter(({ why }) => why.startsWith("left out: "))).toHaveLength(1);
    }
  });
});
