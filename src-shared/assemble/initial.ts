/**
 * Which namespaces are the node's own. They are PID 1's; where those cannot be read, kthreadd's (pid 2); else the
 * numbers that the kernel fixes for all but net and mnt (include/linux/proc_ns.h).
 */
import { type Gap, NAMESPACE_TYPES, type NamespaceInodes, type NamespaceType } from "../model.ts";
import type { Reading } from "../reading.ts";

const FIXED: NamespaceInodes = {
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
  const inodes: NamespaceInodes = {};
  const gaps: Gap[] = [];
  for (const type of NAMESPACE_TYPES) {
    const inode = first?.ns[type] ?? kthreadd?.ns[type] ?? FIXED[type];
    if (inode !== undefined) inodes[type] = inode;
    else if (reading.processes.length > 0) gaps.push(unknownInitial(type));
  }
  const own = reading.node.self.pid;
  if (own !== undefined && own !== FIXED.pid) {
    gaps.push({
      what: "the node itself",
      why: `this "node" is a container: its PID namespace is ${own}, not the kernel's first; the host around it cannot be seen`,
      count: 1,
      mend: "log in to the machine that runs this container",
    });
  }
  return { inodes, gaps };
}

const unknownInitial = (type: NamespaceType): Gap => ({
  what: `the node's own ${type} namespace`,
  why: "neither /proc/1/ns nor /proc/2/ns can be read, and the kernel gives this type no fixed number",
  count: 1,
  mend: "log in as root, or allow sudo -n",
});
