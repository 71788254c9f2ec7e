/** What a runtime leaves on disk about a sandbox or a container, in the layouts of containerd 2.1, CRI-O 1.36 and Docker 28. */
import { cgroupsPath, containerGroup } from "./placement.ts";
import type { ContainerSpec, PodSpec, Scene } from "./scene.ts";

export interface RecordOf {
  scene: Scene;
  pod: PodSpec;
  uid: string;
  sandboxId: string;
  podGroup: string;
  id: string;
  /** Absent for the sandbox. */
  container?: ContainerSpec;
  attempt: number;
  args: string[];
  oomScoreAdj: number;
  /** Absent where no process was made. */
  pid?: number;
  startTicks?: number;
  createdAt: string;
  namespaces: { type: string; path?: string }[];
  resources: Record<string, unknown>;
  /** CRI-O: the pod's pins have one name. */
  pinName?: string;
}

type Files = Record<string, string>;
const json = (value: unknown): string => JSON.stringify(value);

export const recordFiles = (of: RecordOf): Files => {
  if (of.pod.runtime === "containerd") return containerd(of);
  return of.pod.runtime === "cri-o" ? crio(of) : docker(of);
};

const config = (of: RecordOf, annotations: Record<string, string>, sysctl?: Record<string, string>): string =>
  json({
    ociVersion: "1.3.0",
    process: { user: { uid: of.container?.uid ?? 0, gid: 0 }, args: of.args, cwd: "/", oomScoreAdj: of.oomScoreAdj },
    root: { path: "rootfs" },
    ...(of.container ? {} : { hostname: of.pod.hostNetwork ? of.scene.node.hostname : of.pod.name }),
    annotations,
    mounts: (of.container?.mounts ?? []).map(({ source, destination, readOnly }) => ({
      source,
      destination,
      type: "bind",
      options: ["rbind", readOnly ? "ro" : "rw"],
    })),
    linux: {
      resources: of.resources,
      cgroupsPath: cgroupsPath(of.scene, of.pod, of.podGroup, of.id),
      namespaces: of.namespaces,
      ...(sysctl ? { sysctl } : {}),
    },
  });

function containerd(of: RecordOf): Files {
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${of.id}`;
  const common = {
    "io.kubernetes.cri.sandbox-id": of.sandboxId,
    "io.kubernetes.cri.sandbox-name": of.pod.name,
    "io.kubernetes.cri.sandbox-namespace": of.pod.namespace,
    "io.kubernetes.cri.sandbox-uid": of.uid,
  };
  const annotations: Record<string, string> = of.container
    ? {
        "io.kubernetes.cri.container-name": of.container.name,
        "io.kubernetes.cri.container-type": "container",
        "io.kubernetes.cri.image-name": of.container.image,
        ...common,
      }
    : {
        "io.kubernetes.cri.container-type": "sandbox",
        "io.kubernetes.cri.podsandbox.image-name": "registry.k8s.io/pause:3.10",
        "io.kubernetes.cri.sandbox-log-directory": `/var/log/pods/${of.pod.namespace}_${of.pod.name}_${of.uid}`,
        ...common,
      };
  return {
    [`${bundle}/config.json`]: config(of, annotations, of.container ? undefined : of.pod.sysctls),
    [`${bundle}/init.pid`]: String(of.pid),
    [`/run/containerd/runc/k8s.io/${of.id}/state.json`]: json({
      id: of.id,
      init_process_pid: of.pid,
      init_process_start: of.startTicks,
      created: of.createdAt,
      cgroup_paths: { "": `/sys/fs/cgroup${containerGroup(of.scene, of.pod, of.podGroup, of.id)}` },
    }),
  };
}

function crio(of: RecordOf): Files {
  const { pod, uid } = of;
  const modes = { ...(pod.hostNetwork ? { network: 2 } : {}), ...(pod.sharePid ? {} : { pid: 1 }) };
  const name = of.container?.name ?? "POD";
  const labels = {
    "io.kubernetes.container.name": name,
    "io.kubernetes.pod.name": pod.name,
    "io.kubernetes.pod.namespace": pod.namespace,
    "io.kubernetes.pod.uid": uid,
    ...pod.labels,
  };
  const full = `${pod.name}_${pod.namespace}_${uid}_${of.attempt}`;
  const annotations: Record<string, string> = {
    "io.container.manager": "cri-o",
    "io.kubernetes.container.name": name,
    "io.kubernetes.cri-o.ContainerID": of.id,
    "io.kubernetes.cri-o.ContainerType": of.container ? "container" : "sandbox",
    "io.kubernetes.cri-o.Created": of.createdAt,
    "io.kubernetes.cri-o.Image": of.container?.image ?? "registry.k8s.io/pause:3.10",
    "io.kubernetes.cri-o.ImageName": of.container?.image ?? "registry.k8s.io/pause:3.10",
    "io.kubernetes.cri-o.Labels": json(labels),
    "io.kubernetes.cri-o.Metadata": json(of.container ? { name } : { name: pod.name, uid, namespace: pod.namespace }),
    "io.kubernetes.cri-o.Name": of.container ? `k8s_${name}_${full}` : `k8s_${full}`,
    "io.kubernetes.cri-o.SandboxID": of.sandboxId,
    "io.kubernetes.cri-o.SandboxName": `k8s_${full}`,
    "io.kubernetes.pod.name": pod.name,
    "io.kubernetes.pod.namespace": pod.namespace,
    "io.kubernetes.pod.uid": uid,
    ...(pod.ip ? { "io.kubernetes.cri-o.IP.0": pod.ip } : {}),
  };
  if (!of.container) {
    Object.assign(annotations, {
      "io.kubernetes.cri-o.CgroupParent": of.podGroup.slice(of.podGroup.lastIndexOf("/") + 1),
      "io.kubernetes.cri-o.ContainerName": `k8s_POD_${full}`,
      "io.kubernetes.cri-o.HostNetwork": String(pod.hostNetwork ?? false),
      "io.kubernetes.cri-o.KubeName": pod.name,
      "io.kubernetes.cri-o.Namespace": pod.namespace,
      "io.kubernetes.cri-o.NamespaceOptions": json(modes),
    });
    if (of.pid === undefined) annotations["spoofed.crio.io"] = "true";
  }
  const text = config(of, annotations, of.container ? undefined : pod.sysctls);
  const run = `/run/containers/storage/overlay-containers/${of.id}/userdata`;
  const files: Files = {
    [`/var/lib/containers/storage/overlay-containers/${of.id}/userdata/config.json`]: text,
    [`${run}/config.json`]: text,
  };
  if (of.pid === undefined) return files;
  files[`${run}/pidfile`] = String(of.pid);
  files[`/run/crun/${of.id}/status`] = json({
    pid: of.pid,
    "process-start-time": of.startTicks,
    "cgroup-path": containerGroup(of.scene, pod, of.podGroup, of.id),
    scope: `crio-${of.id}.scope`,
    "systemd-cgroup": of.scene.node.driver === "systemd",
    bundle: run,
    created: of.createdAt,
    owner: "root",
    detached: true,
  });
  return files;
}

function docker(of: RecordOf): Files {
  const folder = `/var/lib/docker/containers/${of.id}`;
  const joined = of.container ? `container:${of.sandboxId}` : "";
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/moby/${of.id}`;
  const name = of.container?.name ?? "pause";
  return {
    [`${folder}/config.v2.json`]: json({
      State: { Running: true, Pid: of.pid, OOMKilled: false, ExitCode: 0, StartedAt: of.createdAt },
      ID: of.id,
      Created: of.createdAt,
      Path: of.args[0],
      Args: of.args.slice(1),
      Config: {
        Hostname: of.container ? "" : of.pod.name,
        Image: of.container?.image ?? "registry.k8s.io/pause:3.10",
        Labels: of.pod.labels ?? {},
      },
      NetworkSettings: of.container
        ? { SandboxID: "", Networks: null }
        : {
            SandboxID: of.id,
            SandboxKey: `/var/run/docker/netns/${of.pinName}`,
            Networks: { bridge: { IPAddress: of.pod.ip ?? "" } },
          },
      Name: `/${of.pod.name}-${name}`,
      RestartCount: 0,
    }),
    [`${folder}/hostconfig.json`]: json({
      NetworkMode: joined || "bridge",
      IpcMode: joined || "shareable",
      PidMode: of.container && of.pod.sharePid ? joined : "",
      UTSMode: "",
      CgroupnsMode: of.scene.node.cgroupMode === "v2" ? "private" : "host",
      CgroupParent: of.podGroup.slice(1),
      Memory: of.container?.memoryBytes ?? 0,
      NanoCpus: Math.round((of.container?.cpuCores ?? 0) * 1e9),
      CpuShares: 0,
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    }),
    [`${bundle}/config.json`]: config(of, {}),
    [`${bundle}/init.pid`]: String(of.pid),
  };
}
