import { expect, test } from "vitest";
import { CgroupTree } from "./cgroups.ts";
import { INITIAL, Kernel } from "./kernel.ts";

const MiB = 1024 * 1024;

function kernel(): Kernel {
  const made = new Kernel({ clock: () => 1000, bootMs: 0, memoryBytes: 1024 * MiB, cgroups: new CgroupTree() });
  made.fork(0, { comm: "init" });
  return made;
}

test("a namespace lives while a process, a pin or an open fd holds it", () => {
  const k = kernel();
  const member = k.fork(1, { comm: "member", ns: { net: "new" } });
  const net = member.ns.net ?? 0;
  k.bind("/run/pin", net);
  const holder = k.fork(1, { comm: "holder" });
  const fd = k.openFd(holder.pid, net);
  k.kill(member.pid);
  expect(k.spaces.has(net)).toBe(true);
  k.unmount("/run/pin");
  expect(k.spaces.has(net)).toBe(true);
  k.closeFd(holder.pid, fd);
  expect(k.spaces.has(net)).toBe(false);
  expect(k.unshare("net").inode, "a freed number is given again at once").toBe(net);
});

test("the end of pid 1 of a PID namespace ends its members, also in namespaces below, and leaves no zombie", () => {
  const k = kernel();
  const init = k.fork(1, { comm: "pause", ns: { pid: "new" } });
  const child = k.fork(init.pid, { comm: "app", reaps: false });
  const deep = k.fork(child.pid, { comm: "inner", ns: { pid: "new" } });
  expect(deep.nsPids).toEqual([deep.pid, 3, 1]);
  k.kill(init.pid);
  expect([...k.tasks.keys()]).toEqual([1]);
  expect(k.spaces.has(init.nsPids[0] ?? 0)).toBe(false);
});

test("a pinned PID namespace without its pid 1 refuses new processes", () => {
  const k = kernel();
  const init = k.fork(1, { comm: "pause", ns: { pid: "new" } });
  const pid = init.ns.pid ?? 0;
  k.bind("/run/pid", pid);
  k.kill(init.pid);
  expect(k.spaces.has(pid)).toBe(true);
  expect(() => k.fork(1, { comm: "late", ns: { pid } })).toThrow("ENOMEM");
});

test("orphans go to pid 1 of their namespace, or to a subreaper; who does not wait keeps zombies", () => {
  const k = kernel();
  const init = k.fork(1, { comm: "app", ns: { pid: "new" }, reaps: false });
  const parent = k.fork(init.pid, { comm: "parent" });
  const orphan = k.fork(parent.pid, { comm: "orphan" });
  k.kill(parent.pid);
  expect(k.task(parent.pid).state).toBe("Z");
  expect(k.task(orphan.pid).ppid).toBe(init.pid);
  k.kill(orphan.pid);
  expect(k.task(orphan.pid)).toMatchObject({ state: "Z", cmdline: [], ns: { pid: init.ns.pid, user: INITIAL.user } });
  k.setReaps(init.pid, true);
  expect([...k.tasks.values()].filter((task) => task.state === "Z")).toEqual([]);
  const shim = k.fork(1, { comm: "shim", subreaper: true });
  const middle = k.fork(shim.pid, { comm: "runc" });
  const left = k.fork(middle.pid, { comm: "left" });
  k.kill(middle.pid);
  expect(k.task(left.pid).ppid).toBe(shim.pid);
});

test("whoever passes the smallest limit above is killed in that group, and the counters say where", () => {
  const k = kernel();
  k.cgroups.make("/pod", { memoryMax: 100 * MiB });
  k.cgroups.make("/pod/a", { memoryMax: 90 * MiB });
  k.cgroups.make("/pod/b");
  const a = k.fork(1, { comm: "a", cgroup: "/pod/a", rssBytes: 20 * MiB });
  const b = k.fork(1, { comm: "b", cgroup: "/pod/b", rssBytes: 60 * MiB });
  expect(k.grow(a.pid, 15 * MiB), "95 MiB fit").toEqual([]);
  expect(k.grow(a.pid, 10 * MiB), "the pod's limit is hit: its largest process dies, whoever asked").toEqual([b.pid]);
  expect(k.cgroups.need("/pod").events).toMatchObject({ oom: 1, oomKill: 1 });
  expect(k.cgroups.need("/pod/b").local).toMatchObject({ oom: 0, oomKill: 1 });
  expect(k.cgroups.need("/pod/a").local).toMatchObject({ oom: 0, oomKill: 0 });
  expect(k.grow(a.pid, 60 * MiB), "its own limit is the smaller now").toEqual([a.pid]);
  expect(k.log.join("\n")).toContain("oom_memcg=/pod/a,task_memcg=/pod/a,task=a");
});

test("file cache is given back before anyone is killed", () => {
  const k = kernel();
  k.cgroups.make("/pod", { memoryMax: 100 * MiB }).cacheBytes = 50 * MiB;
  const a = k.fork(1, { comm: "a", cgroup: "/pod", rssBytes: 40 * MiB });
  expect(k.grow(a.pid, 40 * MiB)).toEqual([]);
  expect(k.cgroups.need("/pod").cacheBytes).toBe(20 * MiB);
  expect(k.cgroups.need("/pod").local.max).toBe(1);
});

test("a CPU quota holds back what is above it", () => {
  const k = kernel();
  k.cgroups.make("/pod", { cpuQuota: 50_000, cpuPeriod: 100_000 });
  k.fork(1, { comm: "busy", cgroup: "/pod", cores: 1 });
  k.pass(1000);
  expect(k.cgroups.need("/pod")).toMatchObject({ cpuUsec: 500_000, throttledUsec: 500_000, nrThrottled: 10 });
  expect(k.cgroups.need("/").cpuUsec).toBe(500_000);
});
