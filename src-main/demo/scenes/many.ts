/** A full node: 200 pods of few kinds, some with pause and some without. */
import { GiB, MiB, type PodSpec, type Scene } from "../scene.ts";
import { demoNode } from "./default.ts";

const APPS = ["api", "cart", "mail", "search", "stock", "price", "auth", "images"];
const CLASSES = ["Burstable", "Burstable", "Guaranteed", "BestEffort"] as const;

function pod(i: number): PodSpec {
  const app = APPS[i % APPS.length] ?? "api";
  const qos = CLASSES[i % CLASSES.length] ?? "Burstable";
  const limit = (96 + (i % 5) * 32) * MiB;
  const limits =
    qos === "BestEffort"
      ? {}
      : {
          memoryBytes: limit,
          memoryRequestBytes: qos === "Guaranteed" ? limit : limit / 2,
          cpuCores: 0.2,
          cpuRequestMilli: qos === "Guaranteed" ? 200 : 50,
        };
  return {
    runtime: i % 3 === 0 ? "cri-o" : "containerd",
    name: `${app}-${String(i).padStart(3, "0")}`,
    namespace: ["shop", "staging", "team-a", "team-b"][i % 4] ?? "shop",
    qos,
    ip: `10.244.${1 + Math.floor(i / 200)}.${2 + (i % 200)}`,
    containers: [
      {
        name: app,
        image: `registry.example/${app}:${1 + (i % 9)}`,
        args: [`/usr/bin/${app}`, "--serve"],
        rssBytes: (12 + ((i * 7) % 40)) * MiB,
        cacheBytes: (i % 6) * MiB,
        cores: ((i * 13) % 10) / 400,
        listens: [{ protocol: "tcp", port: 8080 }],
        workers: [{ args: [`/usr/bin/${app}`, "worker"], rssBytes: 6 * MiB }],
        ...limits,
      },
      ...(i % 4 === 1
        ? [{ name: "proxy", image: "registry.example/proxy:2", args: ["/bin/proxy"], rssBytes: 9 * MiB, ...limits }]
        : []),
    ],
  };
}

export const manyScene: Scene = {
  id: "many",
  title: "200 pods",
  summary: "A full node, two thirds of the pods with pause.",
  node: { ...demoNode, hostname: "many", cpus: 32, memoryBytes: 64 * GiB },
  pods: Array.from({ length: 200 }, (_, i) => pod(i)),
};
