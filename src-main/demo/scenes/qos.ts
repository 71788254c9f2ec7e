/** One pod of each QoS class, on every cgroup layout that the kubelet makes. */
import { GiB, MiB, type PodSpec, type Scene } from "../scene.ts";
import { defaultScene, demoNode } from "./default.ts";

const named = (name: string): PodSpec => {
  const pod = defaultScene.pods.find((one) => one.name === name);
  if (!pod) throw new Error(`the default scene has no pod ${name}`);
  return pod;
};

/** All under one runtime, as on a node of a cluster. */
const pods = (runtime: "containerd" | "cri-o"): PodSpec[] => [
  { ...named("web"), runtime },
  { ...named("db"), runtime },
  { ...named("batch"), runtime, ip: "10.244.0.15" },
  {
    runtime,
    name: "cache",
    namespace: "shop",
    qos: "Burstable",
    ip: "10.244.0.16",
    containers: [
      {
        name: "redis",
        image: "registry.example/library/redis:8",
        args: ["redis-server", "*:6379"],
        rssBytes: 210 * MiB,
        cores: 0.05,
        memoryRequestBytes: 256 * MiB,
        cpuRequestMilli: 500,
        listens: [{ protocol: "tcp", port: 6379 }],
      },
    ],
  },
];

/** `hostUsers: false`. */
const sealed: PodSpec = {
  runtime: "containerd",
  name: "render",
  namespace: "shop",
  qos: "BestEffort",
  hostUsers: false,
  ip: "10.244.0.17",
  containers: [
    {
      name: "resize",
      image: "registry.example/shop/resize:5",
      args: ["/bin/resize", "--watch"],
      rssBytes: 34 * MiB,
      cores: 0.01,
    },
  ],
};

const node = (more: Partial<Scene["node"]>): Scene["node"] => ({
  ...demoNode,
  kubelet: true,
  memoryBytes: 8 * GiB,
  ...more,
});

export const qosScenes: Scene[] = [
  {
    id: "qos",
    title: "QoS on cgroup v2, systemd driver",
    summary: "Guaranteed, Burstable and BestEffort as slices and scopes; one pod's root is nobody on the node.",
    node: node({ hostname: "qos-v2", runtimes: ["containerd"] }),
    pods: [...pods("containerd"), sealed],
  },
  {
    id: "qos-cgroupfs",
    title: "QoS on cgroup v2, cgroupfs driver",
    summary: "The same pods as plain folders.",
    node: node({ hostname: "qos-cgroupfs", driver: "cgroupfs", runtimes: ["cri-o"] }),
    pods: pods("cri-o"),
  },
  {
    id: "qos-v1",
    title: "QoS on cgroup v1",
    summary: "The same pods in one tree for each controller, with shares instead of weight.",
    node: node({
      hostname: "qos-v1",
      cgroupMode: "v1",
      driver: "cgroupfs",
      kernel: "5.10.0-35-amd64",
      os: "Debian GNU/Linux 11 (bullseye)",
      runtimes: ["containerd"],
    }),
    pods: pods("containerd"),
  },
];
