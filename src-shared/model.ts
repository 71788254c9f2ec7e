/**
 * The nouns. A Snapshot is one plain JSON value: what a node looked like at one moment.
 * Field names and meanings in the first half are a published contract; fields may be added, never renamed.
 *
 * Units: memory, rss and limits are bytes; times are ISO 8601; ticks are the kernel's clock ticks since boot.
 * Arrays are sorted (by pid, inode, path, key), so two snapshots of an unchanged node differ only in `takenAt` and counters.
 */

import type { Flat, Wire } from "./fields.ts";
import type { NamespaceType } from "./namespace-types.ts";
import type { RuntimeName } from "./runtimes/names.ts";

export { NAMESPACE_TYPES, type NamespaceType } from "./namespace-types.ts";

export const SNAPSHOT_SCHEMA = "podglass.snapshot/1";
export const DELTA_SCHEMA = "podglass.delta/1";

export type NamespaceInodes = Partial<Record<NamespaceType, number>>;

export type CgroupMode = "v1" | "hybrid" | "v2";
export type Privilege = "root" | "sudo" | "user";
export type SandboxState = "process" | "dropped" | "dead" | "none" | "starting";
export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";

export interface ListedNamespaces {
  /** How many the kernel has in use. */
  namespaces: number;
  /** Of them in no list here, since they could not be opened. With 0 none is missing. */
  unnamed: number;
  /** Of them in the list, but held by nothing that was read. */
  unheld: number;
}

export interface Node {
  hostname: string;
  kernel: string;
  os: string;
  bootId: string;
  cgroupMode: CgroupMode;
  cpus: number;
  memoryBytes: number;
  pageSize: number;
  clockTicks: number;
  privilege: Privilege;
  runtimes: { name: RuntimeName; version?: string }[];
  /** The node's own global addresses. */
  addresses?: string[];
  uptimeSeconds?: number;
  availableBytes?: number;
  /** Where each hierarchy is mounted: "v2" or the v1 name as in Process.cgroup.v1. */
  cgroupMounts?: { hierarchy: string; mountPoint: string }[];
  /** What the kernel itself says of its namespaces, where it can (listns(2), Linux 6.19, as root); absent: not known. */
  listed?: ListedNamespaces;
  /** Whether a kubelet runs here. */
  kubelet?: { pid: number; staticPodPath?: string };
  /** What the runtimes' own configuration says about pause: see assemble/configuration.ts. */
  configuration?: RuntimeConfiguration[];
  /** The node's own sysctls of the namespaced kinds, to hold a pod's against. */
  sysctls?: Record<string, string>;
}

/** What a runtime's configuration file says about sandboxes. */
export interface RuntimeConfiguration {
  runtime: RuntimeName;
  path: string;
  key: string;
  value: string;
}

export interface Process {
  pid: number;
  ppid: number;
  /** Start time; (pid, startTicks) is a process's identity, a pid alone is not. */
  startTicks: number;
  /** One letter, as /proc/PID/stat gives it. */
  state: string;
  uid: number;
  comm: string;
  cmdline: string[];
  rssBytes: number;
  oomScoreAdj: number | null;
  /** Absent = could not be read. A zombie has none but pid and user. */
  namespaces: NamespaceInodes;
  cgroup: { v2?: string; v1?: Record<string, string> };
  /** Its pid in each PID namespace, outermost first (NSpid); absent where the kernel or rights do not tell. */
  nsPids?: number[];
  /** Proportional and private memory from smaps_rollup, for pause processes and runtime monitors. */
  pssBytes?: number;
  privateBytes?: number;
  swapBytes?: number;
  pageTableBytes?: number;
  /** The kernel's own badness, /proc/PID/oom_score. */
  oomScore?: number;
  /** Threads, where more than one: a process whose leader has ended (state Z) while threads live is alive. */
  threads?: number;
  /** Reading its command line never ends (so cmdline is empty): ps and top hang on it too. */
  stuck?: true;
  /** What it may do: of all but kernel threads, where its namespaces could be read. */
  security?: ProcessSecurity;
}

/**
 * The record `s` of fields.ts; capabilities in hex, as the kernel says them. A map's lines are "inside outside count",
 * as the reader's user namespace counts outside (user_namespaces(7)); no label: no security module gives one.
 */
export type ProcessSecurity = Flat<Omit<Wire<"s">, "pid">>;

export interface Namespace {
  type: NamespaceType;
  inode: number;
  /** The kernel's own number, which no other namespace ever has (an inode comes back): Node.listed tells when. */
  kernelId?: string;
  /** The node's own. */
  initial: boolean;
  pids: number[];
  pins: { path: string; mountNamespace: number }[];
  fds: { pid: number; fd: number }[];
  threads: { pid: number; tid: number }[];
  /** net: open sockets made in it, of processes that are in another (deep; not the node's own); absent: none, or not told. */
  sockets?: { pid: number; fd: number }[];
  forChildren: number[];
  owner?: number;
  parent?: number;
  /** user: the effective uid of who made it, as the reader's own user namespace counts; 65534 may stand for one that it has not. */
  ownerUid?: number;
  /** net: what the namespace has, read from /proc/PID/net of a member, or through a pin. */
  network?: NetworkFacts;
  /** net and ipc: namespaced sysctls, read by entering (deep). */
  sysctls?: Record<string, string>;
}

export interface NetworkFacts {
  addresses: { interface: string; address: string; prefix: number; scope: "global" | "link" | "host" }[];
  /** inode: the socket's. pids: who has it open (deep; [] is nobody, as with a kernel's own); absent: not known. */
  listeners: {
    protocol: "tcp" | "tcp6" | "udp" | "udp6";
    address: string;
    port: number;
    inode?: number;
    pids?: number[];
  }[];
  /** Absent, like routes: not read (deep). peer: the other end of a veth, the parent of a macvlan, ipvlan or vlan. */
  interfaces?: {
    index: number;
    name: string;
    /** As `ip -d link` says it; none of a physical one and the loopback. */
    kind?: string;
    mac?: string;
    mtu?: number;
    up: boolean;
    peer?: { namespace?: number; index: number; name?: string };
    master?: string;
  }[];
  /** Of the main table, unicast: "default", a network or a host. */
  routes?: { to: string; via?: string; dev: string }[];
}

export interface Cgroup {
  /** "/kubepods/burstable/pod…"; "/" is the root. */
  path: string;
  /** "v2", or the v1 name as in Process.cgroup.v1. */
  hierarchy: string;
  pids: number[];
  controllers?: string[];
  /** Raw values as read, without the last newline: "memory.max": "268435456". A file the kernel does not have is absent. */
  files: Record<string, string>;
}

export interface OciResources {
  [key: string]: unknown;
}

/** What is kept of an OCI config.json. */
export interface OciConfig {
  path: string;
  cgroupsPath?: string;
  args?: string[];
  hostname?: string;
  oomScoreAdj?: number;
  namespaces: { type: string; path?: string }[];
  resources?: OciResources;
  annotations: Record<string, string>;
  mounts?: { destination: string; source?: string; type?: string; readOnly?: true }[];
  /** Its device cgroup lets it open every device of the node. */
  allDevices?: true;
  /** Paths of the devices that it is given beside those that every container has. */
  devices?: string[];
  sysctl?: Record<string, string>;
}

export interface Container {
  id: string;
  name: string;
  runtime: RuntimeName;
  image?: string;
  /** init and sidecar only where a record says so. */
  kind: "app" | "sandbox" | "init" | "sidecar";
  podKey?: string;
  /** null: it has ended. */
  pid: number | null;
  pids: number[];
  /** v2's on a v2 node, else memory's. */
  cgroupPath: string;
  /** As its OCI config.json asks, in OCI's words ("network", "mount"). */
  ociNamespaces?: { type: string; path?: string }[];
  oci?: OciConfig;
  labels?: Record<string, string>;
  restartCount?: number;
  createdAt?: string;
  /** How its last run ended, where a record says so. */
  ended?: ContainerEnd;
  /** Its shim or conmon. */
  monitorPid?: number;
  /** What the CRI asked for, where a record says so. */
  modes?: CriModes;
  /** Mount points with a source that other containers may share: from its own mountinfo (deep). */
  mounts?: {
    destination: string;
    source: string;
    fstype: string;
    /** Its number, and that of the mount it stands in, which may be one that is not here; absent, like readOnly: not told. */
    id?: number;
    parent?: number;
    readOnly?: boolean;
    /** Optional fields of mountinfo: "shared:12", "master:3", "unbindable". */
    propagation?: string[];
  }[];
}

export interface ContainerEnd {
  exitCode?: number;
  signal?: number;
  oomKilled?: boolean;
  /** ISO 8601, by the node's clock. */
  at?: string;
}

/** CRI NamespaceMode, k8s.io/cri-api runtime/v1 api.proto. */
export type CriMode = "POD" | "CONTAINER" | "NODE" | "TARGET";
export interface CriModes {
  network?: CriMode;
  ipc?: CriMode;
  pid?: CriMode;
  user?: CriMode;
}

/**
 * vm: the sandbox process is the pod (gVisor, Kata), and is never droppable. init: another program that does more than
 * wait. Absent: no sandbox process lives, or it could not be told.
 */
export type SandboxKind = "pause" | "init" | "vm";

export interface Sandbox {
  id?: string;
  state: SandboxState;
  kind?: SandboxKind;
  pid?: number;
  /** `reasons` in words. */
  why: string;
  /** Why it is in this state, as data: reasons.ts makes the words. Absent in files of the first edition. */
  reasons?: SandboxReason[];
  evidence?: string[];
}

/** A clause of why a sandbox is in its state: a code and its parts. */
export type SandboxReason =
  | { code: "stand-in"; pid: number }
  | { code: "vm"; comm: string }
  /** By which of its runtime's reasons (runtimes/, keptWords). */
  | { code: "kept"; how: string }
  | { code: "reaps" }
  /** What of the pod's the process holds: alone, or beside a pin. */
  | { code: "holds"; alone: NamespaceType[]; pinned: NamespaceType[] }
  | { code: "holds-unread" }
  | { code: "dropped-by-runtime"; mark?: string; annotation?: string }
  | { code: "dropped-by-podglass"; pid: number; at?: string }
  | { code: "made-without" }
  | { code: "pauseless" }
  | { code: "never-made"; names: string[] }
  | { code: "gone"; containersLive: boolean }
  | { code: "all-pinned" }
  | { code: "held"; pins: { type: NamespaceType; path: string }[] }
  /** The runtime had started it, and counts the sandbox as stopped. */
  | { code: "stopped" }
  /** What ends with the last member; no types: what they share could not be read. */
  | { code: "borrowed"; types: NamespaceType[]; names: string[] }
  | { code: "shared-without"; types: NamespaceType[] }
  | { code: "starting" }
  | { code: "elsewhere"; pid: number; group?: string }
  | { code: "unread"; what: "processes" | "groups" | "pins" | "namespaces" | "shares" | "records"; pid?: number };

/** Who would make a pod anew, or whose processes pass for one. */
export interface PodOwner {
  kind: "kubelet" | "user";
  uid?: number;
  /** Made by a kubelet from a file on the node. */
  static?: boolean;
  evidence: string;
}

export interface Pod {
  key: string;
  name: string;
  namespace?: string;
  uid?: string;
  runtime: RuntimeName;
  qos?: QosClass;
  sandbox: Sandbox;
  /** Ids of its containers without the sandbox. */
  containers: string[];
  /** What the pod shares. */
  namespaces: NamespaceInodes;
  /** What it shares with the node itself. */
  host: NamespaceType[];
  /** Types where its members disagree. */
  disagree?: NamespaceType[];
  /** Types of which a member could not be read: whether the pod shares them is not known. */
  unread?: NamespaceType[];
  cgroupPath?: string;
  /** Global addresses, no prefix length; [] with the host's network. */
  ips: string[];
  modes?: CriModes;
  labels?: Record<string, string>;
  /** Made by the kubelet from a file on the node, not through the API server. */
  staticPod?: boolean;
  /** Where its network comes from, where a record says so: "bridge", "none", "host", "ns:/run/…", "cni". */
  networkMode?: string;
  /** The id of the container that this pod lives in: a node in a container. No action touches it from outside. */
  within?: string;
  owner?: PodOwner;
}

export interface Gap {
  what: string;
  why: string;
  count: number;
  /** The one command or login that would mend it. */
  mend?: string;
}

/** A kill by the OOM killer, as the kernel log tells it. */
export interface OomKill {
  at?: string;
  pid: number;
  comm: string;
  cgroup?: string;
  /** The cgroup whose limit was hit, or absent for the node. */
  limitCgroup?: string;
  line: string;
}

export interface Snapshot {
  schema: typeof SNAPSHOT_SCHEMA;
  takenAt: string;
  node: Node;
  processes: Process[];
  namespaces: Namespace[];
  cgroups: Cgroup[];
  containers: Container[];
  pods: Pod[];
  gaps: Gap[];
  oomKills?: OomKill[];
  /** True when the slow places were read as well. */
  deep?: boolean;
}

export type ChangeSet = Partial<
  Record<"processes" | "namespaces" | "cgroups" | "containers" | "pods" | "gaps", { put: unknown[]; gone: string[] }>
>;

export interface Delta {
  schema: typeof DELTA_SCHEMA;
  seq: number;
  takenAt: string;
  changes: ChangeSet;
  /** Node facts and OOM kills that changed, whole. */
  node?: Node;
  oomKills?: OomKill[];
  deep?: boolean;
}

/** A conclusion; unknown: something that it needs could not be read. */
export type Verdict = "yes" | "no" | "unknown";

/** The identity of a process within one boot. */
export const processId = (process: { pid: number; startTicks: number }): string =>
  `${process.pid}:${process.startTicks}`;
export const namespaceId = (namespace: { type: NamespaceType; inode: number }): string =>
  `${namespace.type}:${namespace.inode}`;
export const cgroupId = (cgroup: { hierarchy: string; path: string }): string => `${cgroup.hierarchy}:${cgroup.path}`;
