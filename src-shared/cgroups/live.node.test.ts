/** Effective limits and the order of death, held against the kernel of this machine in cgroups made for it. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, until } from "../../e2e/nodes/room.ts";
import { readNode } from "../../src-main/probe/index.ts";
import { localConnection } from "../../src-main/transport/local.ts";
import { assemble } from "../assemble/assemble.ts";
import type { Snapshot } from "../model.ts";
import { headroom, reportsByPath } from "./headroom.ts";
import { oomKills } from "./oom-log.ts";
import { oomOrder } from "./oom-order.ts";
import { cgroupReports } from "./report.ts";

const root = process.platform === "linux" && process.getuid?.() === 0;
const v1 = existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes");
const MiB = 2 ** 20;

describe.skipIf(!root || !existsSync("/sys/fs/cgroup"))("this machine's kernel", () => {
  const top = `/pgt${randomBytes(3).toString("hex")}`;
  const folder = (controller: string, path: string) => `/sys/fs/cgroup${v1 ? `/${controller}` : ""}${path}`;
  const paths = [top, `${top}/pod`, `${top}/pod/app`];
  const put = (controller: string, path: string, file: string, value: number | string) =>
    writeFileSync(`${folder(controller, path)}/${file}`, String(value));
  const setMemory = (path: string, bytes: number) => {
    put("memory", path, v1 ? "memory.limit_in_bytes" : "memory.max", bytes);
    // Without this a machine with swap would swap instead of killing.
    const swap = v1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max";
    if (existsSync(`${folder("memory", path)}/${swap}`)) put("memory", path, swap, v1 ? bytes : 0);
  };
  const children: ChildProcess[] = [];
  const connection = localConnection();
  const read = async (deep = false): Promise<Snapshot> =>
    assemble(await readNode(connection, { privilege: "plain", deep }));

  beforeAll(() => {
    for (const controller of v1 ? ["memory", "cpu", "pids"] : [""]) {
      for (const path of paths) {
        mkdirSync(folder(controller, path), { recursive: true });
        if (!v1)
          for (const name of ["memory", "cpu", "pids"])
            put("", path.slice(0, path.lastIndexOf("/")), "cgroup.subtree_control", `+${name}`);
      }
    }
  });
  afterAll(async () => {
    connection.close();
    for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
    const busy = () =>
      paths.some((path) => readFileSync(`${folder("memory", path)}/cgroup.procs`, "utf8").trim() !== "");
    for (const path of paths) {
      for (const pid of readFileSync(`${folder("memory", path)}/cgroup.procs`, "utf8")
        .split("\n")
        .filter(Boolean)) {
        try {
          process.kill(Number(pid), "SIGKILL");
        } catch {
          // It ended with its shell.
        }
      }
    }
    await until("the cgroups to be empty", () => !busy());
    for (const controller of v1 ? readdirSync("/sys/fs/cgroup") : [""]) {
      for (const path of [...paths].reverse())
        if (existsSync(folder(controller, path))) rmdirSync(folder(controller, path));
    }
  });

  it("agrees on effective limits, and with memory.stat's own minimum", { timeout: 120_000 }, async () => {
    setMemory(`${top}/pod`, 64 * MiB);
    setMemory(`${top}/pod/app`, 64 * MiB);
    put("cpu", `${top}/pod/app`, v1 ? "cpu.cfs_quota_us" : "cpu.max", v1 ? 30_000 : "30000 100000");
    put("pids", top, "pids.max", 100);
    put("pids", `${top}/pod/app`, "pids.max", 200);
    const reports = cgroupReports(await read(true)).filter((one) => one.path.startsWith(top));
    expect(reports.map((one) => one.path)).toEqual(paths);
    const [, pod, app] = reports;
    expect(pod!.effective.memoryMaxBytes).toEqual({ value: 64 * MiB, setBy: `${top}/pod` });
    // The kernel itself knows no owner of a tie; the nearest is ours.
    expect(app!.effective).toMatchObject({
      memoryMaxBytes: { value: 64 * MiB, setBy: `${top}/pod/app` },
      cpuMaxCores: { value: 0.3, setBy: `${top}/pod/app` },
      pidsMax: { value: 100, setBy: top },
    });
    for (const one of reports) expect(one.marks).toBeUndefined();
    if (v1) {
      const stat = readFileSync(`${folder("memory", `${top}/pod/app`)}/memory.stat`, "utf8");
      expect(stat).toContain(`hierarchical_memory_limit ${app!.effective.memoryMaxBytes!.value}\n`);
    }
  });

  it("kills whom the order says, at the limit of a pod", { timeout: 120_000 }, async () => {
    // Less than the 64 MiB above, so that the charge fails at the app: a pod counts what its ended children left too.
    setMemory(`${top}/pod/app`, 48 * MiB);
    const enter = `echo 0 >${folder("memory", `${top}/pod/app`)}/cgroup.procs; echo "$2" >/proc/self/oom_score_adj`;
    /** Holds so many bytes: tail -c keeps what it may have to print. */
    const hold = (bytes: number, adjust: number) => {
      const script = `${enter}; { head -c "$1" /dev/zero; exec sleep 1000000; } | exec tail -c "$1" >/dev/null`;
      const child = spawn("sh", ["-c", script, "sh", String(bytes), String(adjust)], { stdio: "ignore" });
      children.push(child);
      return child;
    };
    hold(16 * MiB, 0);
    hold(6 * MiB, 600);
    const used = `${folder("memory", `${top}/pod/app`)}/${v1 ? "memory.usage_in_bytes" : "memory.current"}`;
    await until("both to hold their memory", () => Number(readFileSync(used, "utf8")) > 22 * MiB);
    const before = await read();
    const { order, sizeBytes } = oomOrder(before, `${top}/pod/app`);
    expect(sizeBytes).toBe(48 * MiB);
    const [first, second] = order.filter((one) => one.comm === "tail");
    // The smaller one goes first: its oom_score_adj outweighs what it lacks in size.
    expect(first).toMatchObject({ oomScoreAdj: 600, pid: order[0]!.pid });
    expect(first!.rssBytes).toBeLessThan(second!.rssBytes);
    const tight = headroom(reportsByPath(cgroupReports(before)), `${top}/pod/app`);
    expect(tight[0]!.limitBytes).toBe(48 * MiB);
    expect(tight[0]!.leftBytes).toBeLessThan(27 * MiB);

    const kills = () => {
      const file = v1 ? "memory.oom_control" : "memory.events";
      const at = v1 ? `${top}/pod/app` : `${top}/pod`;
      return Number(/oom_kill (\d+)/.exec(readFileSync(`${folder("memory", at)}/${file}`, "utf8"))![1]);
    };
    const alive = (pid: number) => existsSync(`/proc/${pid}/ns/net`);
    const crowd = hold(34 * MiB, 0);
    await until("the kernel to kill", () => kills() > 0);
    await sleep(50);
    expect(alive(first!.pid)).toBe(false);
    crowd.kill("SIGKILL");

    const log = await run("dmesg", []).catch(() => "");
    const told = oomKills(log.split("\n")).filter((kill) => kill.cgroup?.startsWith(top));
    if (log.includes(top))
      expect(told[0]).toMatchObject({ pid: first!.pid, comm: "tail", limitCgroup: `${top}/pod/app` });
  });
});
