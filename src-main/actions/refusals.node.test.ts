import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionName } from "../../src-shared/actions.ts";
import type { PlanOptions } from "../../src-shared/requests.ts";
import { labDown, labFind, labUp } from "../lab/lab.ts";
import common from "./common.sh?raw";
import { compose } from "./compose.ts";
import { pinsFolder } from "./folder.ts";
import { perform } from "./perform.ts";
import pinScript from "./pin/pin.sh?raw";
import { makePlan, type PlanInput } from "./plan.ts";
import { runOnNode } from "./remote.ts";
import { type Actor, actor, sh } from "./testing/actor.ts";
import { localShell } from "./testing/local.ts";

const here = localShell();
const root = process.platform === "linux" && process.getuid?.() === 0;
const name = `refuse-${process.pid}`;
const key = `lab/${name}`;
const folder = pinsFolder(key);

/** Every refusal of the contract that a lab pod can show, provoked for real: nothing of the node may change by it. */
describe.skipIf(!root)("refusals", { timeout: 180_000 }, () => {
  let me: Actor;
  const started: number[] = [];
  beforeEach(() => {
    me = actor();
  });
  afterEach(async () => {
    for (const pid of started.splice(0)) sh(`kill -KILL ${pid} 2>/dev/null || true`);
    if ((await labFind(here)).names.includes(name)) await labDown(here, name);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(folder);
    expect(existsSync(folder)).toBe(false);
    me.close();
  }, 120_000);
  const input = async (
    action: ActionName,
    options: PlanOptions,
    more: Partial<PlanInput> = {},
  ): Promise<PlanInput> => ({ ...(await me.input(action, key, options)), ...more });
  const failing = async (action: ActionName, options: PlanOptions = {}, more: Partial<PlanInput> = {}) =>
    (await makePlan(await input(action, options, more))).plan.checks
      .filter(({ ok }) => !ok)
      .map((check) => [check.name, check.detail] as const);
  const tools = () => ({ connection: here, reread: me.read, journal: me.journal });

  it("pid-namespace: a shared one ends with its first process", async () => {
    await labUp(here, { name, sandbox: "pause", sharePid: true });
    const [only, ...others] = await failing("drop", { pinFirst: true });
    expect(only?.[0]).toBe("pid-namespace");
    expect(others).toEqual([]);
  });

  it("pid-namespace: so does one that is nested below it", async () => {
    const { pids } = await labUp(here, { name, sandbox: "pause" });
    sh(`nsenter -t ${pids[0]} -p unshare -p sh -c 'sleep 300 >/dev/null 2>&1 & true'`);
    expect(sh(`nsenter -t ${pids[0]} -p -m sh -c 'ls /proc | grep -c "^[0-9]"'`)).not.toBe("1");
    const [only] = await failing("drop", { pinFirst: true });
    expect(only).toEqual(["pid-namespace", expect.stringMatching(/: 1 process in it or below it would be killed/)]);
    const outcome = await perform(await makePlan(await input("drop", { pinFirst: true })), tools());
    expect(outcome).toMatchObject({ done: false, rolledBack: true });
    expect(existsSync(`/proc/${pids[0]}`)).toBe(true);
    expect(me.journal.list()[0]).toMatchObject({ action: "drop", state: "rolled-back", undoable: false });
  });

  it("pinned: no pin of ours, and no manifest that shows a drop", async () => {
    await labUp(here, { name, sandbox: "pause" });
    expect((await failing("drop")).map(([check]) => check)).toEqual(["pinned"]);
    expect((await failing("restore")).map(([check]) => check)).toEqual(["identity", "pinned"]);
    expect((await failing("unpin")).map(([check]) => check)).toEqual(["pinned"]);
  });

  it("identity: pause was made anew between plan and act", async () => {
    const { pids } = await labUp(here, { name, sandbox: "pause" });
    const planned = await makePlan(await input("pin", {}));
    sh(`kill -KILL ${pids[0]}`);
    const outcome = await perform(planned, tools());
    expect(outcome.done).toBe(false);
    expect(outcome.steps.at(-1)?.detail).toMatch(/identity/);
  });

  it("identity: the pid is somebody else's now (steered in a PID namespace of its own)", async () => {
    // The script itself, with a process that ends and a stranger that gets its pid just before it looks.
    const reuse = `sleep 100 >/dev/null 2>&1 &
pid=$!
begun=$(start_of $pid)
kill -KILL $pid
wait $pid 2>/dev/null || :
sleep 0.1
echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid
sleep 100 >/dev/null 2>&1 &
say fact reused "$pid $!"
set -- ${folder} $pid $begun memory "$(awk -F: '$2 == "memory" { print $3 }' /proc/$!/cgroup)" '{}' net=$(inode /proc/$!/ns/net)
trap "kill -KILL $!; rmdir ${folder} 2>/dev/null || :" EXIT
`;
    const through = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
    const connection = localShell({ through });
    // The namespace's own first process has our mount namespace there, so the script stays where it is.
    const result = await runOnNode(connection, compose(pinScript, common, reuse), []);
    const [first, second] = result.lines.find(({ name: what }) => what === "reused")!.rest.split(" ");
    expect(second).toBe(first);
    expect(result.lines.at(-1)).toMatchObject({ word: "no", name: "identity" });
    expect(result.code).toBe(10);
    sh(`rm -f /run/podglass/locks/${folder.split("/").at(-1)}`);
  });

  it("mount-namespace: a pin that is only in the mount namespace of some shell", async () => {
    const { pids } = await labUp(here, { name, sandbox: "pause" });
    sh("mkdir -p -m 700 /run/podglass/pins");
    const command = `mkdir -m 700 ${folder} && touch ${folder}/net && mount --bind /proc/${pids[0]}/ns/net ${folder}/net && exec sleep 300`;
    const shell = spawn("unshare", ["-m", "sh", "-c", command], { stdio: "ignore" });
    started.push(shell.pid!);
    await expect.poll(() => sh(`cat /proc/${shell.pid}/mountinfo`)).toContain(folder);
    const checks = await failing("drop");
    expect(checks.map(([check]) => check)).toEqual(["pinned", "mount-namespace"]);
    expect(checks[1]?.[1]).toMatch(/mount namespace \d+ only/);
  });

  it("goes to pid 1's mount namespace where our shell has its own, as behind an sshd with PrivateMounts", async () => {
    await labUp(here, { name, sandbox: "pause" });
    const connection = localShell({ through: ["unshare", "-m", "--propagation", "private"] });
    const planned = await makePlan(await input("pin", {}, { connection }));
    expect(planned.plan.checks.find((check) => check.name === "mount-namespace")).toMatchObject({ ok: true });
    expect(planned.plan.steps.at(-1)?.command).toContain("nsenter -t 1 -m");
    expect((await perform(planned, { ...tools(), connection })).done).toBe(true);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).toContain(`${folder}/net`);
  });

  it("read-only, and an ordinary user", async () => {
    await labUp(here, { name, sandbox: "pause" });
    expect((await failing("pin", {}, { readOnly: true })).map(([check]) => check)).toEqual(["read-only"]);
    const connection = localShell({ through: ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] });
    const checks = await failing("pin", {}, { connection, privilege: "user" });
    expect(checks.map(([check]) => check)).toContain("privilege");
    expect(existsSync(folder)).toBe(false);
  });

  it("a second action on the same pod at once", async () => {
    await labUp(here, { name, sandbox: "pause" });
    const first = await makePlan(await input("pin", {}));
    const second = await makePlan(await input("pin", {}));
    const slow = perform(first, { ...tools(), connection: localShell({ at: "step net", seconds: 3 }) });
    const during = new Promise((resolve) => setTimeout(resolve, 10)).then(async () => {
      await expect.poll(() => existsSync(`${folder}/manifest.json`), { interval: 5, timeout: 30_000 }).toBe(true);
      return perform(second, tools());
    });
    const [one, two] = await Promise.all([slow, during]);
    expect(one.done).toBe(true);
    expect(two).toMatchObject({ done: false });
    expect(JSON.stringify(two.steps)).toMatch(/another action|locked/);
  });

  it("a folder that somebody else prepared", async () => {
    await labUp(here, { name, sandbox: "pause" });
    sh(`mkdir -p -m 700 /run/podglass/pins && ln -s /tmp ${folder}`);
    try {
      const checks = await failing("pin");
      expect(checks).toEqual([["privilege", expect.stringContaining(folder)]]);
    } finally {
      rmSync(folder);
    }
  });
});
