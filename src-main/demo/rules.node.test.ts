/** Each rule of the demo's kernel, held against the real one: the same experiment on both gives the same observation. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CgroupTree } from "./cgroups.ts";
import { INITIAL, Kernel } from "./kernel.ts";

const asRoot = process.platform === "linux" && process.getuid?.() === 0;
const tag = `pgd${process.pid}`;
const MiB = 1024 * 1024;
const sh = (command: string): string =>
  execFileSync("sh", ["-c", command], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
const tried = (command: string): string => {
  try {
    return sh(command);
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr ?? error);
  }
};

const demo = (): Kernel => {
  const kernel = new Kernel({ clock: () => 0, bootMs: 0, memoryBytes: 4096 * MiB, cgroups: new CgroupTree() });
  kernel.fork(0, { comm: "init" });
  return kernel;
};

const until = async (what: () => boolean, ms = 8000): Promise<boolean> => {
  for (let left = ms; left > 0 && !what(); left -= 50) await new Promise((resolve) => setTimeout(resolve, 50));
  return what();
};

const state = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  } catch {
    return undefined;
  }
};
const alive = (pid: number) => state(pid) !== undefined && state(pid) !== "Z";
const childOf = (pid: number): number => Number(tried(`cat /proc/${pid}/task/${pid}/children`).split(" ")[0]);

describe.runIf(asRoot)("the demo's kernel and the real one", () => {
  let folder: string;
  const started: ChildProcess[] = [];
  const start = (command: string, args: string[]): number => {
    const child = spawn(command, args, { stdio: "ignore" });
    started.push(child);
    return child.pid ?? 0;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), `${tag}-`));
    // A pin is to stay in this mount namespace, whatever the propagation above.
    sh(`mount -t tmpfs ${tag} ${folder} && mount --make-private ${folder}`);
  });
  afterAll(() => {
    for (const child of started) child.kill("SIGKILL");
    tried(`umount ${folder}/*; umount ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    tried(`ip link del ${tag}`);
  });

  test("a namespace lives while a process, a pin or an open file holds it", async () => {
    // The host's end of a veth pair goes when the namespace that has the other end is freed.
    const member = start("unshare", ["--net", "sleep", "300"]);
    await until(() => tried(`readlink /proc/${member}/ns/net`) !== sh("readlink /proc/self/ns/net"));
    sh(`ip link add ${tag} type veth peer name inside netns ${member}`);
    writeFileSync(`${folder}/net`, "");
    sh(`mount --bind /proc/${member}/ns/net ${folder}/net`);
    const opener = start("sh", ["-c", `exec 7</proc/${member}/ns/net; exec sleep 300`]);
    await until(() => existsSync(`/proc/${opener}/fd/7`));
    const lives = () => existsSync(`/sys/class/net/${tag}`);
    const real: boolean[] = [lives()];
    process.kill(member, "SIGKILL");
    await until(() => !alive(member));
    real.push(lives());
    sh(`umount ${folder}/net`);
    await until(() => !lives(), 300);
    real.push(lives());
    process.kill(opener, "SIGKILL");
    await until(() => !lives());
    real.push(lives());

    const kernel = demo();
    const task = kernel.fork(1, { comm: "member", ns: { net: "new" } });
    const net = task.ns.net ?? 0;
    kernel.bind("/pin", net);
    const holder = kernel.fork(1, { comm: "opener" });
    kernel.openFd(holder.pid, net);
    const model = [kernel.spaces.has(net)];
    kernel.kill(task.pid);
    model.push(kernel.spaces.has(net));
    kernel.unmount("/pin");
    model.push(kernel.spaces.has(net));
    kernel.kill(holder.pid);
    model.push(kernel.spaces.has(net));

    expect(real).toEqual([true, true, true, false]);
    expect(model).toEqual(real);
  });

  test("the end of pid 1 ends its members and those nested below; a pin then refuses new ones", async () => {
    const outer = start("unshare", [
      "--pid",
      "--fork",
      "--kill-child",
      "sh",
      "-c",
      "sleep 301 & unshare --pid --fork sleep 302 & wait; wait",
    ]);
    await until(() => childOf(outer) > 0 && childOf(childOf(outer)) > 0);
    const init = childOf(outer);
    await until(() => tried(`cat /proc/${init}/task/${init}/children`).split(" ").length >= 2);
    const [first = 0, nesting = 0] = tried(`cat /proc/${init}/task/${init}/children`).split(" ").map(Number);
    await until(() => childOf(nesting) > 0);
    const nested = childOf(nesting);
    const depth = (pid: number) => tried(`grep NSpid /proc/${pid}/status`).trim().split(/\s+/).length - 1;
    const depths = [depth(first), depth(nested)].map((one) => one - depth(process.pid));
    writeFileSync(`${folder}/pid`, "");
    sh(`mount --bind /proc/${init}/ns/pid ${folder}/pid`);
    process.kill(init, "SIGKILL");
    const real = await until(() => [init, first, nesting, nested].every((pid) => !alive(pid)));
    const refused = tried(`nsenter --pid=${folder}/pid sh -c true`);
    sh(`umount ${folder}/pid`);

    const kernel = demo();
    const one = kernel.fork(1, { comm: "sh", ns: { pid: "new" } });
    const member = kernel.fork(one.pid, { comm: "sleep" });
    const below = kernel.fork(one.pid, { comm: "sleep", ns: { pid: "new" } });
    const inode = one.ns.pid ?? 0;
    expect([member, below].map((task) => task.nsPids.length - 1)).toEqual(depths);
    kernel.bind("/pid", inode);
    kernel.kill(one.pid);
    expect([one, member, below].every((task) => !kernel.tasks.has(task.pid))).toBe(real);
    expect(real).toBe(true);
    expect(refused).toMatch(/allocate memory/);
    expect(() => kernel.fork(1, { comm: "late", ns: { pid: inode } })).toThrow("ENOMEM");
  });

  test("orphans go to pid 1 of their namespace, and stay zombies if it does not wait", async () => {
    // pid 1 becomes a sleep that waits for nobody; the middle shell ends and orphans its child.
    const outer = start("unshare", [
      "--pid",
      "--fork",
      "--kill-child",
      "sh",
      "-c",
      "sh -c 'sleep 0.4 & exit 0' & exec sleep 303",
    ]);
    await until(() => childOf(outer) > 0);
    const init = childOf(outer);
    const zombies = () =>
      tried(`cat /proc/${init}/task/${init}/children`)
        .split(" ")
        .filter(Boolean)
        .map(Number)
        .filter((pid) => state(pid) === "Z");
    await until(() => zombies().length === 2);
    const real = zombies().length;
    const left = zombies().map((pid) =>
      tried(`readlink /proc/${pid}/ns/net; readlink /proc/${pid}/ns/pid`).includes("pid:"),
    );
    process.kill(init, "SIGKILL");

    const kernel = demo();
    const one = kernel.fork(1, { comm: "sleep", ns: { pid: "new" }, reaps: false });
    const middle = kernel.fork(one.pid, { comm: "sh" });
    const orphan = kernel.fork(middle.pid, { comm: "sleep" });
    kernel.kill(middle.pid);
    kernel.kill(orphan.pid);
    const model = [...kernel.tasks.values()].filter((task) => task.state === "Z" && task.ppid === one.pid);
    expect(real).toBe(2);
    expect(model).toHaveLength(real);
    expect(left).toEqual([true, true]);
    expect(model.map((task) => task.ns.pid !== INITIAL.pid && task.ns.net === undefined)).toEqual(left);
  });

  test("who passes the smallest limit above is killed, and its neighbour is not", async () => {
    const v1 = existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    const root = v1 ? `/sys/fs/cgroup/memory/${tag}` : `/sys/fs/cgroup/${tag}`;
    for (const path of [root, `${root}/pod`, `${root}/pod/a`, `${root}/pod/b`]) {
      mkdirSync(path);
      if (!v1 && !path.endsWith("a") && !path.endsWith("b")) tried(`echo +memory >${path}/cgroup.subtree_control`);
    }
    try {
      writeFileSync(`${root}/pod/${v1 ? "memory.limit_in_bytes" : "memory.max"}`, String(32 * MiB));
      tried(`echo 0 >${root}/pod/memory.swap.max`);
      const inside = (group: string, command: string) =>
        start("sh", ["-c", `echo $$ >${root}/pod/${group}/cgroup.procs; exec ${command}`]);
      const quiet = inside("a", "sleep 304");
      const hog = inside("b", "tail /dev/zero");
      const killed = await until(() => !alive(hog));
      const counts = (group: string) =>
        Number(
          /oom_kill (\d+)/.exec(
            readFileSync(`${root}/${group}/${v1 ? "memory.oom_control" : "memory.events"}`, "utf8"),
          )?.[1] ?? 0,
        );
      const real = { killed, quiet: alive(quiet), counted: counts("pod/b") };
      process.kill(quiet, "SIGKILL");
      await until(() => !alive(quiet));

      const kernel = demo();
      kernel.cgroups.make("/pod", { memoryMax: 32 * MiB });
      const still = kernel.fork(1, { comm: "sleep", cgroup: "/pod/a", rssBytes: MiB });
      const tail = kernel.fork(1, { comm: "tail", cgroup: "/pod/b", rssBytes: MiB });
      kernel.grow(tail.pid, 64 * MiB);
      expect(real).toEqual({ killed: true, quiet: true, counted: 1 });
      expect({
        killed: !kernel.tasks.has(tail.pid),
        quiet: kernel.tasks.has(still.pid),
        counted: kernel.cgroups.need("/pod/b").local.oomKill,
      }).toEqual(real);
    } finally {
      await until(() => {
        tried(`rmdir ${root}/pod/a ${root}/pod/b ${root}/pod ${root}`);
        return !existsSync(root);
      });
    }
  });
});
