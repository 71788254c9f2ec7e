/** Nodes on which everything goes wrong that Podglass has a rule for: one on cgroup v2, one on v1. */
import { GiB, MiB, type PodSpec, type Scene } from "../scene.ts";
import { demoNode } from "./default.ts";

const pod = (name: string, more: Partial<PodSpec> & { last: number }): PodSpec => {
  const { last, ...given } = more;
  return {
    runtime: "containerd",
    name,
    namespace: "shop",
    qos: "Burstable",
    ip: `10.244.0.${last}`,
    containers: [app("app", {}), app("sidecar", {})],
    ...given,
  };
};

function app(name: string, more: Partial<PodSpec["containers"][number]>): PodSpec["containers"][number] {
  return {
    name,
    image: `registry.example/shop/${name}:3`,
    args: [`/usr/bin/${name}`],
    rssBytes: 24 * MiB,
    memoryBytes: 96 * MiB,
    memoryRequestBytes: 48 * MiB,
    cpuCores: 0.2,
    cpuRequestMilli: 100,
    cores: 0.01,
    ...more,
  };
}

/** The 16 digits are those of a pod that is long gone. */
const FORGOTTEN = "/run/podglass/pins/0f3a6c1d2b4e5a79";
const UNMOUNTED = "/run/podglass/pins/77c0de5a13b29f04";

export const sickScene: Scene = {
  id: "sick",
  title: "A sick node",
  summary: "One of each finding on cgroup v2.",
  node: { ...demoNode, hostname: "sick", kubelet: true },
  pods: [
    pod("orphaned", { last: 20 }),
    pod("split", { last: 21 }),
    pod("guest", { last: 22 }),
    pod("twin", { last: 23 }),
    pod("twin-too", { last: 23 }),
    pod("careless", { last: 24 }),
    pod("headless", { last: 25 }),
    pod("exposed", {
      last: 26,
      hostNetwork: true,
      ip: undefined,
      containers: [app("app", { listens: [{ protocol: "tcp", port: 8443 }] })],
    }),
    pod("direct", { last: 0, ip: `${demoNode.address.replace(/\d+$/, "")}240` }),
    pod("sealed", { last: 0, ip: undefined }),
    pod("squeezed", { last: 27 }),
    pod("hungry", { last: 28 }),
    pod("throttled", { last: 29, containers: [app("app", { cores: 1.4 })] }),
    pod("crowded", { last: 30 }),
    pod("stalled", { last: 31 }),
    pod("frozen", { last: 32 }),
    // Put where Guaranteed pods are, and asked for nothing.
    pod("misfiled", {
      last: 33,
      qos: "Guaranteed",
      containers: [
        app("app", { memoryBytes: undefined, memoryRequestBytes: undefined, cpuCores: undefined, cpuRequestMilli: 0 }),
      ],
    }),
    pod("touched", { last: 34 }),
    pod("mixed", { last: 35 }),
    pod("inner", { last: 36 }),
    pod("unlimited", { last: 38 }),
    pod("copied", { last: 37, runtime: "cri-o" }),
    pod("borrowed", { last: 49, user: 1000 }),
    pod("stopped", { last: 39, runtime: "cri-o", keepPause: true }),
    pod("almighty", { last: 42, containers: [app("app", { privileged: true })] }),
    pod("commander", {
      last: 43,
      containers: [
        app("app", {
          mounts: [
            {
              source: "/run/containerd/containerd.sock",
              destination: "/run/containerd/containerd.sock",
              readOnly: true,
            },
          ],
        }),
      ],
    }),
    pod("scribbler", {
      last: 44,
      containers: [app("app", { mounts: [{ source: "/etc", destination: "/node/etc" }] })],
    }),
  ],
  before: [
    { do: "kill-pause", pod: "orphaned" },
    { do: "kill-pause", pod: "stopped" },
    { do: "join", pod: "split", container: "sidecar", type: "net", other: "new" },
    { do: "join", pod: "guest", container: "sidecar", type: "ipc", other: "twin" },
    { do: "orphan-pin", path: "/run/netns/cni-3f8c1f0e-6f3b-4a53-9a44-0b1d0c7b2e11", type: "net" },
    { do: "orphan-pin", path: "/run/netns/blue", type: "net" },
    { do: "orphan-pin", path: `${FORGOTTEN}/net`, type: "net" },
    { do: "orphan-pin", path: `${UNMOUNTED}/ipc`, type: "ipc" },
    { do: "copy-pin", pod: "copied", container: "app", path: `${UNMOUNTED}/ipc` },
    { do: "stray", comm: "sleep", place: "/podglass-lab/half-made/c1" },
    { do: "stray", comm: "sleep", place: "/podglass/0f3a6c1d2b4e5a79/podglass-pause" },
    {
      do: "empty-group",
      place:
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod5b1e7d3c_9a20_4c8f_b1d6_2f7a90e4c355.slice",
    },
    { do: "zombies", pod: "careless", container: "app", count: 7 },
    { do: "join", pod: "headless", container: "sidecar", type: "pid", other: "headless/app" },
    { do: "limits", place: "squeezed", memoryMax: 64 * MiB },
    { do: "grow", pod: "hungry", container: "app", bytes: 90 * MiB },
    { do: "restart-container", pod: "hungry", container: "app" },
    { do: "limits", place: "hungry", memoryMax: 96 * MiB },
    { do: "grow", pod: "hungry", container: "app", bytes: 60 * MiB },
    { do: "restart-container", pod: "hungry", container: "app" },
    { do: "limits", place: "crowded/app", pidsMax: 20 },
    { do: "fork", pod: "crowded", container: "app", count: 18 },
    { do: "pressure", place: "stalled/app", memory: 80 },
    { do: "pressure", place: "stalled/sidecar", io: 80 },
    { do: "freeze", place: "frozen/app" },
    { do: "oom-score-adj", pod: "touched", container: "app", value: -500 },
    { do: "limits", place: "mixed/app", cpuWeight: 4 },
    { do: "withhold", place: "unlimited/app", controller: "memory" },
    { do: "invalid-group", place: "/system.slice/threads.service/workers" },
    { do: "unplug", pod: "touched" },
    { do: "move", pod: "inner", container: "app", place: "inner" },
  ],
};

export const sickV1Scene: Scene = {
  id: "sick-v1",
  title: "A sick node on cgroup v1",
  summary: "What only the separate trees of cgroup v1 can get wrong.",
  node: {
    ...demoNode,
    hostname: "sick-v1",
    cgroupMode: "v1",
    driver: "cgroupfs",
    kernel: "5.10.0-35-amd64",
    os: "Debian GNU/Linux 11 (bullseye)",
    runtimes: ["containerd"],
    memoryBytes: 8 * GiB,
    kubelet: true,
  },
  pods: [pod("escaped", { last: 40 }), pod("frozen", { last: 41 })],
  before: [
    { do: "move", pod: "escaped", container: "app", place: "/", hierarchy: "memory" },
    { do: "freeze", place: "frozen/app" },
  ],
};
