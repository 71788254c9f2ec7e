import { describe, expect, it } from "vitest";
import { idOf, oci, only, own, Scene, SHARED, UID } from "../../src-main/testing/scene.ts";
import { whatIf } from "../questions/what-if.ts";
import { assemble } from "./assemble.ts";

// --- what Podglass itself left on the node ---------------------------------------------------------------
describe("our own manifests", () => {
  const key = `containerd/${idOf("crisandbox")}`;
  const state = "/run/containerd/io.containerd.runtime.v2.task/k8s.io";
  const id = idOf("crisandbox");
  const app = idOf("criapp");
  const note = { "io.kubernetes.cri.sandbox-id": id, "io.kubernetes.cri.sandbox-name": "web" };
  const pins = (more: object) => ({
    schema: "podglass.pins/1",
    key,
    pod: "web",
    bootId: "boot-1",
    namespaces: SHARED,
    cgroups: [],
    sandbox: { pid: 500, startTicks: 1500 },
    dropped: { pid: 500, startTicks: 1500, at: "2026-11-21T10:00:00Z" },
    restored: null,
    last: { journalId: "j1", action: "drop", at: "2026-11-21T10:00:00Z" },
    ...more,
  });
  const dropped = (more: object = {}) =>
    new Scene()
      .process({ pid: 510, in: { ...SHARED, ...own(4026544100) }, at: `/kubepods/pod${UID}/${app}` })
      .file(
        `${state}/${app}/config.json`,
        oci(
          { ...note, "io.kubernetes.cri.container-type": "container", "io.kubernetes.cri.container-name": "app" },
          { network: "/proc/500/ns/net", ipc: "/proc/500/ns/ipc", uts: "/proc/500/ns/uts" },
        ),
      )
      .pin("/run/podglass/pins/ab/net", "net", SHARED.net)
      .pin("/run/podglass/pins/ab/ipc", "ipc", SHARED.ipc)
      .pin("/run/podglass/pins/ab/uts", "uts", SHARED.uts)
      .file("/run/podglass/pins/ab/manifest.json", pins(more));

  it("a drop of ours is told as one", () => {
    const pod = only(assemble(dropped().reading));
    expect(pod.sandbox).toMatchObject({ state: "dropped", evidence: ["/run/podglass/pins/ab/manifest.json: dropped"] });
    expect(pod.sandbox.why).toContain("Podglass dropped it (pause was pid 500");
  });
  it("a stand-in is the sandbox process while it lives, and says that it is one", () => {
    const scene = dropped({ restored: { pid: 600, startTicks: 1600 } });
    scene.process({ pid: 600, in: SHARED, at: `/kubepods/pod${UID}/podglass-pause` });
    const pod = only(assemble(scene.reading));
    expect(pod.sandbox).toMatchObject({ state: "process", pid: 600 });
    expect(pod.sandbox.why).toContain("stand-in");
    expect(pod.namespaces).toEqual(SHARED);
  });
  it("a stand-in whose pid is somebody else's by now is gone", () => {
    const scene = dropped({ restored: { pid: 600, startTicks: 1 } });
    scene.process({ pid: 600, at: "/user.slice" });
    expect(only(assemble(scene.reading)).sandbox.state).toBe("dropped");
  });
  it("a manifest from before the last boot says nothing", () => {
    const pod = only(assemble(dropped({ bootId: "boot-0" }).reading));
    expect(pod.sandbox.why).not.toContain("Podglass");
  });

  const lab = (sandbox: "pause" | "pinned") => ({
    schema: "podglass.lab/1",
    name: "demo",
    bootId: "boot-1",
    createdAt: "2026-11-21T10:00:00Z",
    sandbox,
    cgroupPath: "/podglass-lab/demo",
    pause: sandbox === "pause" ? { pid: 700, startTicks: 1700, cgroupPath: "/podglass-lab/demo/pause" } : null,
    pins: {},
    namespaces: SHARED,
    address: "",
    hostInterface: "",
    containers: [{ id: "demo/c1", name: "c1", pid: 710, startTicks: 1710, cgroupPath: "/podglass-lab/demo/c1" }],
  });
  it("a lab pod with pause", () => {
    const scene = new Scene()
      .process({ pid: 700, comm: "pause", in: { ...SHARED, ...own(4026545000) }, at: "/podglass-lab/demo/pause" })
      .process({ pid: 710, in: { ...SHARED, ...own(4026545100) }, at: "/podglass-lab/demo/c1" })
      .file("/run/podglass/lab/demo/manifest.json", lab("pause"));
    const snapshot = assemble(scene.reading);
    expect(only(snapshot)).toMatchObject({
      key: "lab/demo",
      name: "demo",
      runtime: "lab",
      cgroupPath: "/podglass-lab/demo",
      namespaces: SHARED,
      sandbox: { state: "process", pid: 700 },
      containers: ["demo/c1"],
    });
    expect(whatIf(snapshot, { kind: "process", pid: 700 }).goesOn.map((effect) => effect.label)).toContain("c1");
  });
  it("a lab pod held by pins alone, with one container and with none", () => {
    const scene = new Scene()
      .process({ pid: 710, in: { ...SHARED, ...own(4026545100) }, at: "/podglass-lab/demo/c1" })
      .file("/run/podglass/lab/demo/manifest.json", lab("pinned"))
      .pin("/run/podglass/lab/demo/pins/net", "net", SHARED.net);
    expect(only(assemble(scene.reading))).toMatchObject({ namespaces: SHARED, sandbox: { state: "dropped" } });
    scene.reading.processes.pop();
    expect(only(assemble(scene.reading))).toMatchObject({
      namespaces: { net: SHARED.net },
      sandbox: { state: "dropped" },
    });
  });
});
