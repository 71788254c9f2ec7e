import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionName } from "../../src-shared/actions.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import type { PlanOptions } from "../../src-shared/requests.ts";
import { labDown, labFind, labUp } from "../lab/lab.ts";
import { readNode } from "../probe/index.ts";
import { pinsFolder } from "./folder.ts";
import { perform } from "./perform.ts";
import { type Actor, actor, sh } from "./testing/actor.ts";
import { localShell } from "./testing/local.ts";
import { undo } from "./undo.ts";

const here = localShell();
const root = process.platform === "linux" && process.getuid?.() === 0;
const name = `actt-${process.pid}`;
const key = `lab/${name}`;
const folder = pinsFolder(key);
const ns = (pid: number, type: string) => Number(sh(`stat -L -c %i /proc/${pid}/ns/${type}`));

describe.skipIf(!root)("actions on a lab pod", { timeout: 180_000 }, () => {
  let me: Actor;
  beforeEach(() => {
    me = actor();
  });
  afterEach(async () => {
    if ((await labFind(here)).names.includes(name)) await labDown(here, name);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(folder);
    expect(existsSync(folder)).toBe(false);
    me.close();
  }, 120_000);
  const act = (action: ActionName, options?: PlanOptions) => me.act(action, key, options);
  const plan = (action: ActionName) => me.plan(action, key);
  const pod = () => me.pod(key);

  it("pins, drops, restores and unpins, and the containers never notice", async () => {
    const lab = await labUp(here, { name, sandbox: "pause", containers: 2 });
    const [pause, first, second] = lab.pids as [number, number, number];
    const before = await pod();
    expect(before.sandbox).toMatchObject({ state: "process", pid: pause });
    expect(before.ips).toHaveLength(1);
    const types = ["net", "ipc", "uts"] as const;

    const pinned = await act("pin");
    expect(pinned).toMatchObject({ done: true, rolledBack: false });
    for (const type of types) {
      expect(Number(sh(`stat -L -c %i ${folder}/${type}`))).toBe(before.namespaces[type]);
      expect(sh(`findmnt -n -o FSTYPE,SOURCE ${folder}/${type}`)).toContain(`${type}:[${before.namespaces[type]}]`);
    }
    expect(sh("stat -c '%u %a' /run/podglass")).toBe("0 700");
    const mounts = sh(`grep -c ' ${folder}/' /proc/self/mountinfo`);
    expect((await act("pin")).done).toBe(true);
    expect(sh(`grep -c ' ${folder}/' /proc/self/mountinfo`)).toBe(mounts);

    sh(`nsenter -t ${first} -i ipcmk -M 4096`);
    const segments = sh(`nsenter -t ${first} -i cat /proc/sysvipc/shm | wc -l`);
    const dropped = await act("drop");
    expect(dropped).toMatchObject({ done: true });
    expect(existsSync(`/proc/${pause}`) && sh(`cut -d' ' -f3 /proc/${pause}/stat`)).not.toBe("S");
    expect((await pod()).sandbox.state).toBe("dropped");
    expect((await pod()).ips).toEqual(before.ips);
    expect(sh(`nsenter -t ${second} -n ip -4 -o addr show eth0`)).toContain(before.ips[0]);
    // A new process joins through the pins and meets the old ones: the same network, the same shared memory.
    const join = `nsenter --net=${folder}/net --ipc=${folder}/ipc --uts=${folder}/uts`;
    expect(sh(`${join} hostname`)).toBe(name);
    expect(sh(`${join} cat /proc/sysvipc/shm | wc -l`)).toBe(segments);
    expect(sh(`${join} ip -4 -o addr show lo`)).toContain("127.0.0.1/8");
    expect(sh(`lsns -n -t net -o NS | grep -c ${before.namespaces.net}`)).toBe("1");

    const refused = await plan("unpin");
    expect(refused.plan.checks.find((check) => check.name === "last-holder")).toMatchObject({ ok: false });

    const restored = await act("restore");
    expect(restored).toMatchObject({ done: true });
    const now = await pod();
    expect(now.sandbox).toMatchObject({ state: "process" });
    const standIn = now.sandbox.pid!;
    for (const type of types) expect(ns(standIn, type)).toBe(before.namespaces[type]);
    expect(sh(`grep -h -E ':memory:|^0::' /proc/${standIn}/cgroup`)).toContain(`/podglass-lab/${name}/podglass-pause`);

    expect(await act("unpin")).toMatchObject({ done: true });
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(folder);
    expect((await pod()).sandbox).toMatchObject({ state: "process", pid: standIn });
    expect((await pod()).namespaces).toMatchObject({ net: before.namespaces.net });
    expect(me.journal.list().map(({ action, state: how }) => `${action} ${how}`)).toEqual([
      "unpin done",
      "restore done",
      "drop done",
      "pin done",
      "pin done",
    ]);
  });

  it("drops with --pin in one go, and undo brings a holder back", async () => {
    await labUp(here, { name, sandbox: "pause" });
    const bare = await plan("drop");
    expect(bare.plan.checks.find((check) => check.name === "pinned")).toMatchObject({ ok: false });
    expect((await act("drop", { pinFirst: true })).done).toBe(true);
    const back = {
      connection: here,
      podKey: key,
      privilege: "root",
      nodeLabel: "here",
      readOnly: false,
      reread: me.read,
    } as const;
    // From another computer: an empty journal, so the node's manifest alone tells.
    const elsewhere = actor();
    try {
      expect((await undo({ ...back, journal: elsewhere.journal })).done).toBe(true);
    } finally {
      elsewhere.close();
    }
    expect((await pod()).sandbox.state).toBe("process");
    expect((await act("unpin")).done).toBe(true);
    expect((await undo({ ...back, journal: me.journal })).done).toBe(true);
    expect(existsSync(`${folder}/net`)).toBe(true);
  });

  it("takes the copies of other mount namespaces away with the mount point, and tells of those that stay", async () => {
    await labUp(here, { name, sandbox: "pause" });
    // What lies on the node is dated by the node's clock, however wrong that is.
    const reread = async () => ({ ...(await me.read()), takenAt: "2031-02-03T04:05:06.700Z" });
    expect((await perform(await plan("pin"), { connection: here, reread, journal: me.journal })).done).toBe(true);
    expect(JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8")).last.at).toMatch(/^2031-02-03T04:05/);
    const clone = spawn("unshare", ["-m", "--propagation", "private", "sleep", "60"], { stdio: "ignore" });
    const mounts = () => readFileSync(`/proc/${clone.pid}/mountinfo`, "utf8");
    try {
      await expect.poll(() => ns(clone.pid!, "mnt")).not.toBe(ns(process.pid, "mnt"));
      // Unmounted alone the copy stays, and a deep reading finds it.
      sh(`umount ${folder}/uts`);
      expect(mounts()).toContain(`${folder}/uts`);
      const deep = assemble(await readNode(here, { privilege: "plain", deep: true }));
      const found = findings(deep).filter(({ rule, evidence }) => rule === "pin-copy" && evidence[0]?.includes(folder));
      expect(found).toHaveLength(1);
      // Removing a mount point detaches what is mounted there in every other mount namespace (fs/namei.c, vfs_unlink).
      expect((await act("unpin")).done).toBe(true);
      expect(mounts()).not.toContain(folder);
    } finally {
      clone.kill("SIGKILL");
    }
  });
});
