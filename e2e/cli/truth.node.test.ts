/** What Podglass says of a live node over ssh, held against lsns, /proc, cat and findmnt. */
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CgroupReport, Namespace, Snapshot } from "../../src-shared/model.ts";
import { type Sshd, startSshd, whyNoSshd } from "../nodes/sshd.ts";
import { podglass, podglassJson } from "./run.ts";

/** pid to its links below /proc/PID/ns, as they are now. */
function memberships(): Map<number, Map<string, number>> {
  const all = new Map<number, Map<string, number>>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const links = new Map<string, number>();
    try {
      for (const type of readdirSync(`/proc/${name}/ns`)) {
        try {
          const inode = /^[a-z_]+:\[(\d+)\]$/.exec(readlinkSync(`/proc/${name}/ns/${type}`))?.[1];
          if (inode && !type.endsWith("_for_children")) links.set(type, Number(inode));
        } catch {
          // this link cannot be read, or is a zombie's
        }
      }
    } catch {
      continue; // it has ended
    }
    all.set(Number(name), links);
  }
  return all;
}

/** What the group of our own is set to, in whichever hierarchy has the file. */
const catValues: Record<string, string> = {
  "memory.limit_in_bytes": String(96 << 20),
  "cpu.shares": "512",
  "cpu.cfs_quota_us": "50000",
  "pids.max": "77",
  "memory.max": String(96 << 20),
  "memory.high": String(64 << 20),
  "memory.low": String(8 << 20),
  "cpu.weight": "50",
};

const why = whyNoSshd();

describe.runIf(why === null)("a live node over ssh", () => {
  let sshd: Sshd;
  let login: string[];
  const folder = mkdtempSync(join(tmpdir(), "podglass-truth-"));
  const pin = join(folder, "uts-pin");

  beforeAll(async () => {
    sshd = await startSshd();
    login = ["-i", sshd.keyFile, "-o", `UserKnownHostsFile=${sshd.knownHosts}`];
    writeFileSync(pin, "");
    execFileSync("unshare", [`--uts=${pin}`, "true"]);
  });
  afterAll(async () => {
    try {
      execFileSync("umount", [pin]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await sshd?.stop();
    }
  });

  it("agrees with /proc and lsns: each namespace is there with the same members", async () => {
    const before = memberships();
    const snapshot = await podglassJson<Snapshot>(["snapshot", sshd.target(), ...login]);
    const lsns = JSON.parse(execFileSync("lsns", ["-J", "-o", "NS,TYPE,NPROCS,PID"], { encoding: "utf8" })) as {
      namespaces: { ns: number; type: string; nprocs: number; pid: number }[];
    };
    const after = memberships();
    const byId = new Map(snapshot.namespaces.map((namespace) => [`${namespace.type}:${namespace.inode}`, namespace]));
    let compared = 0;
    for (const [pid, links] of before) {
      const still = after.get(pid);
      if (!still) continue;
      for (const [type, inode] of links) {
        if (still.get(type) !== inode) continue;
        expect(byId.get(`${type}:${inode}`)?.pids, `${type}:${inode} has pid ${pid}`).toContain(pid);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(100);
    for (const { type, inode, pids } of snapshot.namespaces)
      for (const pid of pids) {
        const known = before.get(pid)?.get(type) ?? after.get(pid)?.get(type);
        if (known !== undefined && before.get(pid)?.get(type) === after.get(pid)?.get(type)) expect(known).toBe(inode);
      }
    const stays = (pid: number): boolean => before.has(pid) && after.has(pid);
    for (const { ns, type, pid } of lsns.namespaces)
      if (pid && stays(pid)) expect(byId.get(`${type}:${ns}`)?.pids).toContain(pid);
  });

  it("has the namespace that only a bind mount holds, with its path", async () => {
    const namespaces = await podglassJson<Namespace[]>(["namespaces", sshd.target(), ...login, "--type", "uts"]);
    const pinned = namespaces.filter(({ pins }) => pins.some(({ path }) => path === pin));
    expect(pinned).toHaveLength(1);
    expect(pinned[0]?.pids).toEqual([]);
    const line = execFileSync("findmnt", ["-n", "-o", "SOURCE", pin], { encoding: "utf8" });
    expect(line).toContain(`uts:[${pinned[0]?.inode}]`);
  });

  it("gives cgroup values as cat does", async () => {
    // One group of our own in every hierarchy: a bare machine has little else to compare.
    const own = `/podglass-cat-${process.pid}`;
    const made: string[] = [];
    try {
      const first = await podglassJson<Snapshot>(["snapshot", sshd.target(), ...login]);
      const mounts = new Map(first.node.cgroupMounts?.map(({ hierarchy, mountPoint }) => [hierarchy, mountPoint]));
      for (const mountPoint of mounts.values()) {
        mkdirSync(join(mountPoint, own));
        made.push(join(mountPoint, own));
      }
      for (const [name, value] of Object.entries(catValues))
        for (const folder of made) if (existsSync(join(folder, name))) writeFileSync(join(folder, name), value);
      const snapshot = await podglassJson<Snapshot>(["snapshot", sshd.target(), ...login]);
      const ours = new Map<string, string[]>();
      for (const { hierarchy, path, files } of snapshot.cgroups) {
        const at = mounts.get(hierarchy);
        expect(at, hierarchy).toBeDefined();
        for (const [name, value] of Object.entries(files)) {
          if (!/(max|limit_in_bytes|shares|weight|cfs_quota_us|cfs_period_us|min|low|high|cpus)$/.test(name)) continue;
          const file = join(at ?? "", path, name);
          if (!existsSync(file)) continue;
          expect(value, file).toBe(readFileSync(file, "utf8").replace(/\n$/, ""));
          if (path === own) ours.set(hierarchy, [...(ours.get(hierarchy) ?? []), name]);
        }
      }
      for (const [name, mountPoint] of [...mounts])
        for (const file of Object.keys(catValues))
          if (existsSync(join(mountPoint, own, file))) expect(ours.get(name), `${name}${own}`).toContain(file);
      expect([...ours.values()].flat().length).toBeGreaterThan(0);
    } finally {
      for (const folder of made) rmdirSync(folder);
    }
  });

  it("shows effective limits that a child inherits from above", async () => {
    const v1 = "/sys/fs/cgroup/memory";
    if (!existsSync(join(v1, "memory.limit_in_bytes"))) return;
    const parent = join(v1, `podglass-truth-${process.pid}`);
    try {
      mkdirSync(join(parent, "child"), { recursive: true });
      writeFileSync(join(parent, "memory.limit_in_bytes"), String(64 << 20));
      const reports = await podglassJson<CgroupReport[]>(["cgroups", sshd.target(), ...login]);
      const child = reports.find(({ path }) => path === `/podglass-truth-${process.pid}/child`);
      expect(child?.limits.memoryMaxBytes).toBeUndefined();
      expect(child?.effective.memoryMaxBytes).toEqual({ value: 64 << 20, setBy: `/podglass-truth-${process.pid}` });
    } finally {
      rmSyncCgroup(parent);
    }
  });

  it("shows a hostile command line inert, and keeps the reading whole", async () => {
    // Newlines, an escape sequence and words of the probe's own language, in every place that a program can set.
    const name = "sl\u001b]0;owned\u0007eep\n0::/x";
    const child = spawn("sh", ["-c", "sleep 60; :", "evil\n#podglass:end\n\u001b[31mp 1 0"], { argv0: name });
    await new Promise((started) => setTimeout(started, 200));
    try {
      const snapshot = await podglassJson<Snapshot>(["snapshot", sshd.target(), ...login]);
      const seen = snapshot.processes.find(({ pid }) => pid === child.pid);
      expect(seen?.cmdline[0]).toBe(name);
      const table = await podglass(["pods", sshd.target(), ...login]);
      expect(table.status).toBe(0);
      expect(table.out + table.words).not.toContain("\u001b");
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("as an ordinary user it gives what can be read, and gaps for the rest; sudo mends them", async () => {
    const user = sshd.addUser({ sudo: "nopasswd" });
    const plain = await podglassJson<Snapshot>(["snapshot", sshd.target(user.name), ...login]);
    expect(plain.node.privilege).toBe("user");
    expect(plain.processes.length).toBeGreaterThan(10);
    expect(plain.gaps.some(({ what, count }) => what.includes("namespaces") && count > 5)).toBe(true);
    const sudo = await podglassJson<Snapshot>(["snapshot", sshd.target(user.name), ...login, "--sudo"]);
    expect(sudo.node.privilege).toBe("sudo");
    expect(sudo.namespaces.length).toBeGreaterThan(plain.namespaces.length);
  });

  it("opens the probe's output, taken by hand, like the node itself", async () => {
    const file = join(folder, "node.txt");
    const probe = await podglass(["probe"]);
    writeFileSync(join(folder, "probe"), probe.out);
    const live = async () => podglassJson<Snapshot>(["snapshot", sshd.target(), ...login]);
    const states = ({ pods }: Snapshot) => new Map(pods.map(({ key, sandbox }) => [key, sandbox.state]));
    const before = states(await live());
    writeFileSync(file, execFileSync("sh", [join(folder, "probe")], { maxBuffer: 1 << 28 }));
    const byHand = await podglassJson<Snapshot>(["snapshot", file]);
    const now = await live();
    const after = states(now);
    // Pods that came, went or changed meanwhile aside.
    for (const [key, state] of before) if (after.get(key) === state) expect(states(byHand).get(key), key).toBe(state);
    expect(byHand.node.bootId).toBe(now.node.bootId);
  });
});

/** A cgroup's folder goes with rmdir alone: its files are the kernel's. */
function rmSyncCgroup(path: string): void {
  for (const name of ["child", ""]) execFileSync("rmdir", [join(path, name)]);
}

describe.runIf(why === null)("what goes wrong on the way to a node", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.stop());

  it("each has its exit status and a sentence", async () => {
    const login = ["-i", sshd.keyFile, "-o", `UserKnownHostsFile=${sshd.knownHosts}`];
    const cases: [string[], number, RegExp][] = [
      [[], 2, /Usage/],
      [["pods"], 2, /target/],
      [["pods", "local", "-o", "StrictHostKeyChecking=no"], 2, /yes, accept-new or ask/],
      [["pods", "root@127.0.0.1:1"], 3, /refused/],
      [["pods", sshd.target(), "-i", sshd.keyFile, "-o", "UserKnownHostsFile=/dev/null"], 3, /not known/],
      [
        ["pods", sshd.target(), "-i", "/nonexistent", "-o", `UserKnownHostsFile=${sshd.knownHosts}`, "-F", "none"],
        3,
        /./,
      ],
      [["pod", sshd.target(), ...login, "no-such-pod"], 1, /No pod/],
      [["pods", "/etc/passwd"], 4, /probe/],
      [["pods", "/nonexistent/file"], 4, /no file/],
    ];
    for (const [args, status, words] of cases) {
      const ran = await podglass(args, { env: { SSH_AUTH_SOCK: "" } });
      expect(ran.words, args.join(" ")).toMatch(words);
      expect(ran.status, `${args.join(" ")}: ${ran.words}`).toBe(status);
      expect(ran.out).toBe("");
    }
  });

  it("a changed host key is refused with both fingerprints", async () => {
    const folder = mkdtempSync(join(tmpdir(), "podglass-changed-"));
    try {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "other")]);
      writeFileSync(
        join(folder, "known"),
        `[127.0.0.1]:${sshd.port} ${readFileSync(join(folder, "other.pub"), "utf8")}`,
      );
      const ran = await podglass([
        "pods",
        sshd.target(),
        "-i",
        sshd.keyFile,
        "-o",
        `UserKnownHostsFile=${join(folder, "known")}`,
      ]);
      expect(ran.status).toBe(3);
      expect(ran.words.match(/SHA256:[A-Za-z0-9+/]{43}/g)?.length).toBe(2);
      expect(ran.words).toContain(join(folder, "known"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
