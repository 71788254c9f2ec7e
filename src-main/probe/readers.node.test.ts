/** Two readers, one truth: perl, awk, and awk where nothing but busybox is there say the same of one node. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Reading } from "../../src-shared/reading.ts";
import { localConnection } from "../transport/local.ts";
import { readNode } from "./read.ts";
import { type BareNode, BUSYBOX, bareNode, GAWK, gawkNode, spawned } from "./testing/bare.ts";
import { disagree, type StillFacts } from "./testing/compare.ts";

const asRoot = process.platform === "linux" && process.getuid?.() === 0;
describe.runIf(asRoot)("readers", { timeout: 60_000 }, () => {
  let bare: BareNode;
  beforeAll(() => {
    bare = bareNode();
  });
  afterAll(() => bare.remove());

  const perl = (deep: boolean) => readNode(localConnection(), { reader: "perl", deep });
  // Where others make and end pods meanwhile, an inode may come back as another namespace: what stays is a difference.
  const disagreements = async (read: () => Promise<Reading>, drop: (keyof StillFacts)[], deep = false) => {
    let still = disagree(await perl(deep), await read(), await perl(deep), drop);
    for (let turn = 0; turn < 3 && still.length > 0; turn++) {
      const again = new Set(disagree(await perl(deep), await read(), await perl(deep), drop));
      still = still.filter((line) => again.has(line));
    }
    return still;
  };

  it("awk says what perl says", async () => {
    expect(await disagreements(() => readNode(localConnection(), { reader: "awk" }), [])).toEqual([]);
  });

  // The node's own mount namespace is another one then, and so are its tables.
  it.runIf(existsSync(GAWK))("gawk says what perl says", async () => {
    expect(await disagreements(() => readNode(gawkNode(), { reader: "awk" }), ["mounts"])).toEqual([]);
  });

  it("awk says what perl says in the slow places too", async () => {
    const held = spawn("sh", ["-c", "exec 7</proc/self/ns/uts; exec sleep 120"], { stdio: "ignore" });
    const name = "podglass-readers-test";
    execFileSync("ip", ["netns", "add", name]);
    try {
      await expect.poll(() => existsSync(`/proc/${held.pid}/fd/7`)).toBe(true);
      const awk = () => readNode(localConnection(), { reader: "awk", deep: true });
      expect((await awk()).fds).toContainEqual(expect.objectContaining({ pid: held.pid, fd: 7, type: "uts" }));
      expect(await disagreements(awk, [], true)).toEqual([]);
    } finally {
      held.kill("SIGKILL");
      execFileSync("ip", ["netns", "del", name]);
    }
  });

  it.runIf(existsSync(BUSYBOX))("busybox alone says what perl says", async () => {
    expect(await disagreements(() => readNode(bare.connection()), ["mounts", "relations"])).toEqual([]);
  });

  it("without perl a namespace that only an open file holds is there, and sockets are a gap", async () => {
    const passing = spawn("unshare", ["--uts", "sleep", "120"], { stdio: "ignore" });
    const uts = (pid: number | string | undefined) => Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/uts`))?.[0]);
    await expect.poll(() => uts(passing.pid)).not.toBe(uts("self"));
    const inode = uts(passing.pid);
    const holder = spawn("sh", ["-c", `exec 7</proc/${passing.pid}/ns/uts; exec sleep 120`], { stdio: "ignore" });
    try {
      await expect.poll(() => existsSync(`/proc/${holder.pid}/fd/7`)).toBe(true);
      passing.kill("SIGKILL");
      const nodes = [readNode(localConnection(), { reader: "awk", deep: true })];
      if (existsSync(BUSYBOX)) nodes.push(readNode(bare.connection(), { deep: true }));
      for (const reading of await Promise.all(nodes)) {
        expect(reading.fds).toContainEqual({ pid: holder.pid, fd: 7, type: "uts", inode });
        expect(reading.gaps).toContainEqual(expect.objectContaining({ what: "sockets of processes" }));
      }
    } finally {
      passing.kill("SIGKILL");
      holder.kill("SIGKILL");
    }
  });

  it("a name, arguments and a group made to look like somebody else's are told by each as they are", async () => {
    const evil = "a\n1/stat:Z 0 0 9 9 9 x\n1/status:Uid:\t7\t7\t7\t7";
    const one = spawn("perl", ["-e", "$0 = $ARGV[0]; sleep 120", evil], { stdio: "ignore" });
    const tops = ["/sys/fs/cgroup", "/sys/fs/cgroup/pids"].filter((top) => existsSync(`${top}/cgroup.procs`));
    const name = "podglass readers.max: <==";
    for (const top of tops) mkdirSync(`${top}/${name}`);
    try {
      const comm = () => readFileSync(`/proc/${one.pid}/comm`, "utf8");
      await expect.poll(comm).toBe(`${evil.slice(0, 15)}\n`);
      const nodes = [perl(false), readNode(localConnection(), { reader: "awk" })];
      if (existsSync(BUSYBOX)) nodes.push(readNode(bare.connection()));
      for (const reading of await Promise.all(nodes)) {
        const told = reading.processes.find(({ pid }) => pid === one.pid);
        expect(told).toMatchObject({ comm: evil.slice(0, 15), uid: 0, state: "S" });
        expect(told?.cmdline.join(" ")).toContain(evil.slice(0, 30));
        expect(reading.processes.find(({ pid }) => pid === 1)).toMatchObject({ uid: 0, ppid: 0, pid: 1 });
        const groups = reading.cgroups.filter(({ path }) => path === `/${name}`);
        expect(groups).toHaveLength(tops.length);
        for (const { files } of groups) expect(files["cgroup.procs"]).toBe("");
        expect(reading.gaps.filter(({ why }) => /damaged/.test(why))).toEqual([]);
      }
    } finally {
      one.kill("SIGKILL");
      for (const top of tops) rmdirSync(`${top}/${name}`);
    }
  });

  it("both say what a process in namespaces of its own may do, as its status has it", async () => {
    const confined = "unshare --uts setpriv --no-new-privs --bounding-set -all,+chown sleep 120";
    const mapped = `until grep -q . /proc/self/gid_map; do sleep 0.05; done; exec ${confined}`;
    const one = spawn("unshare", ["--user", "sh", "-c", mapped], { stdio: "ignore" });
    try {
      await expect.poll(() => readFileSync(`/proc/${one.pid}/comm`, "utf8")).toBe("sh\n");
      writeFileSync(`/proc/${one.pid}/uid_map`, "0 0 1\n1 100000 65535");
      writeFileSync(`/proc/${one.pid}/gid_map`, "0 0 65536");
      await expect.poll(() => readFileSync(`/proc/${one.pid}/comm`, "utf8")).toBe("sleep\n");
      const status = readFileSync(`/proc/${one.pid}/status`, "utf8");
      // A file that a kernel without a module for it refuses to read: then nothing is said.
      const label = (pid: number | undefined) => {
        try {
          return { label: readFileSync(`/proc/${pid}/attr/current`, "utf8").replace(/[\n\0]+$/, "") };
        } catch {
          return {};
        }
      };
      const said = (name: string) => new RegExp(`^${name}:\\t(.*)$`, "m").exec(status)?.[1];
      for (const reader of ["perl", "awk"] as const) {
        const reading = await readNode(localConnection(), { reader });
        expect(reading.processes.find(({ pid }) => pid === one.pid)?.security).toEqual({
          seccomp: Number(said("Seccomp")),
          noNewPrivs: true,
          capEff: said("CapEff"),
          capBnd: "0000000000000001",
          uidMap: "0 0 1\n1 100000 65535",
          gidMap: "0 0 65536",
          ...label(one.pid),
        });
        // Who is in the node's own namespaces is asked too; a kernel thread is not.
        expect(reading.processes.find(({ pid }) => pid === process.pid)?.security?.uidMap).toBe("0 0 4294967295");
        expect(reading.processes.find(({ pid }) => pid === 2)?.security).toBeUndefined();
      }
    } finally {
      one.kill("SIGKILL");
    }
  });

  it.for(["/bin/dash", "/bin/bash", BUSYBOX].filter((path) => existsSync(path)))("under %s as sh", async (shell) => {
    const connection = spawned(shell, (command) => [...(shell === BUSYBOX ? ["sh"] : []), "-c", command]);
    const read = () => readNode(connection, { reader: "awk" });
    expect((await read()).processes.length).toBeGreaterThan(20);
  });
});
