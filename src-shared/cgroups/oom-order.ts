/**
 * The order in which the kernel would kill, in one OOM domain: the node, or a cgroup at its limit.
 * mm/oom_kill.c oom_badness(): points = rss + swap + page tables + oom_score_adj × size of the domain / 1000; the most
 * points die. oom_score_adj −1000, pid 1 of the node and kernel threads never do. Then, v2: memory.oom.group of the
 * topmost cgroup between victim and domain takes all its processes along (mm/memcontrol.c mem_cgroup_get_oom_group);
 * v1: with oom_kill_disable nobody dies, the whole domain stands still (cgroup-v1/memory.rst 10).
 */

import { bytes } from "../format.ts";
import { isLive } from "../liveness.ts";
import { lookup } from "../lookup.ts";
import type { Process, Snapshot } from "../model.ts";
import type { CgroupReport } from "../reports.ts";
import { headroom } from "./headroom.ts";
import { limitsAt } from "./limits.ts";
import { cgroupsOf } from "./report.ts";
import { type CgroupNode, type CgroupTree, fileOf, memoryPathOf, parentPath, v2File, within } from "./tree.ts";
import { keyed } from "./values.ts";

export interface OomCandidate {
  pid: number;
  comm: string;
  containerId?: string;
  podKey?: string;
  /** Bytes: what the kernel compares. May be negative. */
  points: number;
  rssBytes: number;
  swapBytes: number;
  pageTableBytes: number;
  oomScoreAdj: number;
  /** The cgroup that dies whole with it, and its other pids. */
  group?: { path: string; pids: number[] };
  /** Why it stands where it stands, in a sentence. */
  why: string;
}

export interface OomDomain {
  /** "/" is the node. */
  path: string;
  /** What points are measured against: the limit with the swap it may use, or all memory and swap of the node. */
  sizeBytes: number;
  /** First to die first. */
  order: OomCandidate[];
  /** Processes that the kernel never takes, and why. */
  spared: { pid: number; comm: string; why: string }[];
  /** v1: nobody is killed, the domain stops. */
  stops: boolean;
}

const NEVER = -1000;

/**
 * The domain that a cgroup's next out-of-memory would most likely begin in: the node where nothing limits it; else,
 * given all reports by path, the level with least left, because a charge fails wherever it does not fit first
 * (mm/page_counter.c page_counter_try_charge); without them the level that sets the effective limit.
 */
export const oomDomainOf = (report: CgroupReport, byPath?: ReadonlyMap<string, CgroupReport>): string =>
  (byPath && headroom(byPath, report.path)[0]?.path) ?? report.effective.memoryMaxBytes?.setBy ?? "/";

interface Queue {
  domain: CgroupNode | undefined;
  sizeBytes: number;
  order: OomCandidate[];
  spared: OomDomain["spared"];
  stops: boolean;
}

/** Who stands where in one domain, without groups and reasons: for many processes, of whom few will be shown. */
export const oomQueue = (snapshot: Snapshot, path = "/", swapTotalBytes = 0): Queue => {
  const domain = cgroupsOf(snapshot).tree.byPath.get(path);
  const sizeBytes =
    path === "/" || !domain ? snapshot.node.memoryBytes + swapTotalBytes : sizeOf(domain, snapshot, swapTotalBytes);
  const find = lookup(snapshot);
  const order: OomCandidate[] = [];
  const spared: OomDomain["spared"] = [];

  for (const process of snapshot.processes) {
    const at = memoryPathOf(process);
    if (!isLive(process) || (path !== "/" && (at === undefined || !within(at, path)))) continue;
    if (isKernelThread(process)) continue;
    const adjust = process.oomScoreAdj ?? 0;
    if (process.pid === 1 || adjust === NEVER) {
      const why = process.pid === 1 ? "pid 1 of the node is never taken" : "oom_score_adj -1000: never taken";
      spared.push({ pid: process.pid, comm: process.comm, why });
      continue;
    }
    const container = find.containerOfPid(process.pid);
    const swapBytes = process.swapBytes ?? 0;
    const pageTableBytes = process.pageTableBytes ?? 0;
    order.push({
      pid: process.pid,
      comm: process.comm,
      ...(container ? { containerId: container.id, podKey: container.podKey } : {}),
      points: process.rssBytes + swapBytes + pageTableBytes + shiftOf(adjust, sizeBytes, snapshot.node.pageSize),
      rssBytes: process.rssBytes,
      swapBytes,
      pageTableBytes,
      oomScoreAdj: adjust,
      why: "",
    });
  }
  order.sort((a, b) => b.points - a.points || a.pid - b.pid);
  const stops = domain !== undefined && keyed(fileOf(domain, "memory.oom_control"), "oom_kill_disable") === 1;
  return { domain, sizeBytes, order, spared, stops };
};

/** Points nearer than this change places from one reading to the next; bytes. */
const TIE = 1024 * 1024;

/** Who may be the next to die: the first in the order, and who stands so near that the next reading may turn it round. */
export const nextToDie = <C extends Pick<OomCandidate, "points">>(order: readonly C[]): C[] => {
  const [first] = order;
  return first === undefined ? [] : order.filter(({ points }) => first.points - points < TIE);
};

/** As good as equal ones by pid, else their places would flip with each reading. */
function steadily(order: readonly OomCandidate[]): OomCandidate[] {
  const out: OomCandidate[] = [];
  for (let at = 0; at < order.length; ) {
    const equal = [order[at] as OomCandidate];
    while (at + equal.length < order.length) {
      const next = order[at + equal.length] as OomCandidate;
      if ((equal[0] as OomCandidate).points - next.points >= TIE) break;
      equal.push(next);
    }
    out.push(...equal.sort((a, b) => a.pid - b.pid));
    at += equal.length;
  }
  return out;
}

/** Which group loses a process first (1), second, …: the groups that `groupOf` names, by their first victims. */
export function oomRanks<Group>(
  order: readonly OomCandidate[],
  groupOf: (candidate: OomCandidate) => Group | undefined,
): Map<Group, number> {
  const ranks = new Map<Group, number>();
  for (const candidate of steadily(order)) {
    const group = groupOf(candidate);
    if (group !== undefined && !ranks.has(group)) ranks.set(group, ranks.size + 1);
  }
  return ranks;
}

/** The order in one domain. `swapTotalBytes` of the node counts for the node's domain; unknown is taken as none. */
export const oomOrder = (snapshot: Snapshot, path = "/", swapTotalBytes = 0): OomDomain => {
  const { tree } = cgroupsOf(snapshot);
  const { sizeBytes, order, spared, stops } = oomQueue(snapshot, path, swapTotalBytes);
  const { process } = lookup(snapshot);
  const members = new Map<string, number[]>();
  for (const { pid } of order) {
    const at = memoryPathOf(process(pid)!);
    if (at === undefined) continue;
    const list = members.get(at);
    if (list) list.push(pid);
    else members.set(at, [pid]);
  }
  const groupAt = new Map<string, string | undefined>();
  const inGroup = new Map<string, number[]>();
  for (const [at, pids] of members) {
    const group = groupOf(tree, at, path);
    groupAt.set(at, group);
    if (group === undefined) continue;
    // Whoever is below a group has it for its topmost one too, so its members are found by that.
    inGroup.set(group, [...(inGroup.get(group) ?? []), ...pids]);
  }
  for (const candidate of order) {
    const group = groupAt.get(memoryPathOf(process(candidate.pid)!) ?? "");
    if (group !== undefined) {
      const pids = inGroup.get(group)!.filter((pid) => pid !== candidate.pid);
      candidate.group = { path: group, pids: pids.sort((a, b) => a - b) };
    }
    candidate.why = reason(candidate, shiftOf(candidate.oomScoreAdj, sizeBytes, snapshot.node.pageSize), path);
  }
  return { path, sizeBytes, order, spared, stops };
};

/** What oom_score_adj adds, as the kernel counts: whole pages, a thousandth of the domain cut to an integer first. */
const shiftOf = (adjust: number, sizeBytes: number, pageSize: number): number =>
  adjust * Math.floor(sizeBytes / pageSize / 1000) * pageSize;

/** Without its own memory: a kernel thread has no address space, no command line, and pid 2 or a child of it. */
const isKernelThread = (process: Process): boolean =>
  process.pid === 2 || (process.ppid === 2 && process.rssBytes === 0 && process.cmdline.length === 0);

/** The limit and the swap that may be used on top (mem_cgroup_get_max). */
const sizeOf = (node: CgroupNode, snapshot: Snapshot, swapTotalBytes: number): number => {
  const limits = limitsAt(node);
  const max = limits.memoryMaxBytes ?? snapshot.node.memoryBytes;
  const swap = limits.memoryAndSwapMaxBytes === undefined ? limits.swapMaxBytes : limits.memoryAndSwapMaxBytes - max;
  return max + Math.max(0, Math.min(swap ?? swapTotalBytes, swapTotalBytes));
};

/** The topmost cgroup between victim and domain with memory.oom.group, the domain included. */
const groupOf = (tree: CgroupTree, from: string, domain: string): string | undefined => {
  let group: string | undefined;
  for (let at: string | undefined = from; at !== undefined && at !== "/" && within(at, domain); at = parentPath(at)) {
    const node = tree.byPath.get(at);
    if (node && v2File(node, "memory.oom.group")?.trim() === "1") group = at;
  }
  return group;
};

const reason = (one: OomCandidate, shift: number, path: string): string => {
  const own = one.rssBytes + one.swapBytes + one.pageTableBytes;
  const where = path === "/" ? "the node's memory" : "the limit";
  const adjusted =
    one.oomScoreAdj === 0
      ? "oom_score_adj 0 changes nothing"
      : `oom_score_adj ${one.oomScoreAdj} ${shift > 0 ? "adds" : "takes off"} ${bytes(Math.abs(shift))} (${Math.abs(one.oomScoreAdj)} thousandths of ${where})`;
  const group = one.group ? `; memory.oom.group takes ${one.group.pids.length} more along` : "";
  return `holds ${bytes(own)}; ${adjusted}${group}`;
};

/**
 * What /proc/PID/oom_score shows for these points at node level (fs/proc/base.c proc_oom_score):
 * (1000 + points · 1000 / total) · 2 / 3, at least 0. A check on ours.
 */
export const oomScoreOf = (points: number, totalBytes: number): number =>
  Math.max(0, Math.trunc(((1000 + Math.trunc((points * 1000) / totalBytes)) * 2) / 3));
