/** A process of the demo node. */
import type { NamespaceInodes } from "../../src-shared/model.ts";

export interface Power {
  capEff: string;
  capBnd: string;
  noNewPrivs: boolean;
  seccomp: 0 | 2;
  label: string;
}

export interface Task {
  pid: number;
  ppid: number;
  startTicks: number;
  state: "S" | "R" | "Z";
  uid: number;
  comm: string;
  cmdline: string[];
  rssBytes: number;
  oomScoreAdj: number;
  ns: NamespaceInodes;
  pidForChildren?: number;
  cgroup: string;
  /** v1: hierarchies in which it is in another group. */
  elsewhere?: Record<string, string>;
  nsPids: number[];
  fds: { fd: number; inode: number }[];
  /** It waits for its children; one that does not leaves zombies. */
  reaps: boolean;
  /** Takes in orphans of its descendants: prctl(PR_SET_CHILD_SUBREAPER), as shims and conmon do. */
  subreaper: boolean;
  /** Cores it would use if nothing held it back. */
  cores: number;
  /** Memory it takes each second, a leak or a hog. Bytes. */
  growsBytes: number;
  cwd?: string;
  /** What it may do; its children may no more. */
  power: Power;
  listens: { protocol: "tcp" | "udp"; port: number }[];
}
