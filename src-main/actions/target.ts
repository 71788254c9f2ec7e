/** What an action on a pod is about: which namespaces, which process to enter, which groups. From a snapshot alone. */
import { type PinType, pinTypes } from "../../src-shared/manifests.ts";
import type { NamespaceInodes, NamespaceType, Pod, Process, Snapshot } from "../../src-shared/model.ts";
import { pinsFolder } from "./folder.ts";

export interface Target {
  pod: Pod;
  folder: string;
  /** What pin holds: those of net, ipc, uts, user that the pod shares. */
  pinned: { type: PinType; inode: number }[];
  /** What the pod shares beside that, with why it is never pinned. */
  never: { type: NamespaceType; why: string }[];
  /** The sandbox process, where it lives. */
  sandbox?: Process;
  /** A process that is in every namespace to pin: the sandbox, else a container. */
  entry?: Process;
  /** Absolute folders of the pod's group in each hierarchy: a stand-in's leaf goes below. */
  groups: string[];
}

const NEVER: Partial<Record<NamespaceType, string>> = {
  mnt: "a mnt pin would keep a dead container's whole mount tree, its volumes busy",
  pid: "a PID namespace is useless without its pid 1: the next fork in it fails (ENOMEM)",
  cgroup: "a cgroup namespace is a view, and nothing needs it held",
  time: "a time namespace is made for each process that needs one",
};

const inAll = (process: Process, wanted: readonly { type: PinType; inode: number }[]) =>
  wanted.every(({ type, inode }) => process.namespaces[type] === inode);

/** `groups`: the pod's as a manifest of ours knows them, for a pod that a drop has left without a common group. */
export function targetOf(
  snapshot: Snapshot,
  pod: Pod,
  shared: NamespaceInodes = pod.namespaces,
  groups: readonly string[] = [],
): Target {
  const byPid = new Map(snapshot.processes.map((process) => [process.pid, process]));
  const pinned = pinTypes.flatMap((type) => {
    const inode = shared[type];
    return inode === undefined ? [] : [{ type, inode }];
  });
  const never = (Object.keys(shared) as NamespaceType[]).flatMap((type) => {
    const why = NEVER[type];
    return why ? [{ type, why }] : [];
  });
  const sandbox =
    pod.sandbox.state === "process" && pod.sandbox.pid !== undefined ? byPid.get(pod.sandbox.pid) : undefined;
  const containers = snapshot.containers.filter((container) => pod.containers.includes(container.id));
  const members = [sandbox, ...containers.map(({ pid }) => (pid === null ? undefined : byPid.get(pid)))];
  const entry = members.find((process) => process !== undefined && inAll(process, pinned));
  return {
    pod,
    folder: pinsFolder(pod.key),
    pinned,
    never,
    sandbox,
    entry,
    groups: pod.cgroupPath === undefined && groups.length > 0 ? [...groups] : groupsOf(snapshot, pod),
  };
}

/** v1: every hierarchy that the pod has; v2: the one tree. Without a group of its own the pod gets one of ours. */
function groupsOf(snapshot: Snapshot, pod: Pod): string[] {
  const mounts = snapshot.node.cgroupMounts ?? [];
  const base = pod.cgroupPath;
  if (base === undefined || base === "/") {
    const own = `podglass/${pinsFolder(pod.key).split("/").at(-1)}`;
    const limiting = mounts.filter(({ hierarchy }) => /^(v2|memory|pids)$/.test(hierarchy));
    return limiting.map(({ mountPoint }) => `${mountPoint}/${own}`);
  }
  const here = new Set(
    snapshot.cgroups.filter(({ path }) => path === base || path.startsWith(`${base}/`)).map((each) => each.hierarchy),
  );
  return mounts.filter(({ hierarchy }) => here.has(hierarchy)).map(({ mountPoint }) => `${mountPoint}${base}`);
}

/** A process and its place as the scripts check them: pid, start time, hierarchy ("" is v2's), path there. */
export function identityArguments(process: Process): [string, string, string, string] {
  const { v1 = {}, v2 } = process.cgroup;
  const hierarchy = ["memory", "pids", "cpu,cpuacct", "cpu", "name=systemd"].find((name) => v1[name] !== undefined);
  const place: [string, string] = hierarchy === undefined ? ["", v2 ?? "/"] : [hierarchy, v1[hierarchy] as string];
  return [String(process.pid), String(process.startTicks), ...place];
}

export const namespaceArguments = (pinned: Target["pinned"]): string[] =>
  pinned.map(({ type, inode }) => `${type}=${inode}`);

/** How many, then each an argument of its own: a user of the node may have named them. */
export const groupArguments = (groups: readonly string[]): string[] => [String(groups.length), ...groups];
