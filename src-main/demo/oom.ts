/**
 * The kernel's choice when a group is at its limit (mm/oom_kill.c, oom_badness): resident + swap + page tables, plus
 * oom_score_adj thousandths of the domain's size; -1000 is never chosen. Then memory.oom.group may take the whole group.
 */
import type { CgroupTree, Group } from "./cgroups.ts";
import type { Task } from "./task.ts";

const PAGE = 4096;

/** What the OOM killer needs of a kernel. */
interface Killer {
  readonly tasks: ReadonlyMap<number, Task>;
  readonly cgroups: CgroupTree;
  readonly log: string[];
  readonly memoryBytes: number;
  uptimeMs(): number;
  end(task: Task): void;
}

/** In bytes; -Infinity: never. */
export const badness = (task: Task, domainBytes: number): number =>
  task.oomScoreAdj === -1000 || task.state === "Z"
    ? Number.NEGATIVE_INFINITY
    : task.rssBytes + PAGE * 20 + (task.oomScoreAdj * domainBytes) / 1000;

/** Kills within the group whose limit was hit and writes what dmesg would say. Returns the victims' pids. */
export function oomKill(kernel: Killer, over: Group): number[] {
  const limit = over.limits.memoryMax ?? kernel.memoryBytes;
  const inside = [...kernel.tasks.values()].filter((task) => kernel.cgroups.isBelow(task.cgroup, over.path));
  let victim: Task | undefined;
  for (const task of inside) {
    if (badness(task, limit) === Number.NEGATIVE_INFINITY) continue;
    if (!victim || badness(task, limit) > badness(victim, limit)) victim = task;
  }
  kernel.cgroups.count(over.path, "oom");
  if (!victim) return [];
  const whole = groupOf(kernel, victim, over);
  const victims = whole
    ? inside.filter((task) => kernel.cgroups.isBelow(task.cgroup, whole.path) && task.oomScoreAdj !== -1000)
    : [victim];
  const at = (kernel.uptimeMs() / 1000).toFixed(6).padStart(12);
  const say = (line: string) => kernel.log.push(`[${at}] ${line}`);
  say(`${victim.comm} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=${victim.oomScoreAdj}`);
  say(
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${over.path},` +
      `task_memcg=${victim.cgroup},task=${victim.comm},pid=${victim.pid},uid=${victim.uid}`,
  );
  for (const task of victims) {
    if (task.state === "Z") continue;
    const kb = Math.round(task.rssBytes / 1024);
    say(
      `Memory cgroup out of memory: Killed process ${task.pid} (${task.comm}) total-vm:${kb + 1024}kB, anon-rss:${kb}kB, ` +
        `file-rss:0kB, shmem-rss:0kB, UID:${task.uid} pgtables:80kB oom_score_adj:${task.oomScoreAdj}`,
    );
    kernel.cgroups.count(task.cgroup, "oomKill");
    kernel.end(task);
  }
  return victims.map((task) => task.pid);
}

/** The topmost group with memory.oom.group on the way from the victim to the group at its limit. */
function groupOf(kernel: Killer, victim: Task, over: Group): Group | undefined {
  let found: Group | undefined;
  for (const group of kernel.cgroups.ancestors(victim.cgroup)) {
    if (group.limits.oomGroup) found = group;
    if (group.path === over.path) break;
  }
  return found;
}
