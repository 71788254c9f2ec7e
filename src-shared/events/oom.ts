/**
 * Kills by the OOM killer, each told once: by the counter that moved, and by the kernel log, which comes later (it is a
 * slow place) and knows the victim.
 */

import { cgroupsOf } from "../cgroups/report.ts";
import { type CgroupNode, fileOf, parentPath, v2File } from "../cgroups/tree.ts";
import { keyed } from "../cgroups/values.ts";
import { count, inert, inertPath } from "../format.ts";
import type { Container, OomKill, Pod, Snapshot } from "../model.ts";
import { containerName, type Happening, podName } from "./event.ts";

interface Kills {
  count: number;
  /** The counter is of this group alone (memory.events.local, v1's memory.oom_control); else of all below as well. */
  local: boolean;
}

function killsAt(node: CgroupNode): Kills | undefined {
  const own =
    keyed(v2File(node, "memory.events.local"), "oom_kill") ?? keyed(fileOf(node, "memory.oom_control"), "oom_kill");
  if (own !== undefined) return { count: own, local: true };
  const all = keyed(v2File(node, "memory.events"), "oom_kill");
  return all === undefined ? undefined : { count: all, local: false };
}

export interface KillsIn {
  path: string;
  kills: number;
  /** The counter is hierarchical, and no group below it that lives has moved by as much. */
  below: boolean;
}

/** Groups whose own counter moved between two readings of one boot; a group that is new counts from its making. */
function killsBetween(before: Snapshot, after: Snapshot): KillsIn[] {
  const old = new Map(cgroupsOf(before).tree.nodes.map((node) => [node.path, killsAt(node)]));
  const moved = new Map<string, Kills>();
  for (const node of cgroupsOf(after).tree.nodes) {
    const is = killsAt(node);
    const was = old.get(node.path);
    // A group that was there and whose counter was not read tells nothing of the time between.
    if (is === undefined || (was === undefined && old.has(node.path))) continue;
    const kills = is.count - (was !== undefined && is.count >= was.count ? was.count : 0);
    if (kills > 0) moved.set(node.path, { count: kills, local: is.local });
  }
  // A hierarchical counter repeats what a group below it says: what remains after those is its own, or of one that is gone.
  const told = new Map<string, number>();
  const found: KillsIn[] = [];
  for (const [path, { count, local }] of [...moved].sort(([a], [b]) => depth(b) - depth(a))) {
    const kills = local ? count : count - (told.get(path) ?? 0);
    if (kills > 0) {
      found.push({ path, kills, below: !local });
      for (let up = parentPath(path); up !== undefined; up = parentPath(up)) told.set(up, (told.get(up) ?? 0) + kills);
    }
  }
  return found;
}

const depth = (path: string): number => (path === "/" ? 0 : path.split("/").length);

/** Kills that the log tells and did not tell before, by its own lines. */
function loggedBetween(before: Snapshot, after: Snapshot): OomKill[] {
  const [old, now] = [logOf(before), logOf(after)];
  if (old === undefined || now === undefined || now === old) return [];
  const known = new Set(old.map(({ line }) => line));
  return now.filter(({ line }) => !known.has(line));
}

/** undefined: it was not read. Without a kill in it a reading says nothing of it, but for a gap where it could not be read. */
const logOf = ({ oomKills, deep, gaps }: Snapshot): readonly OomKill[] | undefined =>
  oomKills ?? (deep === true && !gaps.some(({ what }) => what === "the kernel log") ? [] : undefined);

/** The kernel's clock stands still while a machine sleeps, and a line of it has no other: one from the future is wrong. */
const timeOf = ({ at }: OomKill, { takenAt }: Snapshot): string | undefined =>
  at !== undefined && Date.parse(at) <= Date.parse(takenAt) + 1000 ? at : undefined;

/** Remembers which kills were told by a counter, so that the log line that follows is not a second one. */
export class OomEvents {
  #told = new Map<string, number>();

  between(before: Snapshot, after: Snapshot): Happening[] {
    const logged = loggedBetween(before, after);
    const counted = killsBetween(before, after);
    const happened: Happening[] = [];
    for (const kill of logged) {
      const path = kill.cgroup ?? "";
      const known = this.#told.get(path) ?? 0;
      if (known > 0) {
        this.#told.set(path, known - 1);
        continue;
      }
      const count = counted.find((one) => one.path === path);
      if (count !== undefined) count.kills -= 1;
      happened.push(
        said(kill.cgroup, after, before, `the OOM killer ended process ${kill.pid} (${inert(kill.comm, 32)})`, kill),
      );
    }
    for (const { path, kills, below } of counted) {
      if (kills <= 0) continue;
      this.#told.set(path, (this.#told.get(path) ?? 0) + kills);
      const victims = kills === 1 ? "a process" : count(kills, "process", "processes");
      const place = below ? ` in ${inertPath(path)} or below it` : ` in ${inertPath(path)}`;
      happened.push({
        ...said(path, after, before, `the OOM killer ended ${victims}`, undefined, place),
        after: { cgroup: path, kills },
      });
    }
    return happened;
  }
}

function said(
  path: string | undefined,
  after: Snapshot,
  before: Snapshot,
  text: string,
  kill?: OomKill,
  otherwise = "",
): Happening {
  const container = path === undefined ? undefined : (containerAt(path, after) ?? containerAt(path, before));
  const pod = podOf(path, container, after) ?? podOf(path, container, before);
  const where = [
    ...(container === undefined ? [] : [`container ${containerName(container)}`]),
    ...(pod === undefined ? [] : [`pod ${podName(pod)}`]),
  ].join(" of ");
  const at = kill && timeOf(kill, after);
  return {
    kind: "oom-kill",
    ...(at === undefined ? {} : { at }),
    ...(pod === undefined ? {} : { pod: pod.key }),
    ...(container === undefined ? {} : { container: container.id }),
    text: where === "" || otherwise.includes("below") ? `${text}${otherwise}` : `${text} of ${where}`,
    ...(kill === undefined
      ? {}
      : { after: { pid: kill.pid, comm: kill.comm, cgroup: kill.cgroup, limitCgroup: kill.limitCgroup } }),
  };
}

/** The container whose group it is, or that is right above it (crun's <scope>/container). */
const containerAt = (path: string, { containers }: Snapshot): Container | undefined =>
  containers.find(({ cgroupPath }) => cgroupPath !== "" && (cgroupPath === path || path.startsWith(`${cgroupPath}/`)));

function podOf(path: string | undefined, container: Container | undefined, { pods }: Snapshot): Pod | undefined {
  if (container?.podKey !== undefined) return pods.find(({ key }) => key === container.podKey);
  if (path === undefined) return undefined;
  return pods.find(({ cgroupPath }) => cgroupPath && (cgroupPath === path || path.startsWith(`${cgroupPath}/`)));
}
