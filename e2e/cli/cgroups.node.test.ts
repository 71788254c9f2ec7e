/** Cgroups of a live node over ssh, beside cat and systemd-cgls. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../src-shared/model.ts";
import type { CgroupReport } from "../../src-shared/reports.ts";
import { type Sshd, startSshd, whyNoSshd } from "../nodes/sshd.ts";
import { cgls, has, lasting, until } from "./kernel.ts";
import { podglassJson } from "./run.ts";

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
/** Files that hold what somebody set: they do not change by themselves. */
const SET = /(max|limit_in_bytes|shares|weight|cfs_quota_us|cfs_period_us|min|low|high|cpus)$/;

const why = whyNoSshd();

describe.runIf(why === null)("cgroups of a live node over ssh", () => {
  let sshd: Sshd;
  let login: string[];
  const own = `/podglass-truth-${process.pid}`;
  /** hierarchy to its mount point. */
  let mounts: Map<string, string>;
  const made: string[] = [];
  const children: ChildProcess[] = [];
  const read = () => podglassJson<Snapshot>(["snapshot", sshd.target(), ...login]);

  beforeAll(async () => {
    sshd = await startSshd();
    login = ["-i", sshd.keyFile, "-o", `UserKnownHostsFile=${sshd.knownHosts}`];
    mounts = new Map((await read()).node.cgroupMounts?.map(({ hierarchy, mountPoint }) => [hierarchy, mountPoint]));
    // One group of our own in every hierarchy, since a bare machine has little else to compare; below it one with two
    // processes, one that is empty, and names that a tree drawn as text could take for something else.
    for (const mountPoint of mounts.values())
      for (const name of ["", "busy", "busy/deeper", "empty", "4711", "a b.slice"]) {
        mkdirSync(join(mountPoint, own, name));
        made.push(join(mountPoint, own, name));
      }
    for (const name of ["busy", "busy/deeper", "busy/deeper"]) {
      const child = spawn("sleep", ["300"], { stdio: "ignore" });
      children.push(child);
      for (const [hierarchy, mountPoint] of mounts) {
        const folder = join(mountPoint, own, name);
        // A v1 cpuset takes no process before it has processors and memory: kernel cgroup-v1/cpusets.rst.
        if (hierarchy.split(",").includes("cpuset"))
          for (const file of ["cpuset.cpus", "cpuset.mems"])
            for (const at of [join(mountPoint, own), join(mountPoint, own, "busy"), folder])
              writeFileSync(join(at, file), readFileSync(join(mountPoint, file), "utf8"));
        writeFileSync(join(folder, "cgroup.procs"), String(child.pid));
      }
    }
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    // A group is busy until the kernel has reaped its last process.
    for (const folder of made.reverse())
      await until(() => {
        try {
          rmdirSync(folder);
        } catch {
          return !existsSync(folder);
        }
        return true;
      });
    await sshd?.stop();
  });

  it("gives values as cat does", async () => {
    for (const [name, value] of Object.entries(catValues))
      for (const mountPoint of mounts.values()) {
        const file = join(mountPoint, own, name);
        if (existsSync(file)) writeFileSync(file, value);
      }
    const seen = new Map<string, string[]>();
    const differences = await lasting(async () => {
      const snapshot = await read();
      const found = new Map<string, string>();
      for (const { hierarchy, path, files } of snapshot.cgroups) {
        for (const [name, value] of Object.entries(files)) {
          const file = join(mounts.get(hierarchy) ?? "/nowhere", path, name);
          if (!SET.test(name) || !existsSync(file)) continue;
          const cat = readFileSync(file, "utf8").replace(/\n$/, "");
          if (value !== cat) found.set(file, `${value} | cat: ${cat}`);
          if (path === own) seen.set(hierarchy, [...(seen.get(hierarchy) ?? []), name]);
        }
      }
      return found;
    });
    expect(differences).toEqual([]);
    for (const [hierarchy, mountPoint] of mounts)
      for (const file of Object.keys(catValues))
        if (existsSync(join(mountPoint, own, file))) expect(seen.get(hierarchy), `${hierarchy}${own}`).toContain(file);
    expect([...seen.values()].flat().length).toBeGreaterThan(0);
  });

  it("shows effective limits that a child inherits from above", async () => {
    const [file, at] = ["memory.limit_in_bytes", "memory.max"]
      .flatMap((name) => [...mounts.values()].map((mountPoint) => [join(mountPoint, own, name), mountPoint] as const))
      .find(([path]) => existsSync(path)) ?? ["", ""];
    if (file === "") return; // no memory controller in any hierarchy here
    writeFileSync(file, String(64 << 20));
    const reports = await podglassJson<CgroupReport[]>(["cgroups", sshd.target(), ...login]);
    const child = reports.find(({ path }) => path === `${own}/empty`);
    expect(child?.limits.memoryMaxBytes, at).toBeUndefined();
    expect(child?.effective.memoryMaxBytes).toEqual({ value: 64 << 20, setBy: own });
  });

  it.runIf(has("systemd-cgls"))("has the groups and members that systemd-cgls shows, and no other", async () => {
    let compared = 0;
    const differences = await lasting(async () => {
      const trees = () => new Map([...mounts].map(([hierarchy, mountPoint]) => [hierarchy, cgls(mountPoint)]));
      const before = trees();
      const snapshot = await read();
      const after = trees();
      const ended = new Set(snapshot.processes.filter(({ state }) => state === "Z").map(({ pid }) => pid));
      const ours = new Map(snapshot.cgroups.map(({ hierarchy, path, pids }) => [`${hierarchy}:${path}`, pids]));
      const found = new Map<string, string>();
      for (const [hierarchy, groups] of before)
        for (const [path, pids] of groups) {
          const again = after.get(hierarchy)?.get(path);
          // The root holds whoever looks, and what other tests do; its members are held against /proc elsewhere.
          if (path === "/" || again === undefined) continue;
          const members = ours.get(`${hierarchy}:${path}`);
          if (members === undefined) found.set(`${hierarchy}:${path}`, "is in systemd-cgls alone");
          else if (String(again) === String(pids)) {
            // A zombie is still in its group for /proc, and not for cgroup.procs: kernel cgroup-v2.rst, Processes.
            const living = members.filter((pid) => !ended.has(pid));
            if (String(living) !== String(pids)) found.set(`${hierarchy}:${path}`, `${living} | cgls: ${pids}`);
            compared += 1;
          }
        }
      for (const id of ours.keys()) {
        const [hierarchy, path] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
        if (!before.get(hierarchy)?.has(path) && !after.get(hierarchy)?.has(path))
          found.set(id, "is not in systemd-cgls");
      }
      const deeper = [...before].map(([hierarchy, groups]) => [hierarchy, groups.get(`${own}/busy/deeper`)?.length]);
      expect(deeper).toEqual([...mounts.keys()].map((hierarchy) => [hierarchy, 2]));
      return found;
    });
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(made.length);
  });
});
