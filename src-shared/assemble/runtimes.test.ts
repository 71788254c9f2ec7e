import { describe, expect, it } from "vitest";
import { idOf, oci, only, own, Scene, SHARED, UID } from "../../src-main/testing/scene.ts";
import { findings } from "../findings/findings.ts";
import { podReport } from "../questions/pod-report.ts";
import { readiness } from "../questions/readiness.ts";
import { whatIf } from "../questions/what-if.ts";
import { assemble } from "./assemble.ts";

// --- podman without root ------------------------------------------------------------------------
// Paths: podman libpod/util_linux.go (user slices), container_internal_linux.go (libpod-<id>.scope), pkg/rootless
// (the pause process that holds user and mount namespace), libpod/networking_linux.go ($XDG_RUNTIME_DIR/netns/netns-*,
// mounted in podman's own mount namespace, so the node's does not show it).
function rootless(): Scene {
  const pod = idOf("rootlesspod");
  const [infra, app] = [idOf("infra"), idOf("app")];
  const slice = `/user.slice/user-1000.slice/user@1000.service/user.slice/user-libpod_pod_${pod}.slice`;
  const storage = "/home/ann/.local/share/containers/storage/overlay-containers";
  const user = { user: 4026540009 };
  const manager = { "io.container.manager": "libpod" };
  return new Scene()
    .process({
      pid: 50,
      comm: "podman pause",
      uid: 1000,
      in: { ...user, mnt: 4026540010 },
      at: "/user.slice/user-1000.slice/session-1.scope",
    })
    .process({
      pid: 100,
      comm: "conmon",
      uid: 1000,
      in: { ...user, mnt: 4026540010 },
      cmdline: ["conmon", "-c", infra, "-n", `${pod.slice(0, 12)}-infra`],
      at: `${slice}/libpod-conmon-${infra}.scope`,
    })
    .process({
      pid: 101,
      ppid: 100,
      comm: "catatonit",
      uid: 1000,
      in: { ...user, ...SHARED, ...own(4026540100) },
      at: `${slice}/libpod-${infra}.scope/container`,
    })
    .process({
      pid: 110,
      comm: "conmon",
      uid: 1000,
      in: { ...user, mnt: 4026540010 },
      cmdline: ["conmon", "-c", app, "-n", "app"],
      at: `${slice}/libpod-conmon-${app}.scope`,
    })
    .process({
      pid: 111,
      ppid: 110,
      uid: 1000,
      in: { ...user, ...SHARED, ...own(4026540200) },
      at: `${slice}/libpod-${app}.scope/container`,
    })
    .file(`${storage}/${infra}/userdata/config.json`, {
      ...oci(manager, { pid: "", network: "/run/user/1000/netns/netns-aa", ipc: "", uts: "", mount: "" }),
      hostname: "web",
    })
    .file(
      `${storage}/${app}/userdata/config.json`,
      oci(
        { ...manager, "io.kubernetes.cri-o.SandboxID": infra },
        { pid: "", network: "/proc/101/ns/net", ipc: "/proc/101/ns/ipc", uts: "/proc/101/ns/uts" },
      ),
    )
    .pin("/run/user/1000/netns/netns-aa", "net", SHARED.net, 4026540010);
}

describe("podman whose list tells no restarts", () => {
  const app = idOf("looped");
  const listed = (more: object) => JSON.stringify([{ Id: app, Names: ["looped"], ...more }]);
  const restartsOf = (tools: Record<string, string>) => {
    const scene = new Scene().process({ pid: 900, in: own(4026560000), at: `/machine.slice/libpod-${app}.scope` });
    scene.reading.tools = tools;
    return assemble(scene.reading).containers.find(({ id }) => id === app)?.restartCount;
  };
  it("tells them of each container, on a line", () => {
    expect(restartsOf({ "podman-containers": listed({}), "podman-restarts": `${idOf("other")} 7\n${app} 3` })).toBe(3);
    // Each storage of the node is asked on its own.
    expect(restartsOf({ "podman-containers-1": listed({}), "podman-restarts-1": `${app} 3` })).toBe(3);
  });
  it("is not asked where the list has them, and nothing is made of what is no count", () => {
    expect(restartsOf({ "podman-containers": listed({ Restarts: 2 }), "podman-restarts": `${app} 3` })).toBe(2);
    expect(restartsOf({ "podman-containers": listed({}), "podman-restarts": `${app} many` })).toBeUndefined();
  });
});

describe("podman without root", () => {
  const snapshot = assemble(rootless().reading);
  it("is found in its user's slice, and shares the user namespace that podman made", () => {
    const pod = only(snapshot);
    expect(pod).toMatchObject({
      key: `podman/${idOf("rootlesspod")}`,
      name: "web",
      networkMode: "rootless",
      namespaces: { ...SHARED, user: 4026540009 },
      sandbox: { state: "process", pid: 101, id: idOf("infra") },
    });
    expect(pod.cgroupPath).toMatch(/user-libpod_pod_[0-9a-f]{64}\.slice$/);
  });
  it("is not pinned for the node: its netns mount is in podman's own mount namespace, and is shown with it", () => {
    const net = snapshot.namespaces.find((entry) => entry.type === "net" && entry.inode === SHARED.net);
    expect(net?.pins).toEqual([{ path: "/run/user/1000/netns/netns-aa", mountNamespace: 4026540010 }]);
    expect(podReport(snapshot, only(snapshot).key).holders.user).toMatchObject({
      heldBy: ["sandbox", "container", "process"],
    });
  });
  it("would lose its network with infra", () => {
    expect(
      whatIf(snapshot, { kind: "sandbox", podKey: only(snapshot).key }).dies.some(
        (effect) => effect.kind === "address",
      ),
    ).toBe(true);
    expect(readiness(snapshot).pods[0]).toMatchObject({ can: false });
  });
});

// --- containerd's pauseless sandboxes -----------------------------------------------------------
// containerd#14106, #14135: the shim enters the CRI's netns, unshares ipc and uts, pins them under its bundle, and
// answers with pid 0; so there is no init.pid, and containers join the pins.
function pauseless(apps: readonly string[]): Scene {
  const id = idOf("sandbox");
  const parent = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UID.replaceAll("-", "_")}.slice`;
  const state = "/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io";
  const note = (type: string, more: Record<string, string> = {}) => ({
    "io.kubernetes.cri.container-type": type,
    "io.kubernetes.cri.sandbox-id": id,
    "io.kubernetes.cri.sandbox-name": "web",
    "io.kubernetes.cri.sandbox-namespace": "prod",
    "io.kubernetes.cri.sandbox-uid": UID,
    ...more,
  });
  const pins = { ipc: `${state}/${id}/ns/ipc`, uts: `${state}/${id}/ns/uts`, net: "/run/netns/cni-1" };
  const scene = new Scene()
    .process({
      pid: 90,
      comm: "containerd-shim",
      cmdline: ["containerd-shim-runc-v2", "-namespace", "k8s.io", "-id", id],
      at: "/system.slice/containerd.service",
    })
    .file(`${state}/${id}/config.json`, oci(note("sandbox"), { network: pins.net, ipc: "", uts: "" }))
    .pin(pins.net, "net", SHARED.net)
    .pin(pins.ipc, "ipc", SHARED.ipc)
    .pin(pins.uts, "uts", SHARED.uts);
  apps.forEach((name, index) => {
    const pid = 200 + index * 10;
    scene
      .process({
        pid,
        ppid: 90,
        in: { ...SHARED, ...own(4026541000 + index * 100, ["mnt", "pid", "cgroup"]) },
        at: `${parent}/cri-containerd-${idOf(name)}.scope`,
      })
      .file(
        `${state}/${idOf(name)}/config.json`,
        oci(note("container", { "io.kubernetes.cri.container-name": name }), {
          network: pins.net,
          ipc: pins.ipc,
          uts: pins.uts,
          pid: "",
        }),
      )
      .file(`${state}/${idOf(name)}/init.pid`, String(pid));
  });
  return scene;
}

describe("containerd without pause", () => {
  it("a sandbox with pid 0 is normal: dropped, with its pins as evidence", () => {
    const pod = only(assemble(pauseless(["app", "sidecar"]).reading));
    expect(pod).toMatchObject({
      key: `containerd/${idOf("sandbox")}`,
      name: "web",
      namespaces: SHARED,
      sandbox: { state: "dropped" },
    });
    expect(pod.sandbox.why).toContain("pid 0");
    expect(pod.sandbox.evidence?.join()).toContain("/ns/ipc");
  });
  it("with a single container, what it joins by record is the pod's", () => {
    expect(only(assemble(pauseless(["app"]).reading))).toMatchObject({
      namespaces: SHARED,
      sandbox: { state: "dropped" },
    });
  });
  it("with none, the pins alone keep it", () => {
    const snapshot = assemble(pauseless([]).reading);
    const pod = only(snapshot);
    expect(snapshot.gaps).toContainEqual(expect.objectContaining({ what: "networks without a process", count: 1 }));
    expect(pod).toMatchObject({
      namespaces: SHARED,
      host: ["user", "time"],
      containers: [],
      sandbox: { state: "dropped" },
    });
  });
});

describe("an ephemeral container", () => {
  it("targets another container's PID namespace, and the pod's own mode stays what it is", () => {
    const scene = pauseless(["app", "sidecar"]);
    const path = Object.keys(scene.reading.files).find((file) => file.includes(`${idOf("sidecar")}/config.json`))!;
    const spec = JSON.parse(scene.reading.files[path]!) as { linux: { namespaces: { type: string; path?: string }[] } };
    spec.linux.namespaces.find((entry) => entry.type === "pid")!.path = "/proc/200/ns/pid";
    scene.file(path, spec);
    const snapshot = assemble(scene.reading);
    expect(snapshot.containers.find((entry) => entry.name === "sidecar")?.modes?.pid).toBe("TARGET");
    expect(snapshot.containers.find((entry) => entry.name === "app")?.modes?.pid).toBe("CONTAINER");
    expect(only(snapshot).modes?.pid).toBe("CONTAINER");
  });
});

// --- cri-dockerd ---------------------------------------------------------------------------------
// Labels: Mirantis/cri-dockerd core/naming.go and libdocker; records: moby daemon/container.
describe("Docker below a kubelet", () => {
  const [pause, app] = [idOf("dockerpause"), idOf("dockerapp")];
  const labels = {
    "io.kubernetes.pod.name": "web",
    "io.kubernetes.pod.namespace": "prod",
    "io.kubernetes.pod.uid": UID,
  };
  const base = "/var/lib/docker/containers";
  const parent = `/kubepods/burstable/pod${UID}`;
  const scene = new Scene()
    .process({ pid: 300, comm: "pause", in: { ...SHARED, ...own(4026542000) }, at: `${parent}/${pause}` })
    .process({
      pid: 310,
      in: { net: SHARED.net, ipc: SHARED.ipc, ...own(4026542100, ["mnt", "pid", "uts"]) },
      at: `${parent}/${app}`,
    })
    .file(`${base}/${pause}/config.v2.json`, {
      ID: pause,
      Name: `/k8s_POD_web_prod_${UID}_0`,
      State: { Running: true, Pid: 300 },
      Config: {
        Image: "pause",
        Labels: { ...labels, "io.kubernetes.docker.type": "podsandbox", "io.kubernetes.container.name": "POD" },
      },
    })
    .file(`${base}/${pause}/hostconfig.json`, { NetworkMode: "none", IpcMode: "shareable", PidMode: "" })
    .file(`${base}/${app}/config.v2.json`, {
      ID: app,
      Name: `/k8s_app_web_prod_${UID}_2`,
      State: { Running: true, Pid: 310 },
      Config: {
        Image: "nginx",
        Labels: {
          ...labels,
          "io.kubernetes.docker.type": "container",
          "io.kubernetes.container.name": "app",
          "io.kubernetes.sandbox.id": pause,
          "annotation.io.kubernetes.container.restartCount": "2",
        },
      },
    })
    .file(`${base}/${app}/hostconfig.json`, {
      NetworkMode: `container:${pause}`,
      IpcMode: `container:${pause}`,
      PidMode: "",
    });
  const snapshot = assemble(scene.reading);
  it("is one pod, named by its labels", () => {
    expect(only(snapshot)).toMatchObject({
      key: `docker/${pause}`,
      name: "web",
      namespace: "prod",
      uid: UID,
      qos: "Burstable",
      containers: [app],
      cgroupPath: parent,
      sandbox: { state: "process", pid: 300 },
    });
    expect(snapshot.containers.find((entry) => entry.id === app)).toMatchObject({
      name: "app",
      image: "nginx",
      restartCount: 2,
      runtime: "docker",
    });
  });
});

// moby daemon/container/state.go: SetRunning forgets the exit code of the run before; SetRestarting is Running too.
describe("how a container of Docker ended", () => {
  const ended = (state: object) => {
    const id = idOf("endeddocker");
    const scene = new Scene()
      .process({ pid: 320, in: own(4026542200), at: `/docker/${id}` })
      .file(`/var/lib/docker/containers/${id}/config.v2.json`, { ID: id, Name: "/a", State: { Pid: 320, ...state } });
    return assemble(scene.reading).containers.find((entry) => entry.id === id)?.ended;
  };
  const FinishedAt = "2026-11-28T08:00:00Z";
  it("is not told by what it says while it runs, apart from when", () => {
    expect(ended({ Running: true, ExitCode: 0, FinishedAt })).toEqual({ at: "2026-11-28T08:00:00.000Z" });
    expect(ended({ Running: true, Restarting: true, ExitCode: 137, OOMKilled: true, FinishedAt })).toEqual({
      exitCode: 137,
      signal: 9,
      oomKilled: true,
      at: "2026-11-28T08:00:00.000Z",
    });
    expect(ended({ Running: true, ExitCode: 0, FinishedAt: "0001-01-01T00:00:00Z" })).toBeUndefined();
  });
});

// --- podman, after its infra container came back ---------------------------------------------------
describe("a split pod", () => {
  it("shows where its containers disagree: old ones are still in the network of the infra that died", () => {
    const pod = idOf("splitpod");
    const [infra, app] = [idOf("newinfra"), idOf("oldapp")];
    const storage = "/var/lib/containers/storage/overlay-containers";
    const parent = `/machine.slice/machine-libpod_pod_${pod}.slice`;
    const manager = { "io.container.manager": "libpod" };
    const scene = new Scene()
      .process({
        pid: 400,
        in: { ...SHARED, net: 4026543333, ...own(4026543000) },
        at: `${parent}/libpod-${infra}.scope`,
      })
      .process({ pid: 410, in: { ...SHARED, ...own(4026543100) }, at: `${parent}/libpod-${app}.scope` })
      .file(
        `${storage}/${infra}/userdata/config.json`,
        oci(manager, { network: "/run/netns/netns-new", ipc: "", uts: "" }),
      )
      .file(
        `${storage}/${app}/userdata/config.json`,
        oci(
          { ...manager, "io.kubernetes.cri-o.SandboxID": infra },
          { network: "/proc/399/ns/net", ipc: "/proc/399/ns/ipc", uts: "/proc/399/ns/uts" },
        ),
      );
    const found = only(assemble(scene.reading));
    expect(found.disagree).toEqual(["net"]);
    expect(found.namespaces).toEqual({ ipc: SHARED.ipc, uts: SHARED.uts });
    expect(found.host).toEqual(["cgroup", "user", "time"]);
  });
});

describe("a podman pod all of whose containers have ended", () => {
  const [pod, infra, app] = [idOf("endedpod"), idOf("infra"), idOf("app")];
  const storage = "/var/lib/containers/storage/overlay-containers";
  const parent = `/machine.slice/machine-libpod_pod_${pod}.slice`;
  const listed = (id: string, more: object) => ({ Id: id, Pod: pod, PodName: "web", Names: [id.slice(0, 4)], ...more });
  const scene = new Scene()
    .process({
      pid: 400,
      comm: "catatonit",
      in: { ...SHARED, ...own(4026543000) },
      at: `${parent}/libpod-${infra}.scope`,
    })
    .file(
      `${storage}/${infra}/userdata/config.json`,
      oci(
        { "io.container.manager": "libpod" },
        { network: "/run/netns/netns-new", ipc: "", uts: "", pid: "", mount: "" },
      ),
    )
    .file(
      `${storage}/${app}/userdata/config.json`,
      oci(
        { "io.container.manager": "libpod", "io.kubernetes.cri-o.SandboxID": infra },
        { network: "/proc/400/ns/net", ipc: "/proc/400/ns/ipc", uts: "" },
      ),
    )
    .file("podman-containers", [
      listed(infra, { IsInfra: true, State: "running", Pid: 400 }),
      listed(app, { State: "exited", Exited: true, ExitCode: 3 }),
    ]);

  it("shares what their records join, and keeps it by pins before its infra may go", () => {
    const { namespaces } = only(assemble(scene.reading));
    expect(namespaces).toEqual({ net: SHARED.net, ipc: SHARED.ipc });
  });
});

it("a podman pod whose infra was killed is told that podman would start another, not that it refuses to", () => {
  const [pod, infra, app] = [idOf("deadpod"), idOf("infra"), idOf("app")];
  const storage = "/var/lib/containers/storage/overlay-containers";
  const parent = `/machine.slice/machine-libpod_pod_${pod}.slice`;
  const manager = { "io.container.manager": "libpod" };
  const joined = { network: "/proc/400/ns/net", ipc: "/proc/400/ns/ipc", uts: "/proc/400/ns/uts" };
  const scene = new Scene()
    .process({ pid: 410, in: { ...SHARED, ...own(4026543100) }, at: `${parent}/libpod-${app}.scope` })
    .file(`${storage}/${infra}/userdata/config.json`, oci(manager, { network: "", ipc: "", uts: "" }))
    .file(
      `${storage}/${app}/userdata/config.json`,
      oci({ ...manager, "io.kubernetes.cri-o.SandboxID": infra }, joined),
    );
  const snapshot = assemble(scene.reading);
  expect(only(snapshot).sandbox.state).toBe("dead");
  const dead = findings(snapshot).find(({ rule }) => rule === "dead-sandbox");
  expect(dead?.why).toMatch(/starts infra again in new namespaces/);
  expect(dead?.why).not.toMatch(/refuses|cannot come back/);
});

describe("an ordinary user's view", () => {
  it("finds pods by the shims' arguments, and says what could not be read", () => {
    const scene = pauseless(["app"]);
    scene.reading.files = {};
    scene.reading.mounts = [];
    scene.reading.node.privilege = "user";
    scene.process({
      pid: 95,
      ppid: 90,
      comm: "pause",
      at: `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UID.replaceAll("-", "_")}.slice/cri-containerd-${idOf("sandbox")}.scope`,
    });
    for (const process of scene.reading.processes) process.ns = {};
    const snapshot = assemble(scene.reading);
    expect(only(snapshot)).toMatchObject({
      key: `containerd/${idOf("sandbox")}`,
      uid: UID,
      qos: "Burstable",
      sandbox: { state: "process", pid: 95 },
      namespaces: {},
      host: [],
    });
    expect(snapshot.gaps).toContainEqual(
      expect.objectContaining({ what: "namespaces of processes", mend: expect.stringContaining("sudo") }),
    );
  });
});
