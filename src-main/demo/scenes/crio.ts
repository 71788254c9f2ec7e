/** CRI-O side by side: pods made before and after `drop_infra_ctr` was turned on. A restart keeps old pods as they were. */
import type { PodSpec, Scene } from "../scene.ts";
import { defaultScene, demoNode } from "./default.ts";

const [web, , debug, agent] = defaultScene.pods as [PodSpec, PodSpec, PodSpec, PodSpec];

export const crioScene: Scene = {
  id: "cri-o",
  title: "CRI-O with pause and without",
  summary:
    "The same pods kept with pause, dropped, and one whose shared PID namespace keeps pause whatever the setting.",
  node: { ...demoNode, hostname: "crio", runtimes: ["cri-o"] },
  pods: [
    { ...web, runtime: "cri-o", name: "web-pause", keepPause: true, ip: "10.85.0.4" },
    { ...web, runtime: "cri-o", name: "web", ip: "10.85.0.5" },
    { ...agent, runtime: "cri-o", name: "node-agent-pause", keepPause: true },
    { ...agent, runtime: "cri-o" },
    { ...debug, runtime: "cri-o", ip: "10.85.0.6" },
  ],
};

export const dockerScene: Scene = {
  id: "docker",
  title: "A pod made with plain Docker",
  summary: "Containers that join another's network and IPC: a pod by hand, without Kubernetes.",
  node: { ...demoNode, hostname: "docker", runtimes: ["docker"] },
  pods: [{ ...web, runtime: "docker", name: "shop", qos: "BestEffort", ip: "172.17.0.2" }],
};
