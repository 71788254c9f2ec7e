/** What nodes look like that nobody of the project had made: each with the right answer, by hand from real shapes. */
import { describe, expect, it } from "vitest";
import { idOf, NODE, oci, only, own, Scene, SHARED, UID } from "../../src-main/testing/scene.ts";
import { beingMade, machine, nodeInContainer, OUTER, standIn } from "../../src-main/testing/situations.ts";
import { containerState } from "../container-state.ts";
import { findings } from "../findings/findings.ts";
import { readiness } from "../questions/readiness.ts";
import { whatIf } from "../questions/what-if.ts";
import { isNotKnown } from "../reasons.ts";
import { assemble } from "./assemble.ts";

const UNDERSCORED = UID.replaceAll("-", "_");
const HASH = "0123456789abcdef0123456789abcdef";
const STATE = "/run/containerd/io.containerd.runtime.v2.task/k8s.io";
const POD = idOf("pod");
const APP = idOf("app");
const joined = { network: "/proc/500/ns/net", ipc: "/proc/500/ns/ipc", uts: "/proc/500/ns/uts" };
const cri = (type: string, uid = UID) => ({
  "io.kubernetes.cri.container-type": type,
  "io.kubernetes.cri.sandbox-id": POD,
  "io.kubernetes.cri.sandbox-name": "web",
  "io.kubernetes.cri.sandbox-uid": uid,
  ...(type === "container" ? { "io.kubernetes.cri.container-name": "app" } : {}),
});
const containerd = (scene: Scene, uid = UID, mounts: object[] = []) =>
  scene
    .file(`${STATE}/${POD}/config.json`, oci(cri("sandbox", uid)))
    .file(`${STATE}/${POD}/init.pid`, "500")
    .file(`${STATE}/${APP}/config.json`, { ...oci(cri("container", uid), joined), mounts })
    .file(`${STATE}/${APP}/init.pid`, "510");

describe("groups with colons in their names", () => {
  // facts: a kubelet with the systemd driver over containerd's default SystemdCgroup = false.
  const slice = `kubepods-burstable-pod${UNDERSCORED}.slice`;
  const path = `/kubepods.slice/kubepods-burstable.slice/${slice}`;
  const scene = containerd(new Scene())
    .process({ pid: 500, comm: "pause", in: SHARED, at: `/system.slice/${slice}:cri-containerd:${POD}` })
    .process({ pid: 510, in: SHARED, at: `/system.slice/${slice}:cri-containerd:${APP}` })
    .cgroup(path);
  const pod = only(assemble(scene.reading));

  it("are their containers', whose pod lives", () => {
    expect(pod.sandbox).toMatchObject({ state: "process", kind: "pause", pid: 500 });
    expect(pod).toMatchObject({ uid: UID, qos: "Burstable", cgroupPath: path, namespaces: SHARED });
  });
});

describe("a recorded pid that lives", () => {
  const app = (scene: Scene) => scene.process({ pid: 510, in: SHARED, at: `/a/${APP}` });

  it("with the container's id in its group is the container, whatever the group is called", () => {
    const scene = app(containerd(new Scene())).process({
      pid: 500,
      comm: "pause",
      in: SHARED,
      at: `/odd.slice/something:else:${POD}:x`,
    });
    expect(only(assemble(scene.reading)).sandbox).toMatchObject({ state: "process", pid: 500 });
  });
  it("in another group is not gone, and not known to be it", () => {
    const scene = app(containerd(new Scene())).process({ pid: 500, comm: "pause", in: SHARED, at: "/mine" });
    const { sandbox } = only(assemble(scene.reading));
    expect(sandbox.state).not.toBe("dead");
    expect(isNotKnown(sandbox)).toBe(true);
    expect(sandbox.why).toContain("pid 500, which its record names, lives, but in group /mine");
  });
  it("but started after the containers is somebody else by now", () => {
    const scene = app(containerd(new Scene())).process({
      pid: 500,
      startTicks: 9000,
      in: SHARED,
      at: "/mine",
    });
    expect(only(assemble(scene.reading)).sandbox.state).toBe("dead");
  });
});

describe("a sandbox process that is the pod", () => {
  it.each([
    ["gVisor", "runsc-sandbox", "/usr/bin/containerd-shim-runsc-v1"],
    ["Kata", "qemu-system-x86", "/opt/kata/bin/containerd-shim-kata-v2"],
    ["Kata with another hypervisor, told by its shim alone", "vmm", "/opt/kata/bin/containerd-shim-kata-v2"],
  ])("is a machine: %s", (_name, comm, shim) => {
    const scene = new Scene()
      .file(`${STATE}/${POD}/config.json`, oci(cri("sandbox"), { network: "/run/netns/cni-1" }))
      .file(`${STATE}/${POD}/init.pid`, "500")
      .file(`${STATE}/${APP}/config.json`, oci(cri("container"), joined))
      .file(`${STATE}/${APP}/init.pid`, "500")
      .process({ pid: 400, comm: "containerd-shim", cmdline: [shim, "-namespace", "k8s.io", "-id", POD] })
      .process({ pid: 500, ppid: 400, comm, cmdline: [comm], in: { net: SHARED.net }, at: `/k8s.io/${POD}` })
      // gVisor's gofer: in the container's group, in empty namespaces.
      .process({ pid: 505, ppid: 400, comm: "runsc-gofer", in: own(4026549000), at: `/k8s.io/${APP}` });
    const snapshot = assemble(scene.reading);
    const pod = only(snapshot);
    expect(pod.sandbox).toMatchObject({ state: "process", kind: "vm", pid: 500 });
    expect(pod.namespaces).toEqual({ net: SHARED.net });
    expect(snapshot.containers.find(({ id }) => id === APP)?.pid).toBe(500);
  });
});

describe("Kata's hypervisor, which runs in the node's own namespaces", () => {
  const snapshot = assemble(machine("qemu-system-x86", "/opt/kata/bin/containerd-shim-kata-v2").reading);
  it("makes nothing of the node the pod's", () => {
    expect(only(snapshot)).toMatchObject({ sandbox: { kind: "vm" }, host: ["user", "time"] });
    expect(findings(snapshot).filter(({ severity }) => severity !== "info")).toEqual([]);
  });
  it("takes the containers along", () => {
    const { key } = only(snapshot);
    const { dies, sentence } = whatIf(snapshot, { kind: "sandbox", podKey: key });
    expect(dies).toContainEqual(expect.objectContaining({ kind: "container", label: "app" }));
    expect(sentence).toMatch(/^When the sandbox process of web \(pid 500\) ends: every container in it ends with it/);
  });
});

describe("a sandbox that is being made", () => {
  it("is starting, with a pin and no pid yet", () => {
    const scene = new Scene()
      .file(`${STATE}/${POD}/config.json`, oci(cri("sandbox"), { network: "/run/netns/cni-1" }))
      .pin("/run/netns/cni-1", "net", SHARED.net);
    expect(only(assemble(scene.reading)).sandbox).toMatchObject({ state: "starting", reasons: [{ code: "starting" }] });
  });
  it("is in no namespace of its own yet, and shares none with the node", () => {
    const snapshot = assemble(beingMade().reading);
    const pod = only(snapshot);
    expect(pod).toMatchObject({ sandbox: { state: "starting" }, namespaces: { net: SHARED.net } });
    expect(pod.host.filter((type) => ["net", "ipc", "uts", "pid"].includes(type))).toEqual([]);
    const [made] = snapshot.containers;
    expect(made).toMatchObject({ pid: null, pids: [500] });
    expect(containerState(snapshot, made!)).toBe("starting");
    expect(findings(snapshot).filter(({ severity }) => severity !== "info")).toEqual([]);
  });
  it("is starting while runc makes it", () => {
    const scene = new Scene()
      .file(`${STATE}/${POD}/config.json`, oci(cri("sandbox")))
      .process({ pid: 500, comm: "runc:[2:INIT]", at: `/k8s.io/${POD}` });
    const { sandbox } = only(assemble(scene.reading));
    expect(sandbox.state).toBe("starting");
    expect(sandbox.pid).toBeUndefined();
  });
});

describe("who owns a pod", () => {
  const running = (scene: Scene, at: string) =>
    scene
      .process({ pid: 500, comm: "pause", in: SHARED, at: `${at}/${POD}` })
      .process({ pid: 510, in: SHARED, at: `${at}/${APP}` });

  it("is a kubelet that does not run now, by what it mounted", () => {
    const mounts = [{ destination: "/etc/hosts", source: `/var/lib/kubelet/pods/${UID}/etc-hosts`, type: "bind" }];
    const { owner } = only(assemble(running(containerd(new Scene(), UID, mounts), "/k8s.io").reading));
    expect(owner).toMatchObject({ kind: "kubelet" });
    expect(owner?.static).toBeUndefined();
    expect(owner?.evidence).toContain(`/var/lib/kubelet/pods/${UID}/etc-hosts`);
  });
  it("is a kubelet by its groups where no record was read, and a hash for a uid says that the pod is static", () => {
    const at = `/kubepods/besteffort/pod${HASH}`;
    const scene = running(new Scene(), at).process({
      pid: 400,
      comm: "containerd-shim",
      cmdline: ["containerd-shim-runc-v2", "-namespace", "k8s.io", "-id", POD],
    });
    for (const process of scene.reading.processes) if (process.pid >= 500) process.ppid = 400;
    const pod = only(assemble(scene.reading));
    expect(pod.owner).toMatchObject({ kind: "kubelet", static: true });
    expect(pod.staticPod).toBe(true);
  });
  it("is nobody where somebody put a pod below kubepods by hand, and its records name no kubelet", () => {
    const scene = running(containerd(new Scene()), `/kubepods/besteffort/pod${UID}`);
    expect(only(assemble(scene.reading)).owner).toBeUndefined();
  });
  it.each([
    ["another user's", 1000, {}],
    ["root's in a user namespace of its own", 0, { user: 4026541111 }],
    ["root's in a mount namespace of its own", 0, { mnt: 4026542222 }],
  ])("is the user of a process that calls itself a shim and is %s", (_, user, spaces) => {
    const scene = running(new Scene(), "/k8s.io").process({
      pid: 400,
      comm: "containerd-shim",
      cmdline: ["containerd-shim-runc-v2", "-namespace", "k8s.io", "-id", POD],
      in: spaces,
    });
    for (const process of scene.reading.processes) {
      if (process.pid >= 500) process.ppid = 400;
      if (process.pid === 400) process.uid = user;
    }
    const { owner } = only(assemble(scene.reading));
    expect(owner).toMatchObject({ kind: "user", uid: user });
    expect(owner?.evidence).toContain("containerd-shim (process 400");
  });
  it("is nobody where a pod was made over the CRI by hand", () => {
    expect(only(assemble(running(containerd(new Scene()), "/k8s.io").reading)).owner).toBeUndefined();
  });
  it.each(["kubelet", "kubelite", "k3s-server", "microshift", "edgecore"])("is %s that runs on the node", (comm) => {
    const scene = running(containerd(new Scene()), "/k8s.io").process({ pid: 300, comm });
    expect(only(assemble(scene.reading)).owner).toMatchObject({ kind: "kubelet" });
  });
  it("is not a kubelet that runs in a container", () => {
    const scene = running(containerd(new Scene()), "/k8s.io").process({
      pid: 300,
      comm: "kubelet",
      in: { pid: 4026549999 },
    });
    expect(only(assemble(scene.reading)).owner).toBeUndefined();
  });
  it("is a user whose processes pass for a pod", () => {
    const at = "/user.slice/user-1000.slice/user@1000.service/app.slice";
    expect(only(assemble(running(containerd(new Scene()), at).reading)).owner).toMatchObject({
      kind: "user",
      uid: 1000,
    });
  });
});

describe("a node in a container", () => {
  it.each([
    ["in groups below the container's", false],
    ["in groups at the top, told by its monitors", true],
  ])("has its pods listed as within: %s", (_name, top) => {
    const snapshot = assemble(nodeInContainer(top).reading);
    const pod = only(snapshot);
    expect(pod).toMatchObject({ within: OUTER, uid: UID, sandbox: { state: "process", pid: 500 } });
    // Its monitors are that node's own, and nobody's who passes for a pod.
    expect(pod.owner?.kind).not.toBe("user");
    expect(snapshot.gaps).toContainEqual(expect.objectContaining({ what: "pods of a node in a container", count: 1 }));
  });
});

describe("a stand-in that outlived its pod", () => {
  const snapshot = assemble(standIn().reading);
  it("shares what it holds, and nothing with the node", () => {
    const pod = only(snapshot);
    expect(pod.sandbox).toMatchObject({ state: "process", pid: 600 });
    expect(pod.namespaces).toEqual(SHARED);
    expect(pod.host).toEqual([]);
  });
  it("is no pause that could go: nothing is left to use the pins", () => {
    expect(readiness(snapshot).pods).toMatchObject([
      { verdict: "no", reasons: [expect.stringMatching(/^no container of the pod is left/)] },
    ]);
  });
});

describe("what could not be read", () => {
  it("is named, and nothing is said of it", () => {
    const scene = containerd(new Scene())
      .process({ pid: 500, comm: "pause", in: SHARED, at: `/k8s.io/${POD}`, ns: {} })
      .process({ pid: 510, in: SHARED, at: `/k8s.io/${APP}`, ns: { ...NODE, ...SHARED } });
    const pod = only(assemble(scene.reading));
    expect(pod.unread).toEqual(expect.arrayContaining(["net", "ipc", "uts", "pid"]));
    expect(pod.namespaces).toEqual({});
    expect(pod.host).toEqual([]);
  });
});
