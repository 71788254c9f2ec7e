/**
 * What Podglass knows of a container runtime, in one shape. A runtime is a file that fills this, its name in names.ts and
 * its line in table.ts; a name decides elsewhere in few files, which docs/architecture.md lists.
 */
import type { SANDBOX_EVIDENCE } from "../evidence.ts";
import type { ContainerEnd, Pod, Process, RuntimeConfiguration, Verdict } from "../model.ts";
import type { Said } from "../sentences.ts";
import type { Capability } from "../walls/capabilities.ts";
import type { SortedFiles } from "./files.ts";
import type { RuntimeName } from "./names.ts";
import type { Claim, ConfigAt, Files, PodRecord, RuntimeRecord } from "./record.ts";

export interface Runtime {
  readonly name: RuntimeName;
  /** `comm` of its daemon; none where it has no daemon. */
  readonly daemon?: string;
  /** Names under which the readers tell its version, today's first. */
  readonly versions: readonly string[];
  /** It serves the CRI, itself or through a shim of the CRI: a kubelet may own its pods. */
  readonly kubelets: boolean;
  /** Its pods are made over the CRI: each has a name, a Kubernetes namespace and a uid. */
  readonly cri?: boolean;
  /** What it gives a container that asks for nothing: capabilities(7). */
  readonly capabilities?: readonly Capability[];
  /** Where it listens for orders: who may write there is root on the node. */
  readonly sockets?: readonly string[];
  readonly groups: Groups;
  /** The shim or conmon that a process is, by its arguments, which any user may read. */
  monitor?(process: Process): Monitor | undefined;
  /** What a monitor's arguments tell of a container that no record names. */
  recordOf?(id: string, monitor: Monitor): Partial<RuntimeRecord>;
  records(sources: Sources): RuntimeRecord[];
  /** Pods that its records name, whether a container of theirs is there or not. */
  claims?(sources: Sources): Claim[];
  /** What its own listing tells of containers, by id, where it was asked (deep). */
  listed?(tools: Tools): Map<string, Listed>;
  /** Which pod each of its containers is in. Absent: the one whose sandbox its record names. */
  podsOf?(containers: readonly Known[], tools: Tools): Map<string, Grouped>;
  /** The group of a pod that no pattern of a path tells, from those of its containers. */
  podGroup?(paths: readonly string[]): string | undefined;
  readonly settings?: Settings;
  /** Why a pause process of its is there; absent where it makes no pods. */
  kept?(pause: KeptPause): { how: string; evidence?: Said<typeof SANDBOX_EVIDENCE> };
  /** The words of each `how` of `kept`. */
  readonly keptWords?: Readonly<Record<string, string>>;
  /** Of a pod that its record says was made without pause, in words. */
  readonly madeWithout?: string;
  /** What a container was and how it ended is gone from its files once it has ended. */
  readonly forgetsEnded?: boolean;
  /** Why a pod has no sandbox of its own, in words; absent: a pod without one is nothing usual here. */
  readonly withoutSandbox?: string;
  /** It makes pods without pause whose shim pins what they share under the sandbox's own bundle. */
  readonly pinsInBundle?: boolean;
  /**
   * A container's config.json is made anew at each of its starts, with the paths as they are by then (libpod
   * container_internal.go, init; moby daemon/start.go): a path that leads nowhere now harms no restart.
   */
  readonly writesPathsAnew?: boolean;
  readonly afterPause: AfterPause;
  /** Dropping pause as configuration; absent where there is nothing to configure. */
  advice?(setting: Setting): Omit<Advice, "runtime">;
  /** The command that tells one pod by its name, which follows it. */
  readonly inspectPod?: string;
  /** The command that lists its pods on the node. */
  readonly listPods?: string;
}

export type Tools = Readonly<Record<string, string>>;

/** How the groups of its containers are called. */
export interface Groups {
  /** What stands before a container's id: `<prefix>-<id>[.scope]`, or `…:<prefix>:<id>` where a systemd path was made a folder. */
  readonly prefixes: readonly string[];
  /** What stands before the id in the group of a container's monitor. */
  readonly monitors?: readonly string[];
  /** The folder below which a bare id is its container's. */
  readonly folder?: string;
  /** The id of a container whose runtime uses names for ids, by a part of a path. */
  named?(part: string): string | undefined;
  /** A group without .scope and without a process marks a sandbox that has no pause. */
  readonly bareMarks?: boolean;
  /** The pod's id that a part of a path names, with its neighbours above and below. */
  podId?(part: string, above: string, below: string): string | undefined;
}

export interface Monitor {
  pid: number;
  kind: "shim" | "conmon";
  runtime: RuntimeName;
  /** conmon: the container's id. shim: the id of what it was started for; under the CRI one shim a pod, for its sandbox. */
  id: string;
  /** containerd's own word for its tenants: "k8s.io", "moby", "default". */
  containerdNamespace?: string;
  /** conmon -n */
  name?: string;
}

/** The arguments of a process by name: the word after the first of these flags. */
export function argument({ cmdline }: Process, ...names: string[]): string | undefined {
  const at = cmdline.findIndex((word) => names.includes(word));
  return at > 0 ? cmdline[at + 1] : undefined;
}

export interface Sources {
  files: Files;
  sorted: SortedFiles;
  configAt: ConfigAt;
  /** "" where it could not be read. */
  bootId: string;
}

export interface Listed {
  name?: string;
  image?: string;
  labels: Record<string, string>;
  restarts?: number;
  ended?: ContainerEnd;
}

/** A container while pods are being put together. */
export interface Known {
  id: string;
  record?: RuntimeRecord;
  /** The pod's id that its group's path names. */
  groupPodId?: string;
  /** conmon -n */
  monitorName?: string;
}

export interface Grouped {
  /** The second half of the pod's key. */
  podId: string;
  sandboxId?: string;
  pod?: PodRecord;
}

export interface Settings {
  /** Which configuration files are its. */
  readonly file: RegExp;
  readonly keys: readonly string[];
}

/** The last word of its configuration on a key. */
export type Setting = (key: string) => RuntimeConfiguration | undefined;

export interface KeptPause {
  /** It is pid 1 of a PID namespace that containers of the pod are in. */
  reaps: boolean;
  record?: RuntimeRecord;
  setting: Setting;
}

/** What follows when a pod's pause process ends, beyond what the kernel frees: seen on live nodes, docs/pods.md. */
export interface AfterPause {
  /** Does the pod's network outlive pause, whatever holds the namespace? */
  network(pod: Pick<Pod, "networkMode">): NetworkAfterPause;
  /** What it calls a sandbox whose pause it had started and lost, whatever the pins hold. */
  readonly counted?: string;
  /** Why none of the pod's containers could be made or started again; absent: they could. */
  readonly noReturn?: string;
  /** It starts another sandbox by itself, and the pod is in two parts. */
  readonly splits?: string;
  /** The runtime pins what the pod shares (net, ipc, uts): its pause is the last holder of none of them. */
  readonly pins?: boolean;
  /** What drop costs, for one who considers it. */
  readonly price?: string;
  /** What it says of the pod afterwards, a line each. */
  readonly effects: readonly string[];
  /** Its own way back from a pod without pause. */
  readonly wayBack?: string;
  /** What a kubelet makes of it on this runtime; absent: pods without pause are the runtime's own doing. */
  readonly kubelet?: string;
}

export interface NetworkAfterPause {
  survives: Verdict;
  detail: string;
}

/** What a runtime of a node can do by itself, what it is set to, and the file or command that would change it. */
export interface Advice {
  runtime: RuntimeName;
  /** What holds now, and where that is said. */
  now: string;
  means: string;
  /** A drop-in file, whole. */
  file?: { path: string; content: string };
  commands: string[];
  /** What it does not change. */
  but: string;
}

/** "KEY = VALUE in FILE", or what holds where nothing is set. */
export const said = (found: RuntimeConfiguration | undefined, otherwise: string): string =>
  found ? `${found.key} = ${found.value} in ${found.path}` : otherwise;

/** containerd pkg/oci/spec.go, defaultUnixCaps; moby daemon/pkg/oci/caps/defaults.go, DefaultCapabilities. */
export const MOBY_CAPABILITIES: readonly Capability[] = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FSETID",
  "FOWNER",
  "MKNOD",
  "NET_RAW",
  "SETGID",
  "SETUID",
  "SETFCAP",
  "SETPCAP",
  "NET_BIND_SERVICE",
  "SYS_CHROOT",
  "KILL",
  "AUDIT_WRITE",
];
