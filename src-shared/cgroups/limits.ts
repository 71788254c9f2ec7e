/**
 * Limits as they are set at one path, and limits that really hold there: the smallest over itself and its ancestors,
 * because the kernel charges each ancestor too (cgroup-v2.rst "Resource Distribution Models: Limits"). A tie goes to
 * the nearest. The node's size and cpuset are not limits here.
 */
import type { CgroupReport } from "../reports.ts";
import { type CgroupNode, fileOf, v2File } from "./tree.ts";
import { defined } from "./usage.ts";
import { cfsQuota, cpuMax, integer, limit, v1Limit } from "./values.ts";

export type Limits = CgroupReport["limits"];
export type Effective = CgroupReport["effective"];
type Which = keyof Limits & keyof Effective;

const KINDS: Which[] = [
  "memoryMaxBytes",
  "memoryHighBytes",
  "swapMaxBytes",
  "memoryAndSwapMaxBytes",
  "cpuMaxCores",
  "pidsMax",
];

/** What is set at this path; a kind that is not limited here is absent. */
export const limitsAt = (node: CgroupNode): Limits =>
  defined<Limits>({
    memoryMaxBytes: v1Limit(fileOf(node, "memory.limit_in_bytes")) ?? limit(v2File(node, "memory.max")),
    memoryHighBytes: limit(v2File(node, "memory.high")),
    swapMaxBytes: limit(v2File(node, "memory.swap.max")),
    memoryAndSwapMaxBytes: v1Limit(fileOf(node, "memory.memsw.limit_in_bytes")),
    cpuMaxCores:
      cfsQuota(fileOf(node, "cpu.cfs_quota_us"), fileOf(node, "cpu.cfs_period_us")) ?? cpuMax(v2File(node, "cpu.max")),
    pidsMax: limit(fileOf(node, "pids.max")),
  });

/** What holds at a path, from its own limits and what holds at its parent. */
export const effectiveAt = (path: string, own: Limits, parent: Effective | undefined): Effective => {
  const held: Effective = {};
  for (const kind of KINDS) {
    const here = own[kind];
    const above = parent?.[kind];
    if (here !== undefined && (above === undefined || here <= above.value)) held[kind] = { value: here, setBy: path };
    else if (above !== undefined) held[kind] = above;
  }
  return held;
};

/**
 * v1 before 5.11 charges ancestors only where memory.use_hierarchy is 1 (cgroup-v1/memory.rst 6): a child of a parent
 * with 0 answers to no one above it.
 */
export const inheritsMemory = (parent: CgroupNode): boolean => integer(fileOf(parent, "memory.use_hierarchy")) !== 0;

const MEMORY: Which[] = ["memoryMaxBytes", "memoryHighBytes", "swapMaxBytes", "memoryAndSwapMaxBytes"];

export const withoutMemory = (effective: Effective): Effective => {
  const rest = { ...effective };
  for (const kind of MEMORY) delete rest[kind];
  return rest;
};
