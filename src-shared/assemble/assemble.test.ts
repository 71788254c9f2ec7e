import { describe, expect, it } from "vitest";
import { fixtureReading, fixtureSnapshot, recordedReading } from "../../src-main/testing/fixture.ts";
import type { Pod, Snapshot } from "../model.ts";
import { findPod } from "../questions/find-pod.ts";
import { checkPaths } from "../questions/oci-paths.ts";
import { checkResources } from "../questions/oci-resources.ts";
import { podReport } from "../questions/pod-report.ts";
import { emptyReading } from "../reading.ts";
import { assemble } from "./assemble.ts";

const podOf = (snapshot: Snapshot, name: string, runtime?: string): Pod => {
  const pod = snapshot.pods.find((entry) => entry.name === name && (!runtime || entry.runtime === runtime));
  if (!pod) throw new Error(`no pod ${name}`);
  return pod;
};
const names = (snapshot: Snapshot, pod: Pod): string[] =>
  pod.containers.map((id) => snapshot.containers.find((container) => container.id === id)!.name).sort();

describe.each(["bookworm-v2", "modern-v2"] as const)("%s: containerd, podman and Docker side by side", (name) => {
  const snapshot = fixtureSnapshot(name);

  it("finds every pod and no other", () => {
    expect(snapshot.pods.map((pod) => `${pod.runtime}/${pod.name}`).sort()).toEqual([
      "containerd/hostnet",
      "containerd/shared",
      "containerd/web",
      "docker/foo-sandbox",
      "docker/pause",
      "podman/lab-a",
      "podman/lab-b",
      "podman/lab-c",
      "podman/lab-d",
    ]);
  });

  it("reads a CRI pod whole", () => {
    const web = podOf(snapshot, "web", "containerd");
    expect(web).toMatchObject({
      namespace: "lab",
      qos: "Burstable",
      sandbox: { state: "process" },
      host: ["user", "time"],
      ips: ["10.77.0.2"],
      modes: { network: "POD", ipc: "POD", pid: "CONTAINER" },
    });
    expect(web.key).toBe(`containerd/${web.sandbox.id}`);
    expect(Object.keys(web.namespaces)).toEqual(["net", "ipc", "uts"]);
    expect(names(snapshot, web)).toEqual(["app", "sidecar"]);
    expect(web.cgroupPath).toMatch(/pod[0-9a-f_]{36}\.slice$/);
    const pause = snapshot.processes.find((process) => process.pid === web.sandbox.pid);
    expect(pause?.comm).toBe("pause");
  });

  it("knows what the node lends a pod: containerd leaves UTS to the node where the network is the node's", () => {
    const hostnet = podOf(snapshot, "hostnet", "containerd");
    expect(hostnet.host).toEqual(["net", "uts", "user", "time"]);
    expect(Object.keys(hostnet.namespaces)).toEqual(["ipc"]);
    expect(hostnet.ips).toEqual([]);
    expect(hostnet.modes?.network).toBe("NODE");
  });

  it("shows who holds what, and what would die with pause", () => {
    const { holders } = podReport(snapshot, podOf(snapshot, "web", "containerd").key);
    expect(holders.net).toMatchObject({ heldBy: ["sandbox", "container", "pin"], diesWithPause: false });
    expect(holders.ipc).toMatchObject({ heldBy: ["sandbox", "container"], diesWithPause: false });
    const shared = podReport(snapshot, podOf(snapshot, "shared").key).holders;
    expect(shared.pid?.diesWithPause).toBe(true);
    // With a shared PID namespace the other holders die as well, and nothing is left to hold ipc; net has its pin.
    expect(shared.ipc?.diesWithPause).toBe(true);
    expect(shared.net?.diesWithPause).toBe(false);
    expect(shared.user).toMatchObject({ initial: true, diesWithPause: false });
  });

  it("tells podman's four kinds of pod apart", () => {
    const state = (pod: string) => podOf(snapshot, pod, "podman").sandbox;
    expect(state("lab-a")).toMatchObject({ state: "process" });
    expect(state("lab-b")).toMatchObject({ state: "none" });
    expect(state("lab-c")).toMatchObject({ state: "process" });
    expect(state("lab-c").why).toContain("reaps");
    expect(state("lab-d")).toMatchObject({ state: "dropped" });
    expect(state("lab-d").why).toContain("/run/lab-pins/lab-d/net");
    expect(podOf(snapshot, "lab-b").namespaces).toEqual({});
    expect(Object.keys(podOf(snapshot, "lab-c").namespaces)).toEqual(["net", "ipc", "uts", "pid"]);
    expect(podOf(snapshot, "lab-a").networkMode).toBe("none");
  });

  it("finds hand-made Docker pods by who joins whom", () => {
    const foo = podOf(snapshot, "foo-sandbox", "docker");
    expect(names(snapshot, foo)).toEqual(["foo-app", "foo-sidecar"]);
    expect(Object.keys(foo.namespaces)).toEqual(["net", "ipc"]);
    expect(foo.cgroupPath).toBe("/pod.slice/pod-foo.slice");
    const almighty = podOf(snapshot, "pause", "docker");
    expect(names(snapshot, almighty)).toEqual(["blog", "web"]);
    expect(Object.keys(almighty.namespaces)).toEqual(["net", "ipc", "pid"]);
    expect(almighty.sandbox.why).toContain("reaps");
  });

  it("gives the monitor and the image of each container", () => {
    const app = snapshot.containers.find((container) => container.name === "app")!;
    expect(app.image).toBe("docker.io/lab/busybox:1");
    expect(snapshot.processes.find((process) => process.pid === app.monitorPid)?.comm).toBe("containerd-shim");
    const a1 = snapshot.containers.find((container) => container.name === "a1")!;
    expect(snapshot.processes.find((process) => process.pid === a1.monitorPid)?.comm).toBe("conmon");
  });
});

describe.each(["probe-v2", "hybrid-v1"] as const)("%s: what our own probe read", (name) => {
  const snapshot = assemble(recordedReading(name));
  const seen = (pod: string, runtime: string) => podOf(snapshot, pod, runtime);

  it("finds the pods of every runtime that ran there, and their states", () => {
    const states = Object.fromEntries(snapshot.pods.map((pod) => [`${pod.runtime}/${pod.name}`, pod.sandbox.state]));
    expect(states).toMatchObject({
      "containerd/web": "process",
      "containerd/shared": "process",
      "containerd/hostnet": "process",
      "podman/lab-a": "process",
      "podman/lab-b": "none",
      "podman/lab-c": "process",
      "podman/lab-d": "dropped",
    });
    expect(snapshot.pods).toHaveLength(name === "hybrid-v1" ? 9 : 7);
    expect(snapshot.node.cgroupMode).toBe(name === "hybrid-v1" ? "hybrid" : "v2");
  });
  it("places containers by memory's path where there is cgroup v1, by v2's where that is alone", () => {
    for (const container of snapshot.containers) {
      const process = snapshot.processes.find((entry) => entry.pid === container.pid);
      const path = name === "hybrid-v1" ? process?.cgroup.v1?.memory : process?.cgroup.v2;
      expect(path?.startsWith(container.cgroupPath)).toBe(true);
    }
  });
  it("has addresses, sysctls and mounts of each pod's own", () => {
    const web = seen("web", "containerd");
    expect(web.ips).toEqual(["10.77.0.2"]);
    const net = snapshot.namespaces.find((entry) => entry.type === "net" && entry.inode === web.namespaces.net);
    expect(Object.keys(net?.sysctls ?? {}).length).toBeGreaterThan(10);
    const app = snapshot.containers.find((entry) => entry.id === web.containers[0]);
    expect(app?.mounts?.length).toBeGreaterThan(3);
    expect(seen("hostnet", "containerd").host).toEqual(expect.arrayContaining(["net", "uts"]));
  });
  it("leaves nothing that a config.json asked for unkept", () => {
    for (const container of snapshot.containers) {
      for (const check of checkPaths(snapshot, container)) expect(check.verdict).toMatch(/^(own|holds)$/);
      for (const check of checkResources(snapshot, container)) expect(check).not.toMatchObject({ same: false });
    }
  });
});

describe("CRI-O", () => {
  it("dropped: says so with the empty group and the annotation, and never lends a pid", () => {
    const snapshot = fixtureSnapshot("cri-o-dropped");
    const web = podOf(snapshot, "web");
    expect(web.sandbox).toMatchObject({ state: "dropped", id: web.key.slice("cri-o/".length) });
    expect(web.sandbox.pid).toBeUndefined();
    expect(web.sandbox.why).toMatch(
      /^CRI-O dropped it: empty cgroup crio-[0-9a-f]{8}…, annotation spoofed\.crio\.io; net, ipc and uts are held by \/run\/netns\//,
    );
    expect(web.sandbox.evidence?.[0]).toMatch(/^empty cgroup \/kubepods\.slice\/.*\/crio-[0-9a-f]{64}$/);
    expect(Object.keys(web.namespaces)).toEqual(["net", "ipc", "uts"]);
    expect(web.ips).toEqual(["10.77.0.2"]);
    const { holders } = podReport(snapshot, web.key);
    expect(holders.net).toMatchObject({ heldBy: ["container", "pin"], diesWithPause: false });
  });

  it("keeps pause where the PID namespace is the pod's", () => {
    const shared = podOf(fixtureSnapshot("cri-o-dropped"), "shared");
    expect(shared.sandbox.state).toBe("process");
    expect(shared.sandbox.why).toContain("kept because the PID namespace is the pod's: pause is its pid 1 and reaps");
  });

  it("keeps a UTS namespace of its own for a host-network pod, whose netns pin is the node's own", () => {
    const hostnet = podOf(fixtureSnapshot("cri-o-dropped"), "hostnet");
    expect(Object.keys(hostnet.namespaces)).toEqual(["ipc", "uts"]);
    expect(hostnet.host).toContain("net");
    expect(hostnet.ips).toEqual([]);
  });

  it("with drop_infra_ctr off: pause is there and holds nothing that a pin does not", () => {
    const snapshot = fixtureSnapshot("cri-o-pause");
    const web = podOf(snapshot, "web");
    expect(web.sandbox.state).toBe("process");
    expect(web.sandbox.why).toBe(
      "kept: drop_infra_ctr is off; net, ipc, uts are pinned too, so pause holds nothing that a pin does not",
    );
    expect(podReport(snapshot, web.key).holders.net).toMatchObject({
      heldBy: ["sandbox", "container", "pin"],
      diesWithPause: false,
    });
  });

  it("after pause was killed: pins hold what runs on; a shared PID namespace took its containers along", () => {
    const snapshot = fixtureSnapshot("cri-o-after-kill");
    expect(podOf(snapshot, "web").sandbox).toMatchObject({ state: "dropped" });
    expect(podOf(snapshot, "web").sandbox.why).toContain("no new container can start");
    const shared = podOf(snapshot, "shared");
    expect(shared.sandbox.state).toBe("dead");
    expect(Object.keys(shared.namespaces)).toEqual(["net", "ipc", "uts"]);
    const containers = shared.containers.map((id) => snapshot.containers.find((container) => container.id === id)!);
    expect(containers.map((container) => container.pid)).toEqual([null, null]);
  });
});

describe("finding a pod by what a person types", () => {
  const snapshot = fixtureSnapshot("bookworm-v2");
  it("takes a key, a name, namespace/name and a unique prefix", () => {
    const web = podOf(snapshot, "web", "containerd");
    for (const text of [web.key, "web", "lab/web", web.uid!.slice(0, 6), web.sandbox.id!.slice(0, 8)]) {
      expect(findPod(snapshot, text).pod?.key).toBe(web.key);
    }
  });
  it("gives candidates where there are none or several", () => {
    expect(findPod(snapshot, "nothing")).toEqual({ candidates: [], meant: [] });
    const twice = { ...snapshot, pods: snapshot.pods.map((pod) => ({ ...pod, name: "same" })) };
    expect(findPod(twice, "same").pod).toBeUndefined();
    expect((findPod(twice, "same") as { candidates: Pod[] }).candidates).toHaveLength(9);
  });
});

describe("every reading", () => {
  it("assembles even when empty", () => {
    expect(assemble(emptyReading())).toMatchObject({ pods: [], containers: [], processes: [] });
  });
  it("is the same twice", () => {
    expect(assemble(fixtureReading("bookworm-v2"))).toEqual(assemble(fixtureReading("bookworm-v2")));
  });
});
