import { describe, expect, it } from "vitest";
import { idOf, NODE, oci, only, own, Scene, SHARED, UID } from "../../src-main/testing/scene.ts";
import { assemble } from "./assemble.ts";

// --- what is not what it seems -----------------------------------------------------------------------
describe("identity", () => {
  const id = idOf("crisandbox");
  const state = "/run/containerd/io.containerd.runtime.v2.task/k8s.io";
  const note = {
    "io.kubernetes.cri.container-type": "sandbox",
    "io.kubernetes.cri.sandbox-id": id,
    "io.kubernetes.cri.sandbox-name": "web",
  };
  const app = idOf("criapp");
  const withApp = (scene: Scene) =>
    scene
      .process({ pid: 510, in: { ...SHARED, ...own(4026544100) }, at: `/kubepods/pod${UID}/${app}` })
      .file(
        `${state}/${app}/config.json`,
        oci(
          { ...note, "io.kubernetes.cri.container-type": "container", "io.kubernetes.cri.container-name": "app" },
          { network: "/proc/500/ns/net", ipc: "/proc/500/ns/ipc", uts: "/proc/500/ns/uts" },
        ),
      );

  it("a pid that somebody else has by now is not the sandbox", () => {
    const scene = withApp(new Scene())
      .process({ pid: 500, comm: "pause", at: "/user.slice" })
      .file(`${state}/${id}/config.json`, oci(note))
      .file(`${state}/${id}/init.pid`, "500");
    const pod = only(assemble(scene.reading));
    expect(pod.sandbox.state).toBe("dead");
    expect(pod.sandbox.pid).toBeUndefined();
    expect(pod.namespaces).toEqual(SHARED);
  });
  it("a zombie pause is a dead one", () => {
    const scene = withApp(new Scene())
      .process({ pid: 500, comm: "pause", state: "Z", in: {}, at: `/kubepods/pod${UID}/${id}` })
      .file(`${state}/${id}/config.json`, oci(note))
      .file(`${state}/${id}/init.pid`, "500");
    expect(only(assemble(scene.reading)).sandbox.state).toBe("dead");
  });
  it("a sandbox of which only the containers tell: containerd removes its bundle at once", () => {
    const pod = only(assemble(withApp(new Scene()).reading));
    expect(pod).toMatchObject({ key: `containerd/${id}`, name: "web", sandbox: { id, state: "dead" } });
    expect(pod.sandbox.evidence?.[0]).toContain(app);
  });
  it("a pod that left nothing is counted, not shown", () => {
    const scene = new Scene().file(`${state}/${id}/config.json`, oci(note));
    const snapshot = assemble(scene.reading);
    expect(snapshot.pods).toEqual([]);
    expect(snapshot.gaps).toContainEqual(expect.objectContaining({ what: "pods that have ended", count: 1 }));
  });
  it("names that a pod's author chose stay text, and short", () => {
    const scene = withApp(new Scene()).file(
      `${state}/${id}/config.json`,
      oci({ ...note, "io.kubernetes.cri.sandbox-name": `<img src=x>\u001b[31m${"x".repeat(100_000)}` }),
    );
    expect(only(assemble(scene.reading)).name.length).toBeLessThanOrEqual(4096);
  });
  it.each(["", "{", "[]", "null", '{"ociVersion":1,"linux":{"namespaces":{"type":4}},"annotations":[1]}'])(
    "survives a record that says %j",
    (text) => {
      const scene = withApp(new Scene()).file(`${state}/${id}/config.json`, text).file(`${state}/${id}/init.pid`, "x");
      expect(assemble(scene.reading).pods).toHaveLength(1);
    },
  );
});

describe("the node itself", () => {
  it("takes kthreadd's namespaces where pid 1's cannot be read", () => {
    const scene = new Scene();
    scene.reading.processes[0]!.ns = {};
    const initial = assemble(scene.reading).namespaces.filter((entry) => entry.initial);
    expect(initial.map((entry) => entry.inode).sort()).toEqual(Object.values(NODE).sort());
  });
  it("falls back on the kernel's fixed numbers, and says what is then unknown", () => {
    const scene = new Scene();
    for (const process of scene.reading.processes) process.ns = {};
    const snapshot = assemble(scene.reading);
    expect(snapshot.gaps.map((gap) => gap.what)).toEqual(
      expect.arrayContaining(["the node's own net namespace", "the node's own mnt namespace"]),
    );
  });
  it("says when it is a container itself", () => {
    const scene = new Scene();
    scene.reading.node.self.pid = 4026540000;
    expect(assemble(scene.reading).gaps.map((gap) => gap.what)).toContain("the node itself");
  });
});
