/**
 * memory.min and memory.low, level by level. What a parent protects is shared out among its children by what they use,
 * so a child's value is protection *up to* that and never more than any level above grants: a parent with 0 makes its
 * children's values worth nothing (cgroup-v2.rst memory.min; mm/page_counter.c effective_protection). With the mount
 * option memory_recursiveprot what children did not claim is spread to them too.
 */
import type { CgroupReport } from "../reports.ts";
import { lineage } from "./headroom.ts";

export interface ProtectionLevel {
  path: string;
  name: string;
  /** As set here; 0 where nothing is. */
  minBytes: number;
  lowBytes: number;
  /** At most this much of it can hold, for what the levels above grant. */
  minUpToBytes: number;
  lowUpToBytes: number;
}

/** From the top down to the path; the root, which has no protection, is left out. Empty on v1 and where no level protects. */
export const protectionLevels = (byPath: ReadonlyMap<string, CgroupReport>, path: string): ProtectionLevel[] => {
  const levels: ProtectionLevel[] = [];
  for (const one of lineage(byPath, path).reverse()) {
    if (one.path === "/") continue;
    const above = levels.at(-1);
    const minBytes = one.protection?.minBytes ?? 0;
    const lowBytes = one.protection?.lowBytes ?? 0;
    levels.push({
      path: one.path,
      name: one.name,
      minBytes,
      lowBytes,
      minUpToBytes: Math.min(minBytes, above?.minUpToBytes ?? Number.POSITIVE_INFINITY),
      lowUpToBytes: Math.min(lowBytes, above?.lowUpToBytes ?? Number.POSITIVE_INFINITY),
    });
  }
  return levels.some((level) => level.minBytes > 0 || level.lowBytes > 0) ? levels : [];
};
