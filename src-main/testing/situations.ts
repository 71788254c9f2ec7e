/**
 * For tests: nodes as people meet them in the wild, by hand from what runtimes write and kernels show (docs/pods.md,
 * "Fixtures and nodes for tests"). Each is whole enough to lose any of its facts: forget.test.ts and agree.test.ts take them all.
 */
import type { NamespaceInodes } from "../../src-shared/model.ts";
import type { Reading } from "../../src-shared/reading.ts";
import { idOf, NODE, oci, own, type ProcessOptions, Scene, SHARED, UID } from "./scene.ts";

const POD = idOf("pod");
export const APP = idOf("app");
const DEBUG = idOf("debug");
const VPN = idOf("vpn");
export const JOINER = idOf("joiner");
export const OUTER = idOf("outer");
const STATE = "/run/containerd/io.containerd.runtime.v2.task";
const SLICE = `kubepods-burstable-pod${UID.replaceAll("-", "_")}.slice`;
const POD_GROUP = `/kubepods.slice/kubepods-burstable.slice/${SLICE}`;
const RESOURCES = { memory: { limit: 64 << 20 }, cpu: { shares: 102, quota: 20_000, period: 100_000 } };

/** Annotations of containerd's CRI plugin (internal/cri/annotations). */
const cri = (type: "sandbox" | "container", name?: string, uid = UID): Record<string, string> => ({
  "io.kubernetes.cri.container-type": type,
  "io.kubernetes.cri.sandbox-id": POD,
  "io.kubernetes.cri.sandbox-name": "web",
  "io.kubernetes.cri.sandbox-namespace": "shop",
  "io.kubernetes.cri.sandbox-uid": uid,
  ...(name === undefined ? {} : { "io.kubernetes.cri.container-name": name }),
});
/** What a container of a pod asks for whose pause is process 500. */
const JOINS = { network: "/proc/500/ns/net", ipc: "/proc/500/ns/ipc", uts: "/proc/500/ns/uts" };

/** A group with the limits that a kubelet writes. */
const group = (scene: Scene, path: string, memoryMax = "max", at = path): void => {
  scene.reading.cgroups.push({
    hierarchy: "v2",
    path: at,
    files: {
      "memory.max": memoryMax,
      "memory.current": "1048576",
      "memory.events.local": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0",
      "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0",
      "cpu.max": "20000 100000",
      "cpu.weight": "4",
      "pids.max": "max",
      "pids.current": "2",
      "cgroup.type": "domain",
      "cgroup.controllers": "cpu memory pids",
      "cgroup.subtree_control": "",
    },
  });
};

const shim = (scene: Scene, more: Partial<ProcessOptions> = {}): Scene =>
  scene.process({
    pid: 400,
    comm: "containerd-shim",
    cmdline: ["/usr/bin/containerd-shim-runc-v2", "-namespace", "k8s.io", "-id", POD],
    at: "/system.slice/containerd.service",
    ...more,
  });

interface CriPod {
  /** The group of a container, by its id. */
  at?: (id: string) => string;
  /** What every process of the pod is in besides what the pod shares. */
  within?: NamespaceInodes;
  /** Whether its records can be read here. */
  records?: boolean;
  /** Ids inside, outermost first, behind the pid that we see. */
  inside?: number[];
}

/** A pod of containerd under a kubelet: pause 500, one container 510, groups of systemd. */
function criPod(scene: Scene, { at, within = {}, records = true, inside = [1] }: CriPod = {}): Scene {
  const place = at ?? ((id: string) => `${POD_GROUP}/cri-containerd-${id}.scope`);
  const mounts = [
    { destination: "/etc/hosts", source: `/var/lib/kubelet/pods/${UID}/etc-hosts`, type: "bind", options: ["rbind"] },
  ];
  if (records)
    scene
      .file(
        `${STATE}/k8s.io/${POD}/config.json`,
        oci(cri("sandbox"), { network: "/run/netns/cni-1", ipc: "", uts: "", pid: "" }),
      )
      .file(`${STATE}/k8s.io/${POD}/init.pid`, "500")
      .file(`${STATE}/k8s.io/${APP}/config.json`, {
        ...oci(cri("container", "app"), { ...JOINS, pid: "" }, { resources: RESOURCES }),
        mounts,
      })
      .file(`${STATE}/k8s.io/${APP}/init.pid`, "510");
  scene
    .process({
      pid: 500,
      ppid: 400,
      comm: "pause",
      cmdline: ["/pause"],
      oomScoreAdj: -998,
      nsPids: [500, ...inside],
      in: { ...SHARED, ...own(4026541000), ...within },
      at: place(POD),
    })
    .process({
      pid: 510,
      ppid: 400,
      comm: "server",
      oomScoreAdj: 900,
      nsPids: [510, ...inside],
      in: { ...SHARED, ...own(4026542000), ...within },
      at: place(APP),
    })
    .pin("/run/netns/cni-1", "net", SHARED.net);
  const home = place(APP);
  group(scene, home.startsWith("/system.slice") ? POD_GROUP : home.slice(0, home.lastIndexOf("/")), "67108864");
  group(scene, place(POD));
  group(scene, place(APP), "67108864");
  scene.reading.net.push({
    inode: SHARED.net,
    pid: 510,
    files: {
      dev: "h\nh\n lo: 0\n eth0: 0",
      fib_trie: "Main:\nLocal:\n     |-- 10.1.0.7\n        /32 host LOCAL\n",
      if_inet6: "",
    },
  });
  scene.reading.relations.push({ type: "net", inode: SHARED.net, owner: NODE.user });
  return scene;
}

/** A kubelet with systemd's driver over containerd's default SystemdCgroup = false: folders with colons in their names. */
export const colons = (): Scene =>
  criPod(shim(new Scene()), { at: (id) => `/system.slice/${SLICE}:cri-containerd:${id}` });

/** `kubectl debug --target`: a third container in the PID namespace of the first (KEP-277, NamespaceMode TARGET). */
const ephemeral = (): Scene => {
  const scene = criPod(shim(new Scene()));
  scene
    .file(
      `${STATE}/k8s.io/${DEBUG}/config.json`,
      oci(cri("container", "debugger"), { ...JOINS, pid: "/proc/510/ns/pid" }),
    )
    .file(`${STATE}/k8s.io/${DEBUG}/init.pid`, "530")
    .process({
      pid: 530,
      ppid: 400,
      comm: "sh",
      nsPids: [530, 9],
      in: { ...SHARED, ...own(4026543000), pid: 4026542000 + 3 },
      at: `${POD_GROUP}/cri-containerd-${DEBUG}.scope`,
    });
  const app = scene.reading.processes.find(({ pid }) => pid === 510)!;
  scene.reading.processes.find(({ pid }) => pid === 530)!.ns.pid = app.ns.pid;
  group(scene, `${POD_GROUP}/cri-containerd-${DEBUG}.scope`);
  return scene;
};

/** An in-place resize rewrites groups, and no config.json (KEP-1287). */
const resized = (): Scene => {
  const scene = criPod(shim(new Scene()));
  for (const { path, files } of scene.reading.cgroups)
    if (path.startsWith(POD_GROUP) && files["memory.max"] !== "max") files["memory.max"] = "100663296";
  return scene;
};

const VPN_NET = 4026545002;
const dockerFiles = (
  scene: Scene,
  root: string,
  id: string,
  name: string,
  mode: string,
  pid: number,
  joined = 0,
): Scene =>
  scene
    .file(`${root}/containers/${id}/config.v2.json`, {
      Name: `/${name}`,
      State: { Running: true, Pid: pid },
      Config: { Image: "vpn:1" },
    })
    .file(`${root}/containers/${id}/hostconfig.json`, { NetworkMode: mode })
    .file(
      `${STATE}/moby/${id}/config.json`,
      oci({}, { network: mode === "bridge" ? "" : `/proc/${joined}/ns/net`, ipc: "", uts: "", pid: "" }),
    );

const dockerPair = (scene: Scene, root: string, joinerNet: number, within: NamespaceInodes = {}): Scene => {
  scene
    .process({ pid: 300, comm: "dockerd", cmdline: ["/usr/bin/dockerd"], at: "/system.slice/docker.service" })
    .process({
      pid: 700,
      comm: "openvpn",
      in: { net: VPN_NET, ...own(4026543000, ["mnt", "pid", "ipc", "uts"]), ...within },
      at: `/docker/${VPN}`,
    })
    .process({
      pid: 710,
      startTicks: 900,
      in: { net: joinerNet, ...own(4026544000, ["mnt", "pid", "ipc", "uts"]), ...within },
      at: `/docker/${JOINER}`,
    });
  dockerFiles(scene, root, VPN, "vpn", "bridge", 700);
  dockerFiles(scene, root, JOINER, "joiner", `container:${VPN}`, 710, joinerNet === VPN_NET ? 700 : 650);
  group(scene, `/docker/${VPN}`);
  group(scene, `/docker/${JOINER}`);
  return scene;
};

/** docker restart of a VPN container: its joiner stays in the network that it had before. */
export const vpnSplit = (): Scene => dockerPair(new Scene(), "/var/lib/docker", 4026545001);

/** The same before the restart, under dockerd's userns-remap: records are in <data-root>/<uid>.<gid>/. */
const remapped = (): Scene => dockerPair(new Scene(), "/var/lib/docker/231072.231072", VPN_NET, { user: 4026546000 });

/** podman's twin of a split VPN: no record ties the two, and the joiner's path leads to a process that is gone. */
export const vpnPodman = (): Scene => {
  const scene = new Scene()
    .process({
      pid: 700,
      comm: "openvpn",
      in: { net: 4026545002, ...own(4026543000, ["mnt", "pid", "ipc", "uts"]) },
      at: `/machine.slice/libpod-${VPN}.scope`,
    })
    .process({
      pid: 710,
      startTicks: 900,
      in: { net: 4026545001, ...own(4026544000, ["mnt", "pid", "ipc", "uts"]) },
      at: `/machine.slice/libpod-${JOINER}.scope`,
    })
    .pin("/run/netns/netns-1", "net", 4026545002);
  for (const [id, network] of [
    [VPN, "/run/netns/netns-1"],
    [JOINER, "/proc/650/ns/net"],
  ] as const) {
    scene.file(
      `/run/containers/storage/overlay-containers/${id}/userdata/config.json`,
      oci({ "io.container.manager": "libpod" }, { network, ipc: "", uts: "", pid: "" }),
    );
    group(scene, `/machine.slice/libpod-${id}.scope`);
  }
  return scene;
};

/** A program whose main thread ended: Z with living threads, whose links are a thread's (proc(5), pthread_exit(3)). */
const leaderless = (): Scene => {
  const scene = criPod(shim(new Scene()));
  Object.assign(scene.reading.processes.find(({ pid }) => pid === 510)!, { state: "Z", threads: 3 });
  return scene;
};

/** Between the sandbox's record and its first process. */
export const beingMade = (): Scene =>
  shim(new Scene())
    .file(`${STATE}/k8s.io/${POD}/config.json`, oci(cri("sandbox"), { network: "/run/netns/cni-1", ipc: "", uts: "" }))
    .process({ pid: 500, ppid: 400, comm: "runc:[2:INIT]", at: `${POD_GROUP}/cri-containerd-${POD}.scope` })
    .pin("/run/netns/cni-1", "net", SHARED.net)
    .cgroup(POD_GROUP);

/** kind, k3d, minikube's docker driver: a containerd with pods below a container of Docker. @param top groups at the top */
export const nodeInContainer = (top = false): Scene => {
  const base = top ? "" : `/docker/${OUTER}`;
  const inner = own(4026545000, ["mnt", "pid", "net", "ipc", "uts"]);
  const scene = new Scene().process({
    pid: 300,
    comm: "systemd",
    in: inner,
    at: `/docker/${OUTER}/init.scope`,
    nsPids: [300, 1],
  });
  shim(scene, { ppid: 300, in: inner, nsPids: [400, 90], at: `/docker/${OUTER}/system.slice/containerd.service` });
  criPod(scene, {
    at: (id) => `${base}/kubelet/kubepods/burstable/pod${UID}/${id}`,
    records: false,
    inside: [91, 1],
  });
  scene.reading.mounts.find(({ mountNamespace }) => mountNamespace === NODE.mnt)!.mounts = [];
  return scene.pin("/run/netns/cni-1", "net", SHARED.net, inner.mnt);
};

/**
 * A sandbox process that is the pod. gVisor's gofer sits in the container's group, in empty namespaces; a hypervisor of
 * Kata's is in the node's own but for the network.
 */
export const machine = (comm = "runsc-sandbox", shimPath = "/usr/bin/containerd-shim-runsc-v1"): Scene => {
  const kata = comm !== "runsc-sandbox";
  const made = { network: "/run/netns/cni-1", ipc: "", uts: "", pid: "" };
  const scene = shim(new Scene(), { cmdline: [shimPath, "-namespace", "k8s.io", "-id", POD] })
    .file(`${STATE}/k8s.io/${POD}/config.json`, oci(cri("sandbox"), made))
    .file(`${STATE}/k8s.io/${POD}/init.pid`, "500")
    .file(`${STATE}/k8s.io/${APP}/config.json`, oci(cri("container", "app"), JOINS))
    .file(`${STATE}/k8s.io/${APP}/init.pid`, "500")
    .process({
      pid: 500,
      ppid: 400,
      comm,
      cmdline: [comm],
      in: { net: SHARED.net, ...(kata ? {} : own(4026541000, ["mnt", "pid", "ipc", "uts"])) },
      at: `/k8s.io/${POD}`,
    })
    .pin("/run/netns/cni-1", "net", SHARED.net);
  if (!kata)
    scene.process({
      pid: 505,
      ppid: 400,
      comm: "runsc-gofer",
      in: own(4026549000, ["mnt", "net", "ipc", "pid"]),
      at: `/k8s.io/${APP}`,
    });
  group(scene, `/k8s.io/${POD}`);
  return scene;
};

/** We are in a cgroup namespace: groups beside ours read as /../…, and their files are out of reach. */
const inCgroupNamespace = (): Scene => {
  const scene = criPod(shim(new Scene()));
  const up = "/../..";
  for (const process of scene.reading.processes) {
    const [key, path] = Object.entries(process.cgroup)[0] ?? [];
    if (key !== undefined) process.cgroup = { [key]: `${up}${path === "/" ? "" : path}` };
  }
  scene.reading.node.self.cgroup = 4026549999;
  scene.reading.cgroups = [];
  group(scene, "/");
  scene.reading.gaps.push(
    { what: "cgroups above our own", why: "the probe runs in a cgroup namespace", count: 1 },
    { what: "cgroups", why: "not mounted where the probe runs", count: 4 },
  );
  return scene;
};

const PINNED = { network: "/run/netns/1", ipc: "/run/ipcns/1", uts: "/run/utsns/1", pid: "" };
const CRIO = "/var/lib/containers/storage/overlay-containers";
/** CRI-O between two tries of a container. @param restarts so far @param finished when the last run ended */
export const crashLoop = (restarts = 4, finished = "2026-11-28T09:58:00Z"): Scene => {
  const container = idOf(`try${restarts}`);
  const notes = (type: string, more: Record<string, string>) => ({
    "io.kubernetes.cri-o.SandboxID": POD,
    "io.kubernetes.cri-o.ContainerType": type,
    "io.kubernetes.cri-o.KubeName": "web",
    ...more,
  });
  const scene = new Scene()
    .file(`${CRIO}/${POD}/userdata/config.json`, oci(notes("sandbox", { "spoofed.crio.io": "true" }), PINNED))
    .file(
      `${CRIO}/${container}/userdata/config.json`,
      oci(
        notes("container", {
          "io.kubernetes.cri-o.Labels": JSON.stringify({ "io.kubernetes.container.name": "app" }),
          "io.kubernetes.cri-o.Metadata": JSON.stringify({ name: "app", attempt: restarts }),
        }),
        PINNED,
      ),
    )
    .file(`${CRIO}/${container}/userdata/state.json`, {
      status: "stopped",
      exitCode: 137,
      oomKilled: true,
      finished,
    })
    .pin("/run/netns/1", "net", SHARED.net)
    .pin("/run/ipcns/1", "ipc", SHARED.ipc)
    .pin("/run/utsns/1", "uts", SHARED.uts);
  scene.reading.takenAt = "2026-11-28T10:00:00.000Z";
  return scene;
};

export const MANIFEST = "/run/podglass/pins/0123456789abcdef/manifest.json";
/** What a restore leaves in it. */
export const restored = (pid: number, startTicks: number) => ({
  schema: "podglass.pins/1",
  key: `containerd/${POD}`,
  pod: "web",
  bootId: "boot-1",
  namespaces: SHARED,
  cgroups: [],
  sandbox: null,
  dropped: null,
  restored: { pid, startTicks },
  last: { journalId: "j", action: "restore", at: "2026-01-01T00:00:00Z" },
});

/** A process that held a pod's namespaces in place of pause, and whose pod is gone. */
export const standIn = (): Scene =>
  new Scene()
    .process({ pid: 600, startTicks: 77, in: SHARED, at: "/podglass/x/podglass-pause" })
    .cgroup("/podglass/x/podglass-pause")
    .file(MANIFEST, restored(600, 77));

const TABLE: Record<string, () => Scene> = {
  "containerd with SystemdCgroup = false": colons,
  "an ephemeral container": ephemeral,
  "an in-place resize": resized,
  "a VPN that was restarted, Docker": vpnSplit,
  "a VPN that was restarted, podman": vpnPodman,
  "Docker with userns-remap": remapped,
  "a program whose main thread ended": leaderless,
  "a sandbox that is being made": beingMade,
  "a node in a container": () => nodeInContainer(),
  "a node in a container, groups at the top": () => nodeInContainer(true),
  gVisor: () => machine(),
  Kata: () => machine("qemu-system-x86", "/opt/kata/bin/containerd-shim-kata-v2"),
  "pods in a cgroup namespace": inCgroupNamespace,
  "a crash loop": () => crashLoop(),
  "a stand-in that outlived its pod": standIn,
};

export const SITUATIONS: [string, () => Reading][] = Object.entries(TABLE).map(([name, make]) => [
  name,
  () => make().reading,
]);
