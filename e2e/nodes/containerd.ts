/**
 * A private containerd with its CRI plugin: own socket, state, bridge, addresses and cgroup root, driven without a
 * kubelet. Pods get the groups that a kubelet with the cgroupfs driver would make for them.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { type ContainerStatus, type Cri, connectCri, type NamespaceOptions, type SandboxStatus } from "./cri.ts";
import { BUSYBOX, buildImages, PAUSE } from "./images.ts";
import { enterRoom, makeGroup, mayRaiseLimits, missing, type Room, run, until } from "./room.ts";

export const cannotContainerd = (): string | undefined =>
  missing({
    containerd: "containerd",
    ctr: "containerd",
    runc: "runc",
    ip: "iproute2",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    busybox: "busybox-static",
    tar: "tar",
  });

export interface ContainerSpec {
  name: string;
  command?: string[];
  /** bytes */
  memory?: number;
  /** cores */
  cpu?: number;
  oomScoreAdj?: number;
  mounts?: { container_path: string; host_path: string }[];
  /** The container whose PID namespace it joins, as `kubectl debug --target` asks. */
  target?: string;
  /** How often a kubelet started it before; the record of the one before stays. */
  attempt?: number;
}
export interface PodSpec {
  name: string;
  namespace?: string;
  /** Left out: a random UUID, as an API server gives. */
  uid?: string;
  qos?: "burstable" | "besteffort" | "guaranteed";
  /** A systemd slice for a parent, to a runtime that was not told to use systemd (SystemdCgroup = false). */
  slice?: boolean;
  limits?: { memory?: number; cpu?: number };
  namespaces?: NamespaceOptions;
  sysctls?: Record<string, string>;
  containers: ContainerSpec[];
}
export interface CriPod {
  id: string;
  uid: string;
  cgroup: string;
  /** Container id by name. */
  containers: Record<string, string>;
}

export interface ContainerdNode {
  room: Room;
  cri: Cri;
  socket: string;
  pod(spec: PodSpec): Promise<CriPod>;
  /** One more container in a pod. Throws with the runtime's words where it cannot be. */
  add(pod: CriPod, spec: ContainerSpec): Promise<string>;
  sandbox(id: string): Promise<SandboxStatus>;
  containerStatus(id: string): Promise<ContainerStatus>;
  /** pid from the CRI's verbose info; undefined where it has none. */
  pidOf(id: string, kind: "sandbox" | "container"): Promise<number | undefined>;
  remove(id: string): Promise<void>;
  /** A plain container, made past the CRI. */
  plain(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Throws with the reason when it cannot be made; nothing is left then. */
export async function makeContainerd(): Promise<ContainerdNode> {
  const cannot = cannotContainerd();
  if (cannot) throw new Error(cannot);
  const room = await enterRoom("containerd");
  const { dir } = room;
  const socket = `${dir}/sock`;
  const bridge = `${room.id}b`;
  const ctr = (...args: string[]) => run("ctr", ["-a", socket, ...args]);
  const configs = new Map<string, object>();
  let cri: Cri | undefined;
  room.before(async () => {
    if (!cri) return;
    const { items } = await cri.call<{ items: { id: string }[] }>("ListPodSandbox");
    for (const { id } of items) await removePod(cri, id);
    cri.close();
  });
  try {
    writeConfiguration(room, bridge, socket);
    const daemon = room.daemon("containerd", "containerd", ["--config", `${dir}/config.toml`]);
    // Where its runtime makes groups that are named by no path: runc does so below its own.
    makeGroup(`${room.cgroup}/daemon`, {}, writeFileSync, daemon.pid);
    await until(
      "containerd to answer",
      () =>
        existsSync(socket) &&
        ctr("version").then(
          () => true,
          () => false,
        ),
    );
    const images = await buildImages(`${dir}/images`);
    for (const tar of [images.pause, images.busybox]) await ctr("-n", "k8s.io", "images", "import", tar);
    cri = connectCri(socket);
    await until("the CRI to see its images", () =>
      cri!.call("Version").then(
        () => true,
        () => false,
      ),
    );
  } catch (error) {
    await room.leave();
    throw error;
  }
  const api = cri;
  const add = async (pod: CriPod, spec: ContainerSpec): Promise<string> => {
    const sandbox_config = configs.get(pod.id)!;
    const config = containerConfig(spec, pod, sandbox_config);
    const made = await api.call<{ container_id: string }>("CreateContainer", {
      pod_sandbox_id: pod.id,
      config,
      sandbox_config,
    });
    await api.call("StartContainer", { container_id: made.container_id });
    return made.container_id;
  };
  const sandbox = (id: string) => api.call<SandboxStatus>("PodSandboxStatus", { pod_sandbox_id: id, verbose: true });
  const containerStatus = (id: string) =>
    api.call<ContainerStatus>("ContainerStatus", { container_id: id, verbose: true });
  return {
    room,
    cri: api,
    socket,
    add,
    sandbox,
    containerStatus,
    async pod(spec) {
      const uid = spec.uid ?? randomUUID();
      const cgroup = spec.slice
        ? `${room.cgroup}/kubepods.slice/kubepods-pod${uid.replaceAll("-", "_")}.slice`
        : [room.cgroup, "kubepods", spec.qos === "guaranteed" ? "" : (spec.qos ?? "burstable"), `pod${uid}`]
            .filter(Boolean)
            .join("/");
      makeGroup(cgroup, spec.limits, writeFileSync);
      const config = podConfig(spec, uid, cgroup, dir);
      const { pod_sandbox_id: id } = await api.call<{ pod_sandbox_id: string }>("RunPodSandbox", { config });
      configs.set(id, config);
      const pod: CriPod = { id, uid, cgroup, containers: {} };
      for (const container of spec.containers) pod.containers[container.name] = await add(pod, container);
      return pod;
    },
    async pidOf(id, kind) {
      const { info } = kind === "sandbox" ? await sandbox(id) : await containerStatus(id);
      const pid = (JSON.parse(info.info ?? "{}") as { pid?: number }).pid;
      return pid || undefined;
    },
    remove: (id) => removePod(api, id),
    async plain(id) {
      await ctr("-n", "default", "images", "import", `${dir}/images/busybox.tar`);
      const options = ["--cgroup", `${room.cgroup}/default/${id}`, "--runc-root", `${dir}/runc`];
      await ctr("-n", "default", "run", "-d", "--null-io", ...options, BUSYBOX, id, "/bin/sleep", "1000000");
      room.before(async () => {
        await ctr("-n", "default", "task", "rm", "-f", id);
        await ctr("-n", "default", "container", "rm", id);
      });
    },
    close: () => room.leave(),
  };
}

async function removePod(cri: Cri, id: string): Promise<void> {
  const { containers } = await cri.call<{ containers: { id: string; pod_sandbox_id: string }[] }>("ListContainers");
  for (const container of containers.filter((entry) => entry.pod_sandbox_id === id)) {
    await cri.call("StopContainer", { container_id: container.id, timeout: 0 }).catch(() => {});
  }
  await cri.call("StopPodSandbox", { pod_sandbox_id: id });
  await cri.call("RemovePodSandbox", { pod_sandbox_id: id });
}

function podConfig(spec: PodSpec, uid: string, cgroup: string, dir: string): object {
  const namespace = spec.namespace ?? "test";
  const options = { network: "POD", pid: "CONTAINER", ipc: "POD", ...spec.namespaces };
  return {
    metadata: { name: spec.name, uid, namespace, attempt: 0 },
    hostname: options.network === "NODE" ? "" : spec.name,
    log_directory: `${dir}/logs/${namespace}_${spec.name}_${uid}`,
    labels: {
      "io.kubernetes.pod.name": spec.name,
      "io.kubernetes.pod.namespace": namespace,
      "io.kubernetes.pod.uid": uid,
    },
    annotations: {},
    linux: {
      // A slice is asked for by its name alone: its place is in the name (systemd.slice(5)).
      cgroup_parent: cgroup.endsWith(".slice") ? cgroup.slice(cgroup.lastIndexOf("/") + 1) : cgroup,
      sysctls: spec.sysctls ?? {},
      security_context: { namespace_options: options },
    },
  };
}

function containerConfig(spec: ContainerSpec, pod: CriPod, sandbox: object): object {
  const { log_directory, linux } = sandbox as {
    log_directory: string;
    linux: { security_context: { namespace_options: NamespaceOptions } };
  };
  const { namespace_options } = linux.security_context;
  const joined = spec.target ? { pid: "TARGET", target_id: spec.target } : {};
  mkdirSync(`${log_directory}/${spec.name}`, { recursive: true });
  const cpu = spec.cpu
    ? { cpu_period: 100_000, cpu_quota: spec.cpu * 100_000, cpu_shares: Math.round(spec.cpu * 1024) }
    : { cpu_shares: 2 };
  return {
    metadata: { name: spec.name, attempt: spec.attempt ?? 0 },
    image: { image: BUSYBOX },
    command: spec.command ?? ["/bin/sleep", "1000000"],
    mounts: spec.mounts ?? [],
    labels: { "io.kubernetes.container.name": spec.name, "io.kubernetes.pod.uid": pod.uid },
    log_path: `${spec.name}/0.log`,
    linux: {
      resources: { ...cpu, memory_limit_in_bytes: spec.memory ?? 0, oom_score_adj: spec.oomScoreAdj ?? 900 },
      security_context: { namespace_options: { ...namespace_options, ...joined } },
    },
  };
}

function writeConfiguration(room: Room, bridge: string, socket: string): void {
  const { dir } = room;
  // A subnet of its own in 10.96.0.0/11's lower part, so that rooms side by side give no address twice.
  const [high, low] = randomBytes(2) as unknown as [number, number];
  const subnet = `10.${96 + (high % 16)}.${low}.0/24`;
  mkdirSync(`${dir}/cni`, { recursive: true });
  writeFileSync(
    `${dir}/cni/10-test.conflist`,
    JSON.stringify({
      cniVersion: "0.4.0",
      name: room.id,
      plugins: [
        {
          type: "bridge",
          bridge,
          isGateway: false,
          ipMasq: false,
          ipam: { type: "host-local", dataDir: `${dir}/ipam`, ranges: [[{ subnet }]] },
        },
      ],
    }),
  );
  writeFileSync(
    `${dir}/config.toml`,
    `version = 2
root = "${dir}/root"
state = "${dir}/state"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE}"
  restrict_oom_score_adj = ${!mayRaiseLimits()}
  disable_tcp_service = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${dir}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      Root = "${dir}/runc"
[plugins."io.containerd.internal.v1.opt"]
  path = "${dir}/opt"
`,
  );
}
