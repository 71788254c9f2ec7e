/** The demo's container runtimes: they make pods out of kernel parts, and tidy up when a process of theirs ends. */
import type { NamespaceType } from "../../src-shared/model.ts";
import { runtimeOf } from "../../src-shared/runtimes/table.ts";
import { capabilityMask } from "../../src-shared/walls/capabilities.ts";
import { hexId, uuid } from "./identity.ts";
import { INITIAL, type Kernel } from "./kernel.ts";
import { containerGroup, containerLimits, droppedGroup, oomScoreAdj, podGroup, podLimits } from "./placement.ts";
import { type RecordOf, recordFiles } from "./records.ts";
import { type ContainerSpec, FIRST_SUBID, MiB, type PodSpec, type Scene } from "./scene.ts";
import type { Power, Task } from "./task.ts";

export interface MadeContainer {
  /** Absent for the sandbox. */
  spec?: ContainerSpec;
  id: string;
  /** Absent: it has ended, or was never made. */
  pid?: number;
  attempt: number;
  group: string;
  monitorPid?: number;
  files: string[];
}

export interface MadePod {
  spec: PodSpec;
  uid: string;
  group: string;
  sandbox: MadeContainer;
  containers: MadeContainer[];
  /** What its members join. */
  shared: Partial<Record<NamespaceType, number>>;
  pinName: string;
  shimPid?: number;
}

/** What an operation over the CRI would have answered when it refuses. */
export class RuntimeError extends Error {
  override name = "RuntimeError";
}

const OCI_NAME = {
  net: "network",
  ipc: "ipc",
  uts: "uts",
  pid: "pid",
  mnt: "mount",
  cgroup: "cgroup",
  user: "user",
} as const;
/** Who it is outside. */
const outside = ({ hostUsers }: PodSpec, uid: number): number => (hostUsers === false ? FIRST_SUBID : 0) + uid;
type Joined = keyof typeof OCI_NAME;

export class Runtimes {
  readonly pods: MadePod[] = [];
  readonly files: Map<string, string>;
  private readonly kernel: Kernel;
  private readonly scene: Scene;
  private readonly daemons: Partial<Record<PodSpec["runtime"], number>>;
  private readonly now: () => string;

  constructor(given: {
    kernel: Kernel;
    scene: Scene;
    files: Map<string, string>;
    daemons: Partial<Record<PodSpec["runtime"], number>>;
    now: () => string;
  }) {
    this.kernel = given.kernel;
    this.scene = given.scene;
    this.files = given.files;
    this.daemons = given.daemons;
    this.now = given.now;
    this.kernel.onExit.push((task) => this.ended(task));
  }

  make(spec: PodSpec): MadePod {
    const uid = uuid(this.scene.id, spec.namespace, spec.name);
    const group = podGroup(this.scene, spec, uid);
    const id = hexId(this.scene.id, spec.namespace, spec.name, "sandbox");
    this.kernel.cgroups.make(group, podLimits(spec));
    const pod: MadePod = {
      spec,
      uid,
      group,
      sandbox: { id, attempt: 0, group: containerGroup(this.scene, spec, group, id), files: [] },
      containers: [],
      shared: {},
      pinName: spec.runtime === "docker" ? id.slice(0, 12) : uuid(this.scene.id, spec.name, "pins"),
    };
    this.pods.push(pod);
    this.namespaces(pod);
    this.startSandbox(pod);
    for (const container of spec.containers) this.startContainer(pod, container, 0);
    return pod;
  }

  /** Makes and pins what the runtime pins by itself. */
  private namespaces(pod: MadePod): void {
    const { spec } = pod;
    if (spec.hostUsers === false) {
      const users = this.kernel.unshare("user");
      users.firstId = FIRST_SUBID;
      pod.shared.user = users.inode;
    }
    const from = { ...INITIAL, ...pod.shared };
    const pin = (type: "net" | "ipc" | "uts", path: string, host: boolean) => {
      const inode = host ? INITIAL[type] : this.kernel.unshare(type, from).inode;
      this.kernel.bind(path, inode);
      pod.shared[type] = inode;
    };
    if (spec.runtime === "cri-o")
      // With the host's network the pin is the node's own namespace; UTS is private all the same.
      for (const type of ["uts", "ipc", "net"] as const)
        pin(type, `/run/${type}ns/${pod.pinName}`, type === "net" && spec.hostNetwork === true);
    else if (spec.hostNetwork) Object.assign(pod.shared, { net: INITIAL.net, uts: INITIAL.uts });
    else
      pin(
        "net",
        spec.runtime === "docker" ? `/run/docker/netns/${pod.pinName}` : `/run/netns/cni-${pod.pinName}`,
        false,
      );
    if (spec.ip && pod.shared.net && !spec.hostNetwork)
      this.kernel
        .space("net", pod.shared.net)
        .addresses.push({ interface: "eth0", address: spec.ip, prefix: spec.runtime === "docker" ? 16 : 24 });
  }

  private startSandbox(pod: MadePod): void {
    const { spec, sandbox } = pod;
    const dropped = spec.runtime === "cri-o" && !spec.keepPause && !spec.sharePid;
    if (dropped) this.kernel.cgroups.make(droppedGroup(pod.group, sandbox.id));
    else {
      const monitor = this.monitor(pod, sandbox, `k8s_POD_${spec.name}_${spec.namespace}`);
      const ns = { net: "new", ipc: "new", uts: "new", ...pod.shared, pid: "new", mnt: "new" } as const;
      this.kernel.cgroups.make(sandbox.group, { cpuShares: 2 });
      const task = this.kernel.fork(monitor, {
        comm: "pause",
        cmdline: ["/pause"],
        ns,
        cgroup: sandbox.group,
        uid: outside(spec, 65535),
        oomScoreAdj: -998,
        rssBytes: 695 * 1024,
        subreaper: false,
        power: powerOf(spec, {}),
      });
      sandbox.pid = task.pid;
      for (const type of ["net", "ipc", "uts"] as const) pod.shared[type] = task.ns[type];
      if (spec.sharePid) pod.shared.pid = task.ns.pid;
    }
    this.write(pod, sandbox, ["/pause"], -998, this.sandboxNamespaces(pod), { cpu: { shares: 2 } });
  }

  /** A container of the pod, joined to what the pod shares. Throws RuntimeError where the runtime would refuse. */
  startContainer(pod: MadePod, spec: ContainerSpec, attempt: number): MadeContainer {
    if (attempt > 0 && pod.spec.runtime !== "cri-o" && pod.sandbox.pid === undefined)
      throw new RuntimeError(
        `failed to create containerd task: no running task found: sandbox "${pod.sandbox.id.slice(0, 12)}" of ${pod.spec.name} is not ready`,
      );
    if (attempt > 0 && pod.spec.keepPause && pod.sandbox.pid === undefined)
      throw new RuntimeError(`CreateContainer failed as the sandbox was stopped: ${pod.sandbox.id}`);
    const id = hexId(this.scene.id, pod.spec.namespace, pod.spec.name, spec.name, attempt);
    const container: MadeContainer = {
      spec,
      id,
      attempt,
      group: containerGroup(this.scene, pod.spec, pod.group, id),
      files: [],
    };
    const limits = containerLimits(spec);
    const scope = container.group.endsWith("/container")
      ? container.group.slice(0, -"/container".length)
      : container.group;
    this.kernel.cgroups.make(scope, limits);
    this.kernel.cgroups.make(container.group, limits).cacheBytes = spec.cacheBytes ?? 0;
    const adj = oomScoreAdj(this.scene, pod.spec, spec);
    const monitor = this.monitor(pod, container, `k8s_${spec.name}_${pod.spec.name}_${pod.spec.namespace}`);
    const ownCgroup = pod.spec.runtime !== "docker" || this.scene.node.cgroupMode === "v2";
    const { uts: sharedUts, ...others } = pod.shared;
    const task = this.kernel.fork(monitor, {
      comm: comm(spec.args),
      cmdline: spec.args,
      // Docker's joiners share net and ipc, and pid where asked, but not uts.
      ns: {
        pid: "new",
        ...others,
        uts: pod.spec.runtime === "docker" || sharedUts === undefined ? "new" : sharedUts,
        mnt: "new",
        ...(ownCgroup ? { cgroup: "new" as const } : {}),
      },
      cgroup: container.group,
      uid: outside(pod.spec, spec.uid ?? pod.spec.user ?? 0),
      rssBytes: spec.rssBytes,
      oomScoreAdj: adj,
      cores: spec.cores,
      listens: spec.listens,
      reaps: spec.zombies === undefined,
      subreaper: false,
      power: powerOf(pod.spec, spec),
    });
    container.pid = task.pid;
    for (const worker of spec.workers ?? [])
      this.kernel.fork(task.pid, {
        comm: comm(worker.args),
        cmdline: worker.args,
        rssBytes: worker.rssBytes,
        cores: worker.cores,
      });
    for (let i = 0; i < (spec.zombies ?? 0); i++)
      this.kernel.kill(this.kernel.fork(task.pid, { comm: "worker", rssBytes: MiB }).pid);
    pod.containers = [...pod.containers.filter((other) => other.spec?.name !== spec.name), container];
    this.write(pod, container, spec.args, adj, this.containerNamespaces(pod, ownCgroup), {
      cpu: {
        shares: limits.cpuShares,
        ...(limits.cpuQuota ? { quota: limits.cpuQuota, period: limits.cpuPeriod } : {}),
      },
      memory: spec.memoryBytes ? { limit: spec.memoryBytes, swap: spec.memoryBytes } : {},
      devices: [{ allow: spec.privileged === true, access: "rwm" }],
    });
    return container;
  }

  /** One shim a pod (containerd, Docker: a container), one conmon a container (CRI-O). */
  private monitor(pod: MadePod, made: MadeContainer, name: string): number {
    const { runtime } = pod.spec;
    const daemon = this.daemons[runtime] ?? 1;
    if (runtime === "cri-o") {
      const run = `/run/containers/storage/overlay-containers/${made.id}/userdata`;
      const scope =
        this.scene.node.driver === "systemd" ? `/system.slice/crio-conmon-${made.id}.scope` : `/crio-conmon-${made.id}`;
      const task = this.kernel.fork(1, {
        comm: "conmon",
        cmdline: [
          "/usr/bin/conmon",
          "-b",
          run,
          "-c",
          made.id,
          "--exit-dir",
          "/var/run/crio/exits",
          "-n",
          name,
          "-r",
          "/usr/bin/crun",
          "--runtime-arg",
          "--root=/run/crun",
          "-u",
          made.id,
          "-s",
        ],
        cgroup: scope,
        rssBytes: 2200 * 1024,
        cwd: run,
        subreaper: true,
      });
      made.monitorPid = task.pid;
      return task.pid;
    }
    if (runtime === "containerd" && pod.shimPid && this.kernel.tasks.has(pod.shimPid)) {
      made.monitorPid = pod.shimPid;
      return pod.shimPid;
    }
    const space = runtime === "docker" ? "moby" : "k8s.io";
    const task = this.kernel.fork(1, {
      comm: "containerd-shim-runc-v2",
      cmdline: [
        "/usr/bin/containerd-shim-runc-v2",
        "-namespace",
        space,
        "-id",
        made.id,
        "-address",
        "/run/containerd/containerd.sock",
      ],
      cgroup: this.kernel.tasks.get(daemon)?.cgroup ?? "/system.slice/containerd.service",
      rssBytes: 13_500 * 1024,
      oomScoreAdj: -998,
      uid: pod.spec.user,
      cwd: `/run/containerd/io.containerd.runtime.v2.task/${space}/${made.id}`,
      subreaper: true,
    });
    made.monitorPid = task.pid;
    if (runtime === "containerd") pod.shimPid = task.pid;
    return task.pid;
  }

  private pinPath(pod: MadePod, type: Joined): string | undefined {
    if (type !== "net" && type !== "ipc" && type !== "uts") return undefined;
    return pod.spec.runtime === "cri-o" ? `/var/run/${type}ns/${pod.pinName}` : undefined;
  }

  private sandboxNamespaces(pod: MadePod): RecordOf["namespaces"] {
    const { spec } = pod;
    const list: RecordOf["namespaces"] = [{ type: "pid" }];
    if (spec.runtime === "cri-o")
      for (const type of ["net", "ipc", "uts"] as const)
        list.push({ type: OCI_NAME[type], path: this.pinPath(pod, type) });
    else if (spec.hostNetwork) list.push({ type: "ipc" });
    else {
      list.push({ type: "ipc" }, { type: "uts" });
      list.push(
        spec.runtime === "containerd"
          ? { type: "network", path: `/var/run/netns/cni-${pod.pinName}` }
          : { type: "network" },
      );
    }
    list.push({ type: "mount" });
    if (spec.hostUsers === false) list.push({ type: "user" });
    return list;
  }

  private containerNamespaces(pod: MadePod, ownCgroup: boolean): RecordOf["namespaces"] {
    const { spec } = pod;
    const pause = pod.sandbox.pid;
    const join = (type: Joined) => ({
      type: OCI_NAME[type],
      path: this.pinPath(pod, type) ?? `/proc/${pause}/ns/${type}`,
    });
    const list: RecordOf["namespaces"] = [spec.sharePid ? join("pid") : { type: "pid" }, join("ipc")];
    if (!spec.hostNetwork) list.push(join("net"));
    if (spec.runtime === "docker") list.push({ type: "uts" });
    else if (!spec.hostNetwork || spec.runtime === "cri-o") list.push(join("uts"));
    list.push({ type: "mount" });
    if (ownCgroup) list.push({ type: "cgroup" });
    if (spec.hostUsers === false) list.push(join("user"));
    return list;
  }

  private write(
    pod: MadePod,
    made: MadeContainer,
    args: string[],
    adj: number,
    namespaces: RecordOf["namespaces"],
    resources: Record<string, unknown>,
  ): void {
    const files = recordFiles({
      scene: this.scene,
      pod: pod.spec,
      uid: pod.uid,
      sandboxId: pod.sandbox.id,
      podGroup: pod.group,
      id: made.id,
      container: made.spec,
      attempt: made.attempt,
      args,
      oomScoreAdj: adj,
      pid: made.pid,
      startTicks: made.pid ? this.kernel.task(made.pid).startTicks : undefined,
      createdAt: this.now(),
      namespaces,
      resources,
      pinName: pod.pinName,
    });
    made.files = Object.keys(files);
    for (const [path, text] of Object.entries(files)) this.files.set(path, text);
  }

  /** The first process of a container has ended: what the runtime tidies up at once. */
  private ended(task: Task): void {
    for (const pod of this.pods)
      for (const made of [pod.sandbox, ...pod.containers]) {
        if (made.pid !== task.pid) continue;
        made.pid = undefined;
        const scope = made.group.endsWith("/container") ? made.group.slice(0, -"/container".length) : made.group;
        this.kernel.cgroups.remove(scope);
        // CRI-O's records outlive the process; containerd's bundle and runc's state vanish with it.
        if (pod.spec.runtime !== "cri-o") for (const path of made.files) this.files.delete(path);
        const monitor = made.monitorPid;
        const rest = [pod.sandbox, ...pod.containers].some(
          (other) => other.monitorPid === monitor && other.pid !== undefined,
        );
        if (monitor !== undefined && !rest && this.kernel.tasks.has(monitor)) {
          const { cgroup } = this.kernel.task(monitor);
          this.kernel.end(this.kernel.task(monitor));
          // A conmon has a scope of its own, which systemd takes away with it.
          if (pod.spec.runtime === "cri-o") this.kernel.cgroups.remove(cgroup);
          if (pod.shimPid === monitor) pod.shimPid = undefined;
        }
        const shim = monitor === undefined ? undefined : this.kernel.tasks.get(monitor);
        if (shim?.cwd?.endsWith(made.id)) shim.cwd += " (deleted)";
      }
  }
}

/** By default a filter and a profile, and the runtime's capabilities for root alone; all is open to who is privileged. */
function powerOf(
  { runtime }: PodSpec,
  { uid = 0, privileged }: { uid?: number; privileged?: boolean },
): Power | undefined {
  if (privileged) return undefined;
  const capBnd = capabilityMask(runtimeOf(runtime).capabilities ?? []);
  const label = { containerd: "cri-containerd.apparmor.d", "cri-o": "crio-default", docker: "docker-default" }[runtime];
  return {
    capEff: uid === 0 ? capBnd : "0000000000000000",
    capBnd,
    noNewPrivs: uid !== 0,
    seccomp: 2,
    label: `${label} (enforce)`,
  };
}

const comm = (args: string[]): string => (args[0] ?? "").split("/").at(-1) ?? "";
