/** A scene is data: which node, which pods, and what has happened to them before one looks. */
import type { CgroupMode, QosClass } from "../../src-shared/model.ts";

export interface ContainerSpec {
  name: string;
  image: string;
  /** argv of its first process. */
  args: string[];
  rssBytes: number;
  cacheBytes?: number;
  /** Cores it would use if nothing held it back. */
  cores?: number;
  memoryBytes?: number;
  memoryRequestBytes?: number;
  cpuCores?: number;
  cpuRequestMilli?: number;
  listens?: { protocol: "tcp" | "udp"; port: number }[];
  /** Further processes, children of the first. */
  workers?: { args: string[]; rssBytes: number; cores?: number }[];
  /** Children that have ended and that its first process does not wait for. */
  zombies?: number;
  uid?: number;
  /** Every capability, every device and no filter, as privileged: true asks for. */
  privileged?: boolean;
  /** Binds of the node's own paths. */
  mounts?: { source: string; destination: string; readOnly?: boolean }[];
}

export interface PodSpec {
  runtime: "containerd" | "cri-o" | "docker";
  name: string;
  namespace: string;
  qos: QosClass;
  /** CRI-O only: keep a pause where it could be dropped (drop_infra_ctr = false). */
  keepPause?: boolean;
  sharePid?: boolean;
  hostNetwork?: boolean;
  /** containerd only. false: its root is FIRST_SUBID outside, and all its namespaces are its own users'. */
  hostUsers?: false;
  /** containerd only: processes of this user pass for the pod, his shim among them. */
  user?: number;
  /** IPv4 address on the pod network, or the node's (a macvlan); none: a network of its own without a wire. */
  ip?: string;
  labels?: Record<string, string>;
  containers: ContainerSpec[];
  sysctls?: Record<string, string>;
}

export interface Scene {
  id: string;
  title: string;
  summary: string;
  node: {
    hostname: string;
    os: string;
    kernel: string;
    cgroupMode: CgroupMode;
    driver: "systemd" | "cgroupfs";
    cpus: number;
    memoryBytes: number;
    address: string;
    runtimes: ("containerd" | "cri-o" | "docker")[];
    kubelet: boolean;
  };
  pods: PodSpec[];
  /** What happened before we look, in order. */
  before?: Mishap[];
}

/** Things that go wrong on nodes. Pods and containers by name; a place is a pod, pod/container, or the path of a group. */
export type Mishap =
  | { do: "kill-pause"; pod: string }
  | { do: "kill-container"; pod: string; container: string }
  | { do: "restart-container"; pod: string; container: string }
  | { do: "grow"; pod: string; container: string; bytes: number }
  | { do: "zombies"; pod: string; container: string; count: number }
  | { do: "orphan-pin"; path: string; type: "net" | "ipc" | "uts" }
  | { do: "empty-group"; place: string }
  | { do: "limits"; place: string; memoryMax?: number; memoryHigh?: number; cpuWeight?: number; pidsMax?: number }
  | { do: "pressure"; place: string; cpu?: number; memory?: number; io?: number }
  | { do: "freeze"; place: string }
  /** v2: the group's parent does not hand the controller down. */
  | { do: "withhold"; place: string; controller: "memory" | "cpu" | "pids" }
  /** v2: a group below a threaded one that is not threaded itself. */
  | { do: "invalid-group"; place: string }
  | { do: "fork"; pod: string; container: string; count: number }
  | { do: "oom-score-adj"; pod: string; container: string; value: number }
  | { do: "hold-fd"; pod: string; type: "net" | "ipc" | "uts" }
  /** Puts a container's process into another's namespace, or a new one. */
  | { do: "join"; pod: string; container: string; type: "net" | "ipc" | "uts" | "pid"; other: string }
  /** Moves its process to another group: in one v1 hierarchy, or in all. */
  | { do: "move"; pod: string; container: string; place: string; hierarchy?: string }
  | { do: "stray"; comm: string; place: string }
  /** The node's end of its wire is taken off the bridge. */
  | { do: "unplug"; pod: string }
  /** The pin is unmounted, but a mount namespace that was cloned while it was there keeps its own copy. */
  | { do: "copy-pin"; pod: string; container: string; path: string };

/** What the kubelet gives to its first pod with users of its own: 65,536 from here (pkg/kubelet/userns). */
export const FIRST_SUBID = 655_360;
export const MiB = 1024 * 1024;
export const GiB = 1024 * MiB;
