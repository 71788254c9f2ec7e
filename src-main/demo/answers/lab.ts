/** Answers the lab's scripts (src-main/lab): pods made by hand on the demo node, with the same parts as on a real one. */
import { parseLabManifest } from "../../../src-shared/manifests.ts";
import { hexId } from "../identity.ts";
import type { DemoNode } from "../node.ts";
import { MiB } from "../scene.ts";
import type { Task } from "../task.ts";
import type { Answer } from "./answer.ts";
import { Refusal, scripted } from "./say.ts";

const LAB = "/run/podglass/lab";
/** What a hog's `tail /dev/zero` takes a second, slow enough to watch. */
const HOG_BYTES_A_SECOND = 24 * MiB;

const up = scripted(async ({ node, args }, say, ask) => {
  const [
    name = "",
    sandbox = "pause",
    containers = "1",
    sharePid = "0",
    memory = "0",
    quota = "0",
    zombies = "0",
    hog = "0",
  ] = args;
  const sysctls = Object.fromEntries(
    (args[11] ?? "")
      .split("\n")
      .filter(Boolean)
      .map((pair) => [pair.split("=")[0] ?? "", pair.split("=")[1] ?? ""]),
  );
  const { kernel } = node;
  const dir = `${LAB}/${name}`;
  const group = `/podglass-lab/${name}`;
  if (node.files.has(`${dir}/manifest.json`))
    throw new Refusal("exists", `there is a lab pod ${name} already: podglass lab down takes it away`);
  say("step", "cgroups");
  const limits = (times: number) => ({
    ...(memory === "0" ? {} : { memoryMax: Number(memory) * times }),
    ...(quota === "0" ? {} : { cpuQuota: Number(quota) * times, cpuPeriod: 100_000 }),
  });
  kernel.cgroups.make(group, limits(Number(containers)));
  say("ok", "cgroups", `${group.slice(1)} in 1 hierarchies`);

  say("step", "sandbox");
  const net = kernel.unshare("net").inode;
  const ipc = kernel.unshare("ipc").inode;
  const uts = kernel.unshare("uts").inode;
  let pause: Task | undefined;
  if (sandbox === "pause")
    pause = kernel.fork(1, {
      comm: "pause",
      cmdline: ["/pause"],
      cgroup: `${group}/pause`,
      rssBytes: 24 * 1024,
      ns: { net, ipc, uts, mnt: "new", pid: "new" },
    });
  else
    for (const [type, inode] of Object.entries({ net, ipc, uts })) {
      kernel.bind(`${dir}/pins/${type}`, inode);
    }
  say("ok", "sandbox", sandbox, pause?.pid ?? "without a process");

  say("step", "network");
  const number = Number.parseInt(hexId("lab", name).slice(0, 4), 16) % 32_768;
  const address = `198.${18 + (number >> 14)}.${(number >> 7) & 127}.${(number & 127) * 2 + 1}`;
  const space = kernel.space("net", net);
  space.addresses.push({ interface: "eth0", address, prefix: 31 });
  Object.assign(space.sysctls, sysctls);
  say("ok", "network", `${address} on eth0, pgl${number} outside`);

  say("step", "containers");
  const tasks = Array.from({ length: Number(containers) }, (_, i) => {
    const first = i === 0;
    const path = kernel.cgroups.make(`${group}/c${i + 1}`, limits(1)).path;
    const task = kernel.fork(1, {
      comm: "sleep",
      cmdline: ["sleep", "2147483647"],
      cgroup: path,
      rssBytes: 900 * 1024,
      reaps: false,
      ns: { net, ipc, uts, mnt: "new", pid: sharePid === "1" && pause?.ns.pid ? pause.ns.pid : "new" },
    });
    for (let z = 0; first && z < Number(zombies); z++)
      kernel.kill(kernel.fork(task.pid, { comm: "sleep", rssBytes: 900 * 1024 }).pid);
    if (first && hog === "1")
      kernel.fork(task.pid, {
        comm: "tail",
        cmdline: ["tail", "/dev/zero"],
        rssBytes: MiB,
        cores: 0.2,
        growsBytes: HOG_BYTES_A_SECOND,
      });
    return task;
  });
  say("ok", "containers", containers);
  const processes = [...(pause ? [pause] : []), ...tasks].flatMap(({ pid, startTicks }) => [pid, startTicks]);
  const manifest = await ask(node.reading().node.bootId, net, ipc, uts, address, `pgl${number}`, ...processes);
  node.files.set(`${dir}/manifest.json`, manifest);
});

const labPods = (node: DemoNode): string[] =>
  [...node.files.keys()].flatMap((path) => /^\/run\/podglass\/lab\/([^/]+)\/manifest\.json$/.exec(path)?.[1] ?? []);

const list = scripted(({ node }, say) => {
  for (const name of labPods(node)) {
    say("pod", name);
    say("manifest", node.files.get(`${LAB}/${name}/manifest.json`) ?? "");
    for (const path of node.kernel.pins.keys()) if (path.startsWith(`${LAB}/${name}/`)) say("mount", path);
  }
  for (const path of node.kernel.cgroups.groups.keys()) {
    if (path !== "/podglass-lab" && !path.startsWith("/podglass-lab/")) continue;
    say("group", path, "/sys/fs/cgroup");
    for (const task of node.kernel.tasks.values())
      if (task.cgroup === path && task.state !== "Z") say("member", task.pid);
  }
  for (const [path, text] of node.files)
    if (/^\/run\/podglass\/pins\/[^/]+\/manifest\.json$/.test(path)) say("pins", text);
});

const down = scripted(({ node, args }, say) => {
  const { kernel } = node;
  for (let at = 0; at + 1 < args.length; at += 2) {
    const [name = "", pins = ""] = args.slice(at, at + 2);
    say("step", name);
    for (const task of [...kernel.tasks.values()])
      if (
        kernel.cgroups.isBelow(task.cgroup, `/podglass-lab/${name}`) &&
        kernel.tasks.has(task.pid) &&
        task.state !== "Z"
      )
        kernel.kill(task.pid);
    kernel.cgroups.remove(`/podglass-lab/${name}`);
    for (const path of [...kernel.pins.keys()])
      if (path.startsWith(`${LAB}/${name}/`) || (pins !== "" && path.startsWith(`${pins}/`))) kernel.unmount(path);
    for (const path of [...node.files.keys()])
      if (path.startsWith(`${LAB}/${name}/`) || (pins !== "" && path.startsWith(`${pins}/`))) node.files.delete(path);
    say("ok", name, "removed");
  }
  if (labPods(node).length === 0) kernel.cgroups.remove("/podglass-lab");
});

const operation = scripted(async ({ node, args }, say, ask) => {
  const [what = "", name = "", member = "", pid = "", start = "", bytes = "0", , pause = "", pauseStart = ""] = args;
  const { kernel } = node;
  const path = `${LAB}/${name}/manifest.json`;
  const manifest = parseLabManifest(node.files.get(path) ?? "");
  if (!manifest) throw new Refusal("pod", `there is no lab pod ${name} on this node`);
  const living = (wanted: string, ticks: string) => {
    const task = kernel.tasks.get(Number(wanted));
    return task && task.state !== "Z" && task.startTicks === Number(ticks) ? task : undefined;
  };
  const task = living(pid, start);
  const group = `${manifest.cgroupPath}${member && `/${member}`}`;
  say("step", what);
  if ((what === "kill" || what === "grow") && !task) throw new Refusal("identity", `process ${pid} has ended`);
  if (what === "kill") {
    kernel.kill(Number(pid));
    say("ok", "kill", `process ${pid} was killed`);
  } else if (what === "grow" && task) {
    const taker = kernel.fork(task.pid, { comm: "tail", cmdline: ["tail"], rssBytes: 0 });
    const killed = kernel.grow(taker.pid, Number(bytes));
    const says =
      killed.length > 0
        ? `that was too much: the kernel killed a process in ${group.slice(1)}`
        : `${member} uses ${Math.floor(kernel.charged(group) / 2 ** 20)} MiB`;
    say("ok", "grow", says);
  } else if (what === "limit") {
    kernel.cgroups.make(group, { memoryMax: Number(bytes) });
    say("ok", "limit", `/sys/fs/cgroup${group}/memory.max is ${bytes}`);
  } else if (what === "restart") {
    const holder = living(pause, pauseStart);
    const sharesPid = holder !== undefined && task?.ns.pid === holder.ns.pid;
    if (task) kernel.kill(task.pid);
    if (pause !== "" && !holder)
      throw new Refusal(
        "sandbox",
        `/proc/${pause}/ns/net: no such process. The container joins its pod through pause, and pause is gone`,
      );
    const again = kernel.fork(1, {
      comm: "sleep",
      cmdline: ["sleep", "2147483647"],
      cgroup: group,
      rssBytes: 900 * 1024,
      reaps: false,
      ns: { ...manifest.namespaces, mnt: "new", pid: sharesPid && holder.ns.pid ? holder.ns.pid : "new" },
    });
    node.files.set(path, await ask(again.pid, again.startTicks));
    say("ok", "restart", `${member} runs again as pid ${again.pid}`);
  }
});

export const labAnswers: [string, Answer][] = [
  ["lab-do", operation],
  ["lab-up", up],
  ["lab-down", down],
  ["lab-list", list],
];
