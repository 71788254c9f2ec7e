/**
 * What is read of a node: one table of the records that a probe writes and of each field in them. The parser and the
 * encoder (src-main/probe/codec.ts), the types of a reading, the comparison of readers, the schema and the redaction of
 * a process (schema/snapshot.ts) and the table in docs/probe.md come from it.
 *
 * Editions: a field is never moved or taken away. A new one is put last and marked `since`, so that an old probe's
 * output opens in a new app; what stands behind the fields that are known is passed over, so a new one's opens in an old.
 */
import type { NamespaceType } from "./namespace-types.ts";

/** A link below /proc/PID/ns, in the order of the inodes in an `x` record. */
export const LINK_ORDER = [
  "cgroup",
  "ipc",
  "mnt",
  "net",
  "pid",
  "pid_for_children",
  "time",
  "time_for_children",
  "user",
  "uts",
] as const;
export type NamespaceLink = (typeof LINK_ORDER)[number];

/** How a field is written, and what becomes of it. */
export interface Values {
  whole: number;
  signed: number;
  /** Decimal, with a fraction or without. */
  seconds: number;
  /** Whole kilobytes on the wire, bytes with us. */
  kB: number;
  word: string;
  text: string;
  /** Texts that each end with a NUL, as in /proc/PID/cmdline. */
  args: string[];
  /** Whole numbers, a comma between. */
  pids: number[];
  links: Partial<Record<NamespaceLink, number>>;
  /** Lines of a /proc/PID/cgroup: second field (empty for v2) to path; cgroups(7). */
  groups: Record<string, string>;
  type: NamespaceType;
  /** 0 or 1. */
  flag: boolean;
  hex: string;
  /** seccomp(2): off, strict, filter. */
  seccomp: 0 | 1 | 2;
}

export interface Field {
  name: string;
  as: keyof Values;
  /** A dash stands for: could not be read. */
  or?: "null" | "absent";
  /** Missing in the output of probes before this edition. */
  since?: 2;
  unit?: string;
  /** Where it stands on the node. */
  from: string;
  /** It changes by itself: two readings of one moment may differ in it. */
  moves?: true;
  /** Of a text: its values are the kernel's own words, and stay when a recording is redacted. */
  kept?: RegExp;
}

export interface WireRecord {
  says: string;
  /** So many of the first fields name it; they stand in its removal (`-KIND KEY …`) too. 0: it is never removed. */
  key: number;
  /** How many are kept of one node, of what repeats all in all. Far beyond any that was seen; Linux's own limit where there is one. */
  most: number;
  fields: readonly Field[];
  /** What follows the fields, as often as there is. */
  tail?: { name: string; each: "pair" | "line"; most: number };
}

const pid = { name: "pid", as: "whole", from: "/proc" } as const;
const inode = { name: "inode", as: "whole", from: "stat of a namespace" } as const;
const type = { name: "type", as: "type", from: "/proc/PID/ns" } as const;
const group = { name: "group", as: "word", from: "the probe's own number for it" } as const;

/** Labels that a distribution or a runtime gives, not a person: AppArmor's profiles, SELinux contexts of containers. */
const LABELS =
  /^(kernel|unconfined|(cri-containerd\.apparmor\.d|docker-default|containers-default-[\d.]+|crio-default) \((enforce|complain|kill)\)|system_u:system_r:[a-z]+_t:s0(:c\d+(,c\d+)*)?)$/;

export const RECORDS = {
  n: {
    says: "a fact of the node: hostname, kernel, os, boot, cpus, memory and available (kB), page, ticks, privilege, reader, listed, `ns.TYPE`, `v.TOOL`",
    key: 1,
    most: 1000,
    fields: [
      { name: "fact", as: "text", from: "its name" },
      { name: "value", as: "text", from: "uname, /proc/meminfo, /etc/os-release, listns(2), --version of tools" },
    ],
  },
  h: {
    says: "where a cgroup hierarchy is mounted",
    key: 1,
    most: 100,
    fields: [
      { name: "hierarchy", as: "text", from: "/proc/self/mountinfo" },
      { name: "mountPoint", as: "text", from: "/proc/self/mountinfo" },
    ],
  },
  g: {
    says: "a shared text: a `/proc/PID/cgroup`",
    key: 1,
    most: 200_000,
    fields: [group, { name: "paths", as: "groups", from: "/proc/PID/cgroup" }],
  },
  x: {
    says: "shared inodes: the links of a `/proc/PID/ns` in the order of `LINK_ORDER`, comma between, empty = none",
    key: 1,
    most: 200_000,
    fields: [group, { name: "links", as: "links", from: "/proc/PID/ns" }],
  },
  u: {
    says: "a shared text: a uid_map or gid_map, a blank between its numbers",
    key: 1,
    most: 200_000,
    fields: [group, { name: "map", as: "text", from: "/proc/PID/uid_map, gid_map" }],
  },
  p: {
    says: "a process",
    key: 1,
    most: 200_000,
    fields: [
      pid,
      { name: "startTicks", as: "whole", unit: "ticks since boot", from: "/proc/PID/stat, field 22" },
      { name: "ppid", as: "whole", from: "/proc/PID/stat, field 4" },
      { name: "uid", as: "whole", from: "/proc/PID/status, Uid, effective" },
      { name: "oomScoreAdj", as: "signed", or: "null", from: "/proc/PID/oom_score_adj" },
      { name: "groups", as: "word", from: "the number of a `g`" },
      { name: "spaces", as: "word", or: "absent", from: "the number of an `x`" },
      { name: "nsPids", as: "pids", or: "absent", from: "/proc/PID/status, NSpid, outermost first" },
      { name: "comm", as: "text", from: "/proc/PID/stat, field 2" },
      { name: "cmdline", as: "args", from: "/proc/PID/cmdline, at most 16 KiB" },
      { name: "stuck", as: "flag", or: "absent", since: 2, from: "reading its command line never ended" },
    ],
  },
  m: {
    says: "what changes in a process",
    key: 1,
    most: 200_000,
    fields: [
      pid,
      { name: "state", as: "word", from: "/proc/PID/stat, field 3", moves: true, kept: /^[A-Za-z]$/ },
      { name: "rssPages", as: "whole", unit: "pages", from: "/proc/PID/stat, field 24", moves: true },
      { name: "pageTableBytes", as: "kB", unit: "kB", from: "/proc/PID/status, VmPTE", moves: true },
      { name: "swapBytes", as: "kB", unit: "kB", from: "/proc/PID/status, VmSwap", moves: true },
      { name: "oomScore", as: "whole", or: "absent", from: "/proc/PID/oom_score", moves: true },
      {
        name: "threads",
        as: "whole",
        or: "absent",
        since: 2,
        from: "/proc/PID/stat, field 20, where more than one",
        moves: true,
      },
    ],
  },
  w: {
    says: "the working folder of a monitor or a pause process",
    key: 1,
    most: 200_000,
    fields: [pid, { name: "cwd", as: "text", from: "/proc/PID/cwd" }],
  },
  r: {
    says: "what memory a monitor or a pause process has to itself, and what it shares",
    key: 1,
    most: 200_000,
    fields: [
      pid,
      { name: "rss", as: "kB", unit: "kB", from: "/proc/PID/smaps_rollup", moves: true },
      { name: "pss", as: "kB", unit: "kB", from: "/proc/PID/smaps_rollup", moves: true },
      { name: "private", as: "kB", unit: "kB", from: "/proc/PID/smaps_rollup, clean and dirty", moves: true },
      { name: "swap", as: "kB", unit: "kB", from: "/proc/PID/smaps_rollup", moves: true },
    ],
  },
  s: {
    says: "what a process may do: of all but kernel threads, where its namespaces may be read",
    key: 1,
    most: 200_000,
    fields: [
      pid,
      { name: "seccomp", as: "seccomp", from: "/proc/PID/status, Seccomp" },
      { name: "noNewPrivs", as: "flag", from: "/proc/PID/status, NoNewPrivs" },
      { name: "capEff", as: "hex", from: "/proc/PID/status, CapEff" },
      { name: "capBnd", as: "hex", from: "/proc/PID/status, CapBnd" },
      { name: "label", as: "text", or: "absent", since: 2, from: "/proc/PID/attr/current", kept: LABELS },
      { name: "uidMap", as: "word", or: "absent", since: 2, from: "/proc/PID/uid_map: the number of a `u`" },
      { name: "gidMap", as: "word", or: "absent", since: 2, from: "/proc/PID/gid_map: the number of a `u`" },
    ],
  },
  C: {
    says: "a group",
    key: 1,
    most: 200_000,
    fields: [
      group,
      { name: "hierarchy", as: "text", from: "v2, or v1's second field of /proc/PID/cgroup" },
      { name: "path", as: "text", from: "below the hierarchy's mount" },
    ],
  },
  f: {
    says: "files of a group; adds to what was said",
    key: 2,
    most: 1_000_000,
    fields: [group],
    tail: { name: "files", each: "pair", most: 1000 },
  },
  M: {
    says: "mountinfo lines of a mount namespace: nsfs ones, and with deep a container's own",
    key: 1,
    most: 20_000,
    fields: [
      { name: "mountNamespace", as: "whole", from: "/proc/PID/ns/mnt" },
      { name: "pid", as: "whole", from: "/proc" },
    ],
    // sysctl fs.mount-max is 100,000.
    tail: { name: "mounts", each: "line", most: 100_000 },
  },
  F: {
    says: "a runtime's record or configuration",
    key: 1,
    most: 50_000,
    fields: [
      { name: "path", as: "text", from: "where it stands" },
      { name: "content", as: "text", from: "the file, at most 1 MiB, without environments" },
    ],
  },
  T: {
    says: "a tool's answer",
    key: 1,
    most: 100,
    fields: [
      { name: "tool", as: "text", from: "its short name" },
      { name: "output", as: "text", from: "its standard output" },
    ],
  },
  N: {
    says: "texts of `/proc/PID/net`, of tcp and udp what listens; PID 0: entered through a pin",
    key: 1,
    most: 20_000,
    fields: [inode, pid],
    tail: { name: "files", each: "pair", most: 100 },
  },
  R: {
    says: "the owner and the parent of a namespace",
    key: 2,
    most: 200_000,
    fields: [
      type,
      inode,
      { name: "owner", as: "whole", or: "absent", from: "NS_GET_USERNS, ioctl_ns(2)" },
      { name: "parent", as: "whole", or: "absent", from: "NS_GET_PARENT, ioctl_ns(2)" },
      {
        name: "ownerUid",
        as: "whole",
        or: "absent",
        since: 2,
        from: "NS_GET_OWNER_UID, of a user namespace: who made it, as the reader's own counts",
      },
    ],
  },
  K: {
    says: "a namespace that the kernel itself lists as in use, whoever holds it; the fact `listed` tells how many it has",
    key: 2,
    most: 200_000,
    fields: [type, inode, { name: "id", as: "word", from: "listns(2): the kernel's own number, never used twice" }],
  },
  d: {
    says: "an open file that holds a namespace; whole with each deep frame, like all that follows",
    key: 0,
    most: 200_000,
    fields: [pid, { name: "fd", as: "whole", from: "/proc/PID/fd" }, type, inode],
  },
  t: {
    says: "a thread in another namespace than its process",
    key: 0,
    most: 200_000,
    fields: [pid, { name: "tid", as: "whole", from: "/proc/PID/task" }, type, inode],
  },
  k: {
    says: "a socket that holds a network namespace which is not its process's own",
    key: 0,
    most: 200_000,
    fields: [pid, { name: "fd", as: "whole", from: "pidfd_getfd(2)" }, { ...inode, from: "SIOCGSKNS" }],
  },
  l: {
    says: "a process that has a listening socket of an `N` open",
    key: 0,
    most: 200_000,
    fields: [pid, { name: "socket", as: "whole", from: "/proc/PID/fd" }],
  },
  S: {
    says: "namespaced sysctls, read by entering; inode 0: the node's own",
    key: 0,
    most: 20_000,
    fields: [type, inode, pid],
    tail: { name: "values", each: "pair", most: 1000 },
  },
  I: {
    says: "an interface of a network namespace, by rtnetlink(7), or as ip(8) tells it",
    key: 0,
    most: 100_000,
    fields: [
      inode,
      { name: "index", as: "whole", from: "RTM_GETLINK" },
      { name: "name", as: "text", from: "IFLA_IFNAME" },
      { name: "kind", as: "text", or: "absent", from: "IFLA_INFO_KIND: veth, bridge, macvlan, …" },
      { name: "mac", as: "text", or: "absent", from: "IFLA_ADDRESS" },
      { name: "mtu", as: "whole", from: "IFLA_MTU" },
      { name: "up", as: "flag", from: "IFF_UP" },
      { name: "link", as: "whole", or: "absent", from: "IFLA_LINK: the other end of a veth, the parent of a macvlan" },
      {
        name: "linkNamespace",
        as: "whole",
        or: "absent",
        from: "where that is: this one, or IFLA_LINK_NETNSID is the reader's own",
      },
      { name: "master", as: "whole", or: "absent", from: "IFLA_MASTER: its bridge" },
    ],
  },
  L: {
    says: "a route of a network namespace's main table, by rtnetlink(7), or as ip(8) tells it",
    key: 0,
    most: 100_000,
    fields: [
      inode,
      { name: "dev", as: "whole", from: "RTA_OIF: an interface's index" },
      { name: "to", as: "text", from: "RTA_DST and its length; IPv6 as 32 hex digits, or as ip(8) writes it" },
      { name: "via", as: "text", or: "absent", from: "RTA_GATEWAY, RTA_VIA" },
    ],
  },
  o: {
    says: "a line of the kernel's log about OOM",
    key: 0,
    most: 10_000,
    fields: [{ name: "line", as: "text", from: "dmesg, journalctl -k" }],
  },
  G: {
    says: "a gap; each frame tells all, and what a part of it could not read stays said until that part is read again",
    key: 0,
    most: 10_000,
    fields: [
      { name: "what", as: "text", from: "the probe" },
      { name: "why", as: "text", from: "the call's error" },
      { name: "mend", as: "text", from: "the probe; empty: nothing would" },
      { name: "count", as: "whole", from: "how many times" },
    ],
  },
} as const satisfies Record<string, WireRecord>;

export type RecordName = keyof typeof RECORDS;

type Fields<K extends RecordName> = (typeof RECORDS)[K]["fields"][number];
type Optional<F> = F extends { or: "absent" } | { since: number } ? F : never;
type ValueOf<F> = F extends { as: infer A extends keyof Values }
  ? Values[A] | (F extends { or: "null" } ? null : never)
  : never;
type NameOf<F> = F extends { name: infer N extends string } ? N : never;

export type Flat<T> = { [K in keyof T]: T[K] };
/** A record's fields by name, with our units. */
export type Wire<K extends RecordName> = Flat<
  { [F in Exclude<Fields<K>, Optional<Fields<K>>> as NameOf<F>]: ValueOf<F> } & {
    [F in Optional<Fields<K>> as NameOf<F>]?: ValueOf<F>;
  }
>;
