/** The rarer things that go wrong on a node: for the sick scenes, so that each finding has something to find. */
import { count } from "../../src-shared/format.ts";
import type { NamespaceType } from "../../src-shared/model.ts";
import type { Kernel } from "./kernel.ts";
import { type MadePod, RuntimeError } from "./runtimes.ts";
import { MiB, type Mishap } from "./scene.ts";

type Rare = Exclude<
  Mishap,
  { do: "kill-pause" | "kill-container" | "restart-container" | "grow" | "zombies" | "orphan-pin" }
>;

/** What can be disturbed: a kernel, and the places that a scene names. */
interface Disturbable {
  readonly kernel: Kernel;
  pod(name: string): MadePod;
  pidOf(pod: string, container: string): number;
  groupOf(place: string): string;
}

/** Returns a sentence on what happened. */
export function disturb(node: Disturbable, mishap: Rare): string {
  const { kernel } = node;
  switch (mishap.do) {
    case "empty-group":
      return `${kernel.cgroups.make(mishap.place).path} was left behind`;
    case "limits": {
      const { do: _, place, ...limits } = mishap;
      return `${kernel.cgroups.make(node.groupOf(place), limits).path} has new limits`;
    }
    case "pressure": {
      const { do: _, place, ...pressure } = mishap;
      const group = kernel.cgroups.need(node.groupOf(place));
      Object.assign(group.pressure, pressure);
      return `${group.path} is under pressure`;
    }
    case "freeze": {
      const group = kernel.cgroups.need(node.groupOf(mishap.place));
      group.frozen = true;
      return `${group.path} is frozen`;
    }
    case "withhold": {
      const group = kernel.cgroups.need(node.groupOf(mishap.place));
      group.withheld = mishap.controller;
      return `${group.path} has no ${mishap.controller} controller any more`;
    }
    case "invalid-group": {
      const group = kernel.cgroups.make(mishap.place);
      group.invalid = true;
      return `${group.path} can hold nothing`;
    }
    case "fork": {
      const pid = node.pidOf(mishap.pod, mishap.container);
      for (let i = 0; i < mishap.count; i++)
        kernel.fork(pid, { comm: "worker", cmdline: ["worker"], rssBytes: MiB / 4 });
      return `${mishap.container} of ${mishap.pod} has ${count(mishap.count, "child", "children")} more`;
    }
    case "oom-score-adj":
      kernel.task(node.pidOf(mishap.pod, mishap.container)).oomScoreAdj = mishap.value;
      return `somebody wrote ${mishap.value} to oom_score_adj`;
    case "hold-fd": {
      const inode = node.pod(mishap.pod).shared[mishap.type];
      if (inode === undefined) throw new RuntimeError(`pod ${mishap.pod} shares no ${mishap.type} namespace`);
      const agent = kernel.fork(1, { comm: "node-exporter", cmdline: ["/usr/bin/node-exporter"], rssBytes: 12 * MiB });
      kernel.openFd(agent.pid, inode);
      return `node-exporter holds the ${mishap.type} namespace of ${mishap.pod} open`;
    }
    case "join":
      return join(node, mishap.pod, mishap.container, mishap.type, mishap.other);
    case "move": {
      const task = kernel.task(node.pidOf(mishap.pod, mishap.container));
      const path = kernel.cgroups.need(node.groupOf(mishap.place)).path;
      if (mishap.hierarchy) task.elsewhere = { ...task.elsewhere, [mishap.hierarchy]: path };
      else task.cgroup = path;
      return `${mishap.container} of ${mishap.pod} was moved to ${path}`;
    }
    case "stray":
      kernel.fork(1, {
        comm: mishap.comm,
        cmdline: [mishap.comm, "2147483647"],
        cgroup: kernel.cgroups.make(mishap.place).path,
        rssBytes: 700 * 1024,
      });
      return `${mishap.comm} was left behind in ${mishap.place}`;
    case "unplug": {
      const inode = node.pod(mishap.pod).shared.net;
      if (inode === undefined) throw new RuntimeError(`pod ${mishap.pod} shares no net namespace`);
      kernel.space("net", inode).unplugged = true;
      return `the other end of the wire of ${mishap.pod} is on no bridge any more`;
    }
    case "copy-pin": {
      const inode = kernel.pins.get(mishap.path);
      if (inode === undefined) throw new RuntimeError(`nothing is mounted at ${mishap.path}`);
      kernel.copies.push({ pid: node.pidOf(mishap.pod, mishap.container), path: mishap.path, inode });
      kernel.unmount(mishap.path);
      return `${mishap.path} was unmounted; the mount namespace of ${mishap.container} still has a copy`;
    }
  }
}

/** As setns(2) would, and for pid as a container started so: its number 1 is another's. */
function join(node: Disturbable, pod: string, container: string, type: NamespaceType, other: string): string {
  const { kernel } = node;
  const task = kernel.task(node.pidOf(pod, container));
  const [otherPod = "", otherContainer] = other.split("/");
  const target =
    other === "new"
      ? kernel.unshare(type).inode
      : otherContainer
        ? kernel.task(node.pidOf(otherPod, otherContainer)).ns[type]
        : node.pod(otherPod).shared[type];
  if (target === undefined) throw new RuntimeError(`${other} has no ${type} namespace to join`);
  task.ns[type] = target;
  if (type === "pid") task.nsPids = [task.pid, kernel.space("pid", target).nextPid++];
  kernel.sweep();
  return `${container} of ${pod} is in the ${type} namespace of ${other}`;
}
