/** A process whose first thread has ended lives, and what it is in is what its other threads are in. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { localConnection } from "../transport/local.ts";
import { openLive } from "./live.ts";
import { readNode } from "./read.ts";
import { type BareNode, BUSYBOX, bareNode } from "./testing/bare.ts";

const why = process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/usr/bin/gcc");
const readers = ["perl", "awk", ...(existsSync(BUSYBOX) ? ["busybox"] : [])];

describe.skipIf(why)("a process whose first thread has ended", { timeout: 60_000 }, () => {
  let folder: string;
  let child: ChildProcess;
  let pid: number;
  let bare: BareNode;
  const state = () => /^State:\t(.)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];

  beforeAll(async () => {
    bare = bareNode();
    folder = mkdtempSync(join(tmpdir(), "podglass-leaderless-"));
    const program = join(folder, "leaderless");
    execFileSync("gcc", [
      "-static",
      "-pthread",
      "-o",
      program,
      new URL("../../e2e/nodes/leaderless.c", import.meta.url).pathname,
    ]);
    child = spawn("unshare", ["--uts", "--ipc", program, "an argument"], { stdio: "ignore" });
    pid = child.pid ?? 0;
    for (let turn = 0; turn < 100 && state() !== "Z"; turn++) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  afterAll(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    bare.remove();
  });

  it("has no namespaces of its own any more", () => {
    expect(state()).toBe("Z");
    expect(() => readlinkSync(`/proc/${pid}/ns/uts`)).toThrow();
  });

  it.for(readers)("is alive and whole to %s, in one reading and live", async (reader) => {
    const connection = reader === "busybox" ? bare.connection() : localConnection();
    const options = { reader: reader === "perl" ? ("perl" as const) : ("awk" as const) };
    const live = await openLive(connection, options);
    try {
      for (const reading of [await readNode(connection, options), await live.tick(), await live.tick({ deep: true })]) {
        const own = reading.processes.find((one) => one.pid === process.pid);
        const found = reading.processes.find((one) => one.pid === pid);
        expect(found).toMatchObject({ state: "Z", threads: 2, comm: "leaderless", cgroup: own?.cgroup });
        expect(found?.cmdline).toEqual([join(folder, "leaderless"), "an argument"]);
        expect(found?.rssBytes).toBeGreaterThan(0);
        const other = readdirSync(`/proc/${pid}/task`).find((tid) => tid !== String(pid));
        const thread = readlinkSync(`/proc/${pid}/task/${other}/ns/uts`);
        expect(`uts:[${found?.ns.uts}]`).toBe(thread);
        expect(found?.ns).toMatchObject({ net: own?.ns.net, mnt: own?.ns.mnt, pid: own?.ns.pid, user: own?.ns.user });
        expect(found?.ns.uts).not.toBe(own?.ns.uts);
        const snapshot = assemble(reading);
        const uts = snapshot.namespaces.find((one) => one.type === "uts" && one.inode === found?.ns.uts);
        expect(uts?.pids).toEqual([pid]);
        expect(snapshot.processes.find((one) => one.pid === pid)).toMatchObject({ state: "Z", threads: 2 });
      }
    } finally {
      live.close();
    }
  });
});
