/** What the changing scripts look at before they act, on the model: identity, pins, who would end with a process. */
import { count } from "../../../src-shared/format.ts";
import type { NamespaceType } from "../../../src-shared/model.ts";
import { INITIAL } from "../kernel.ts";
import type { DemoNode } from "../node.ts";
import type { Task } from "../task.ts";
import { Refusal } from "./say.ts";

export interface Pair {
  type: NamespaceType;
  inode: number;
}

/** "net=4026532190" and so on. */
export const pairsOf = (args: readonly string[]): Pair[] =>
  args.map((arg) => {
    const [type = "", inode = ""] = arg.split("=");
    return { type: type as NamespaceType, inode: Number(inode) };
  });

/** What the real scripts' keep_groups takes off: how many, then each; and the pairs that follow. */
export function groupsAndPairs(args: readonly string[]): { groups: string[]; pairs: Pair[] } {
  const count = Number(args[0]);
  return { groups: args.slice(1, 1 + count), pairs: pairsOf(args.slice(1 + count)) };
}

/** "net:[4026532190]", or undefined where nothing is mounted. */
export function pinAt(node: DemoNode, path: string): string | undefined {
  const inode = node.kernel.pins.get(path);
  const space = inode === undefined ? undefined : node.kernel.spaces.get(inode);
  return space && `${space.type}:[${space.inode}]`;
}

export function enterProcess(node: DemoNode, pid: string, start: string, cgroup: string): Task {
  const task = node.kernel.tasks.get(Number(pid));
  if (!task || task.state === "Z") throw new Refusal("identity", `process ${pid} has ended`);
  if (task.startTicks !== Number(start))
    throw new Refusal("identity", `pid ${pid} is another process now than the plan's (start time ${start})`);
  if (task.cgroup !== cgroup)
    throw new Refusal("identity", `process ${pid} is in the group ${task.cgroup}, not in ${cgroup}`);
  return task;
}

export function sameNamespaces(task: Task, pairs: readonly Pair[]): void {
  for (const { type, inode } of pairs)
    if (task.ns[type] !== inode)
      throw new Refusal("identity", `the process is in ${type} ${task.ns[type]}, not in ${inode}`);
}

export function pinsHold(node: DemoNode, folder: string, pairs: readonly Pair[]): void {
  for (const { type, inode } of pairs) {
    const there = pinAt(node, `${folder}/${type}`);
    if (there !== `${type}:[${inode}]`)
      throw new Refusal("pinned", `${folder}/${type} holds ${there ?? "nothing"}, not ${type}:[${inode}]`);
  }
}

/** Nobody else is in its PID namespace or below it; a stand-in of ours is in the node's own and is no pid 1. */
export function aloneInPidNamespace(node: DemoNode, task: Task, standIn: boolean): void {
  if (standIn || task.ns.pid === INITIAL.pid) return;
  const others = [...node.kernel.tasks.values()].filter((other) => other !== task && other.state !== "Z");
  const same = others.filter((other) => other.ns.pid === task.ns.pid);
  if (same.length > 0)
    throw new Refusal(
      "pid-namespace",
      `in pause's PID namespace, and would end with it: ${same
        .slice(0, 10)
        .map((other) => other.pid)
        .join(" ")}`,
    );
  const below = others.filter((other) => other.nsPids.length > task.nsPids.length && isBelow(node, other, task.ns.pid));
  if (below.length > 0)
    throw new Refusal(
      "pid-namespace",
      `${count(below.length, "process lives", "processes live")} in PID namespaces below pause's and would end with it`,
    );
}

function isBelow(node: DemoNode, task: Task, ancestor: number | undefined): boolean {
  for (let at = task.ns.pid; at !== undefined; at = node.kernel.spaces.get(at)?.parent)
    if (at === ancestor) return true;
  return false;
}

/** The model's path of a folder below one of the hierarchies' mount points. */
export const groupPath = (folder: string): string =>
  folder.replace(
    /^\/sys\/fs\/cgroup(\/(unified|systemd|cpu,cpuacct|cpuset|devices|freezer|memory|pids)(?=\/|$))?/,
    "",
  ) || "/";
