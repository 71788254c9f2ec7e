/** Which containers are told as nodes, by labels as kind, k3d and minikube write them, and by what runs inside. */
import { expect, it } from "vitest";
import { byLabels, byProcesses, runningOf } from "./containers.ts";

const labels = (...pairs: [string, string][]) => byLabels(new Map(pairs));

it("takes nodes of kind, k3d and minikube by their labels, and none of their helpers", () => {
  const kind = (role: string) => labels(["io.x-k8s.kind.cluster", "dev"], ["io.x-k8s.kind.role", role]);
  expect(kind("control-plane")).toBe("kind, control-plane");
  expect(kind("worker")).toBe("kind, worker");
  expect(kind("external-load-balancer")).toBeNull();
  const k3d = (role: string) => labels(["app", "k3d"], ["k3d.cluster", "one"], ["k3d.role", role]);
  expect(k3d("server")).toBe("k3d, server");
  expect(k3d("agent")).toBe("k3d, agent");
  for (const role of ["loadbalancer", "registry", "noRole"]) expect(k3d(role)).toBeNull();
  expect(labels(["created_by.minikube.sigs.k8s.io", "true"], ["name.minikube.sigs.k8s.io", "minikube"])).toBe(
    "minikube",
  );
  expect(labels(["app", "web"])).toBeUndefined();
});

it("takes others by what runs inside, and a name that only begins alike for nothing", () => {
  expect(byProcesses(new Set(["COMMAND", "sh", "kubelet"]))).toBe("a kubelet inside");
  expect(byProcesses(new Set(["k3s-server"]))).toBe("k3s-server inside");
  expect(byProcesses(new Set(["systemd", "sshd"]))).toBe("systemd inside");
  expect(byProcesses(new Set(["systemd-resolve", "kubelet-proxy"]))).toBeUndefined();
});

it("reads both programs' lists, and passes over what is none and names that are options", () => {
  const docker = [
    "WARNING: this is no list",
    JSON.stringify({ Names: "dev-worker", Labels: "io.x-k8s.kind.cluster=dev,io.x-k8s.kind.role=worker,x" }),
    JSON.stringify({ Names: "--privileged", Labels: "io.x-k8s.kind.cluster=dev" }),
    JSON.stringify({ Names: "a b;c", Labels: "" }),
    "[]",
  ].join("\n");
  expect(runningOf(docker).map(({ name, labels }) => [name, byLabels(labels)])).toEqual([
    ["dev-worker", "kind, worker"],
  ]);
  const podman = JSON.stringify([
    { Names: ["one", "other"], Labels: { "io.x-k8s.kind.cluster": "c", "io.x-k8s.kind.role": "w\u001b[2J" } },
    { Names: ["two"], Labels: null },
    { Names: ["-v/:/host"], Labels: {} },
    null,
  ]);
  const [one, two, ...more] = runningOf(podman);
  expect(byLabels(one?.labels ?? new Map())).not.toContain("\u001b");
  expect([one?.name, two?.name, more]).toEqual(["one", "two", []]);
});
