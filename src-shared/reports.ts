/**
 * What the reports print, as a published contract like model.ts: fields may be added, never renamed.
 */
import type { Container, Pod, Verdict } from "./model.ts";
import type { NamespaceType } from "./namespace-types.ts";

export type Holder = "sandbox" | "container" | "process" | "pin" | "fd";

export interface PodReport {
  pod: Pod;
  containers: Container[];
  holders: Partial<
    Record<
      NamespaceType,
      {
        inode: number;
        initial: boolean;
        heldBy: Holder[];
        /** Would it end with the sandbox process, should that end now? True for yes alone. */
        diesWithPause: boolean;
        verdict: Verdict;
        pins?: string[];
      }
    >
  >;
}

export interface LimitAt {
  value: number;
  setBy: string;
}

export interface CgroupReport {
  path: string;
  name: string;
  podKey?: string;
  containerId?: string;
  qos?: string;
  controllers: string[];
  limits: {
    memoryMaxBytes?: number;
    memoryHighBytes?: number;
    swapMaxBytes?: number;
    /** v1 only: memory.memsw.limit_in_bytes, memory and swap together. */
    memoryAndSwapMaxBytes?: number;
    cpuMaxCores?: number;
    pidsMax?: number;
  };
  effective: {
    memoryMaxBytes?: LimitAt;
    memoryHighBytes?: LimitAt;
    swapMaxBytes?: LimitAt;
    memoryAndSwapMaxBytes?: LimitAt;
    cpuMaxCores?: LimitAt;
    pidsMax?: LimitAt;
  };
  usage: { memoryBytes?: number; workingSetBytes?: number; cpuUsec?: number; pids?: number };
  weight?: { file: "cpu.shares" | "cpu.weight"; value: number };
  events?: { oom?: number; oomKill?: number; throttledUsec?: number };
  /** v2's memory.oom.group: a victim in here takes all of it along. */
  oomGroup?: boolean;
  /** memory.min and memory.low as set here: protection up to, shared out among siblings. */
  protection?: { minBytes?: number; lowBytes?: number };
  /** PSI, share of the last 10 s in percent (kernel: Documentation/accounting/psi.rst). */
  pressure?: Partial<Record<"cpu" | "memory" | "io" | "irq", { some?: Psi; full?: Psi }>>;
  /** v1 only: hierarchies in which this path does not exist although it does in others. */
  missingIn?: string[];
  /** Where hierarchies of one path disagree, or the kernel's own sum differs from ours, in words. */
  marks?: string[];
}

export interface Psi {
  avg10: number;
  avg60: number;
  avg300: number;
  totalUsec: number;
}

export type Severity = "critical" | "warning" | "info";

export interface Finding {
  rule: string;
  severity: Severity;
  title: string;
  where: string;
  evidence: string[];
  why: string;
  todo: string;
  /** The kernel's or the runtime's own document. */
  link?: string;
  /** Where in the picture it belongs. */
  at?: {
    podKey?: string;
    containerId?: string;
    cgroupPath?: string;
    namespace?: { type: NamespaceType; inode: number };
    pid?: number;
  };
}

export interface Readiness {
  /** `can` is true for yes alone. Each reason is one sentence. */
  pods: { key: string; verdict: Verdict; can: boolean; reasons: string[] }[];
  /** Of yes alone. pssUnread: of how many of these processes the share was not read, and is not in pssBytes. */
  saves: { processes: number; pssBytes: number; cgroups: number; pssUnread: number };
}

export interface PodDiff {
  left: string;
  right: string;
  rows: { field: string; left: unknown; right: unknown; same: boolean }[];
}

export interface LabPod {
  name: string;
  sandbox: "pause" | "pinned";
  pids: number[];
  pins: string[];
  cgroupPath: string;
}
