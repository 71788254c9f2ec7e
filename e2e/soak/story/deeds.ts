/** Three pods of a CRI runtime with a real pause, and what is done to them. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pinsFolder } from "../../../src-main/actions/folder.ts";
import type { EventKind } from "../../../src-shared/events/event.ts";
import type { ContainerdNode, CriPod } from "../../nodes/containerd.ts";
import type { Watched } from "./watched.ts";

const MiB = 1024 * 1024;

export interface Actor {
  name: string;
  key: string;
  pod: CriPod;
}

export interface Step {
  what: string;
  /** The pod's key. */
  pod: string;
  /** Kinds of event that it must make, each so often; findings are rules' own, and are not counted. */
  expected: Partial<Record<EventKind, number>>;
  /** What a reading may show that fell into the middle of it. */
  may?: EventKind;
  work(): Promise<void>;
}

export type Deed = Omit<Step, "work"> & { fromMs: number; toMs: number };

export async function actors(node: ContainerdNode): Promise<Actor[]> {
  const made: Actor[] = [];
  for (const name of ["story-killed", "story-worked", "story-pinned"]) {
    const containers = [{ name: "app", memory: 64 * MiB }, { name: "side" }];
    const pod = await node.pod({ name, namespace: "story", containers });
    made.push({ name, key: `containerd/${pod.id}`, pod });
  }
  return made;
}

/** The folder of a process's group that limits its memory, on either version of cgroups. */
function memoryGroup(pid: number): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n");
  const path = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0];
  const old = path(/^\d+:(?:.*,)?memory(?:,.*)?:(.*)$/);
  return old === undefined ? join("/sys/fs/cgroup", path(/^0::(.*)$/) ?? "") : join("/sys/fs/cgroup/memory", old);
}

export function* story(node: ContainerdNode, [killed, worked, pinned]: Actor[], watched: Watched): Generator<Step> {
  if (killed === undefined || worked === undefined || pinned === undefined) throw new Error("a pod is missing");
  const pidOf = async (id: string, kind: "sandbox" | "container") => {
    const pid = await node.pidOf(id, kind);
    if (pid === undefined) throw new Error(`${id} has no process`);
    return pid;
  };
  const idOf = ({ pod }: Actor, name: string): string => pod.containers[name] ?? "";
  /** As a kubelet does: the record of the one before stays. */
  const again = async (actor: Actor, name: string, attempt: number, memory?: number) => {
    actor.pod.containers[name] = await node.add(actor.pod, { name, attempt, memory });
  };
  yield {
    what: "a container runs out of memory",
    pod: worked.key,
    expected: { "oom-kill": 1 },
    async work() {
      const grow = `echo $$ >"$1/cgroup.procs"; head -c ${200 * MiB} /dev/zero | tail >/dev/null`;
      // It is killed, which is what is wanted.
      spawnSync("sh", ["-c", grow, "sh", memoryGroup(await pidOf(idOf(worked, "app"), "container"))]);
    },
  };
  yield {
    what: "a limit is changed",
    pod: worked.key,
    expected: { "limit-changed": 1 },
    async work() {
      const group = memoryGroup(await pidOf(idOf(worked, "app"), "container"));
      const file = ["memory.max", "memory.limit_in_bytes"].find((name) => existsSync(join(group, name)));
      writeFileSync(join(group, file ?? ""), String(48 * MiB));
    },
  };
  yield {
    what: "a container is restarted at once",
    pod: worked.key,
    expected: { "container-restarted": 1 },
    may: "container-ended",
    async work() {
      process.kill(await pidOf(idOf(worked, "side"), "container"), "SIGKILL");
      await again(worked, "side", 1);
    },
  };
  yield {
    what: "a container ends, and is started again three seconds later",
    pod: worked.key,
    expected: { "container-ended": 1, "container-restarted": 1 },
    async work() {
      process.kill(await pidOf(idOf(worked, "side"), "container"), "SIGKILL");
      await sleep(3_000);
      await again(worked, "side", 2);
    },
  };
  yield {
    what: "a pod is pinned",
    pod: pinned.key,
    expected: { action: 1, "pin-new": 3 },
    work: () => watched.act("pin", pinned.key),
  };
  yield {
    what: "it loses its pause",
    pod: pinned.key,
    expected: { action: 1, "sandbox-changed": 1 },
    work: () => watched.act("drop", pinned.key),
  };
  yield {
    what: "a pin is taken away by hand",
    pod: pinned.key,
    expected: { "pin-gone": 1 },
    async work() {
      execFileSync("umount", [`${pinsFolder(pinned.key)}/uts`]);
    },
  };
  yield {
    what: "a pause is killed",
    pod: killed.key,
    expected: { "sandbox-changed": 1 },
    async work() {
      process.kill(await pidOf(killed.pod.id, "sandbox"), "SIGKILL");
    },
  };
  yield {
    what: "a pod goes",
    pod: killed.key,
    expected: { "pod-gone": 1 },
    async work() {
      await node.remove(killed.pod.id);
    },
  };
}
