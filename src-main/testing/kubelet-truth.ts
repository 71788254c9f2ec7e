/** For tests: what a kubelet and its CRI said of two recorded nodes (fixtures/kubelet-truth.json), and what follows from it. */
import { readFileSync } from "node:fs";
import type { NamespaceType, QosClass } from "../../src-shared/model.ts";

interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

/** A pod as the kubelet's /pods has it: spec and status. */
export interface PodTruth {
  namespace: string;
  name: string;
  uid: string;
  qos: QosClass;
  ips?: string[];
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  shareProcessNamespace?: boolean;
  /** hostUsers: false. */
  ownUserNamespace?: boolean;
  /** Pod-level resources (KEP-2837). */
  resources?: Resources;
  containers: ({ name: string; kind: "app" | "init" | "sidecar" } & Resources)[];
}

/** A sandbox in the CRI's verbose answer. Without a pid: CRI-O's dropped ones. */
export interface SandboxTruth {
  id: string;
  uid: string;
  name: string;
  attempt?: number;
  ready?: boolean;
  pid?: number;
  createdAt: string;
}

export interface ContainerTruth {
  id: string;
  name: string;
  sandbox: string;
  state: "running" | "exited";
  pid?: number;
  exitCode?: number;
  reason?: string;
  createdAt: string;
  finishedAt?: string;
}

export interface NodeTruth {
  /** memory.max of the kubelet's own root group. */
  kubepodsMemoryBytes: number;
  pods: PodTruth[];
  sandboxes: SandboxTruth[];
  containers: ContainerTruth[];
}

export const kubeletTruth = (name: "kubelet-cri-o" | "kubelet-containerd"): NodeTruth =>
  (
    JSON.parse(
      readFileSync(new URL("../../src-shared/fixtures/kubelet-truth.json", import.meta.url), "utf8"),
    ) as Record<string, NodeTruth>
  )[name]!;

/** A quantity of the API: "200m", "1", "64Mi". */
export function quantity(text: string): number {
  const [, digits, unit = ""] = /^(\d+)(m|Ki|Mi|Gi)?$/.exec(text)!;
  return Number(digits) * ({ "": 1, m: 0.001, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 } as Record<string, number>)[unit]!;
}

/** The kubelet's systemd driver: pkg/kubelet/cm/cgroup_manager_linux.go, NewCgroupName and ToSystemd. */
export function slicePath({ qos, uid }: PodTruth): string {
  const id = uid.replaceAll("-", "_");
  const word = qos.toLowerCase();
  return qos === "Guaranteed"
    ? `/kubepods.slice/kubepods-pod${id}.slice`
    : `/kubepods.slice/kubepods-${word}.slice/kubepods-${word}-pod${id}.slice`;
}

/**
 * What its group gets: pod-level resources, else the sum where every container that lives on has a limit
 * (pkg/kubelet/cm/helpers_linux.go, ResourceConfigForPod).
 */
export function podLimit(pod: PodTruth, what: "cpu" | "memory"): number | undefined {
  const whole = pod.resources?.limits?.[what];
  if (whole) return quantity(whole);
  const lasting = pod.containers.filter((one) => one.kind !== "init");
  const limits = lasting.flatMap((one) => (one.limits?.[what] ? [quantity(one.limits[what])] : []));
  return limits.length === lasting.length ? limits.reduce((sum, one) => sum + one, 0) : undefined;
}

/** @param crio pins uts whatever the pod's network is; containerd gives a pod with the node's network the node's uts too */
export function namespacesOf(pod: PodTruth, crio: boolean): { shared: NamespaceType[]; host: NamespaceType[] } {
  const host: NamespaceType[] = [];
  if (pod.hostNetwork) host.push("net");
  if (pod.hostIPC) host.push("ipc");
  if (pod.hostNetwork && !crio) host.push("uts");
  if (pod.hostPID) host.push("pid");
  if (!pod.ownUserNamespace) host.push("user");
  const shared: NamespaceType[] = [];
  if (!pod.hostNetwork) shared.push("net");
  if (!pod.hostIPC) shared.push("ipc");
  if (!pod.hostNetwork || crio) shared.push("uts");
  if (pod.shareProcessNamespace) shared.push("pid");
  if (pod.ownUserNamespace) shared.push("user");
  return { shared, host: [...host, "time"] };
}
