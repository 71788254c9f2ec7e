/**
 * Which namespaces are the node's own. They are PID 1's; where those cannot be read, kthreadd's (pid 2); else the
 * numbers that the kernel fixes for all but net and mnt (include/linux/proc_ns.h).
 */
import { gap } from "../gaps.ts";
import { type Gap, NAMESPACE_TYPES, type NamespaceInodes, type NamespaceType } from "../model.ts";
import type { Reading } from "../reading.ts";

/** The kernel's fixed numbers where it has them (include/linux/proc_ns.h). */
export const FIXED: Record<Exclude<NamespaceType, "net" | "mnt">, number> = {
  time: 4026531834,
  cgroup: 4026531835,
  pid: 4026531836,
  user: 4026531837,
  uts: 4026531838,
  ipc: 4026531839,
};

export function initialNamespaces(reading: Reading): { inodes: NamespaceInodes; gaps: Gap[] } {
  const first = reading.processes.find((process) => process.pid === 1);
  const second = reading.processes.find((process) => process.pid === 2);
  const kthreadd = second?.comm === "kthreadd" && second.ppid === 0 ? second : undefined;
  const fixed: NamespaceInodes = FIXED;
  const inodes: NamespaceInodes = {};
  const gaps: Gap[] = [];
  for (const type of NAMESPACE_TYPES) {
    const inode = first?.ns[type] ?? kthreadd?.ns[type] ?? fixed[type];
    if (inode !== undefined) inodes[type] = inode;
    else if (reading.processes.length > 0)
      gaps.push(gap({ code: "own-namespace", type }, { code: "no-initial" }, 1, "root-login"));
  }
  const own = reading.node.self.pid;
  if (own !== undefined && own !== FIXED.pid) {
    gaps.push(gap({ code: "node-itself" }, { code: "node-in-container", inode: own }, 1, "machine-itself"));
  }
  return { inodes, gaps };
}
