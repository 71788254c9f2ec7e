/**
 * Raw facts, as the probe's reader hands them to assemble(): typed, but nothing concluded yet.
 * The reader (src-main/probe) fills it from a node's text; fixtures fill it from recorded trees.
 * Everything in here came from a node and is hostile text.
 */
import type { Flat, Values, Wire } from "./fields.ts";
import type { Gap, NamespaceType, Privilege } from "./model.ts";

type AllOf<K extends "p" | "m" | "r" | "s"> = Omit<Wire<K>, "pid" | "groups" | "spaces" | "rssPages">;
/** Of a moment: what a reading by hand, a fixture or the demo may not have. */
type Memory = AllOf<"m">;

/** A process, from the records `p`, `m`, `w`, `r` and `s` of fields.ts. */
export type RawProcess = Flat<
  { pid: number } & AllOf<"p"> &
    Pick<Memory, "state"> &
    Partial<Omit<Memory, "state">> & {
      rssBytes: number;
      /** Inode of each link that could be read. */
      ns: Values["links"];
      /** Lines of /proc/PID/cgroup: second field (empty for v2) to path. */
      cgroup: Values["groups"];
      /** smaps_rollup in bytes, where it was read. */
      smaps?: AllOf<"r">;
      /** readlink of /proc/PID/cwd, for runtime monitors only. */
      cwd?: string;
      /** What it may do, of all but kernel threads; the maps as texts, where the wire has numbers. */
      security?: AllOf<"s">;
    }
>;

/** One line of a mountinfo that matters: nsfs, or a container's own mounts. Fields unescaped. */
export interface RawMount {
  root: string;
  mountPoint: string;
  fstype: string;
  source: string;
  /** Optional fields: "shared:12", "master:3". */
  propagation: string[];
  /** Its number and that of the mount it stands in; absent in what a fixture or the demo says. */
  id?: number;
  parent?: number;
  /** By its own options or its file system's. */
  readOnly?: boolean;
}

export interface RawCgroup {
  /** "v2", or the v1 name: second field of /proc/PID/cgroup. */
  hierarchy: string;
  path: string;
  /** File name to content without its last newline. */
  files: Record<string, string>;
}

export interface Reading {
  takenAt: string;
  deep: boolean;
  node: {
    hostname: string;
    kernel: string;
    os: string;
    bootId: string;
    cpus: number;
    memoryBytes: number;
    availableBytes?: number;
    uptimeSeconds?: number;
    pageSize: number;
    clockTicks: number;
    privilege: Privilege;
    /** Namespaces of the probe's own shell. */
    self: Partial<Record<NamespaceType, number>>;
    /** Cgroup mounts of the probe's mount namespace. */
    cgroupMounts: { hierarchy: string; mountPoint: string }[];
    /** name to the first line of its --version, where asked. */
    versions: Record<string, string>;
    /** How many namespaces the kernel lists as in use, listns(2); absent: it was not asked, or told only a part. */
    listed?: number;
  };
  processes: RawProcess[];
  /** Mounts by mount namespace: always the probe's own and pid 1's; all of them when deep. */
  mounts: { mountNamespace: number; pid: number; mounts: RawMount[] }[];
  cgroups: RawCgroup[];
  /** Runtime records and configuration files, whole, by absolute path. At most 1 MiB each; a longer one is a gap. */
  files: Record<string, string>;
  /** Output of tools asked in the slow tier, by a short name: "podman-pods", "podman-containers", "podman-restarts". */
  tools: Record<string, string>;
  fds: { pid: number; fd: number; type: NamespaceType; inode: number }[];
  /** Sockets whose network namespace is not their process's own. */
  sockets?: { pid: number; fd: number; inode: number }[];
  /** Processes that have a listening socket open, by its inode (deep); absent: not read. */
  listening?: Wire<"l">[];
  threads: { pid: number; tid: number; type: NamespaceType; inode: number }[];
  /** parent (pid, user) and owner (all) of a namespace, and who made it (user), where the node could tell. */
  relations: Wire<"R">[];
  /** Those of `node.listed` that could be told; absent: none was asked for. */
  listed?: Wire<"K">[];
  /** Text of /proc/PID/net/FILE of one member of each network namespace: fib_trie, if_inet6, dev; of tcp, tcp6, udp, udp6 the lines of what listens. */
  net: { inode: number; pid: number; files: Record<string, string> }[];
  /** Namespaced sysctls read by entering a member's namespaces; inode 0 with pid 0 are the node's own. */
  sysctls: { type: "net" | "ipc" | "uts"; inode: number; pid: number; values: Record<string, string> }[];
  /** Interfaces and routes of network namespaces (deep); absent: not read. */
  interfaces?: Wire<"I">[];
  routes?: Wire<"L">[];
  /** Kernel log lines about OOM. */
  oomLog: string[];
  gaps: Gap[];
}

export const emptyReading = (): Reading => ({
  takenAt: "1970-01-01T00:00:00.000Z",
  deep: false,
  node: {
    hostname: "",
    kernel: "",
    os: "",
    bootId: "",
    cpus: 0,
    memoryBytes: 0,
    pageSize: 4096,
    clockTicks: 100,
    privilege: "user",
    self: {},
    cgroupMounts: [],
    versions: {},
  },
  processes: [],
  mounts: [],
  cgroups: [],
  files: {},
  tools: {},
  fds: [],
  threads: [],
  relations: [],
  net: [],
  sysctls: [],
  oomLog: [],
  gaps: [],
});
