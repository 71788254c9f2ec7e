/** Findings about what nodes look like in the wild, from readings by hand; and that findings do not contradict each other. */
import { describe, expect, it } from "vitest";
import { idOf, oci, own, Scene } from "../../src-main/testing/scene.ts";
import { assemble } from "../assemble/assemble.ts";
import { readiness } from "../questions/readiness.ts";
import { findings } from "./findings.ts";

const SHARED = { net: 4026540001, ipc: 4026540002, uts: 4026540003 };
const UID = "11111111-2222-3333-4444-555555555555";
const POD = idOf("pod");
const APP = idOf("app");
const VPN = idOf("vpn");
const JOINER = idOf("joiner");
const loud = (scene: Scene) => findings(assemble(scene.reading)).filter(({ severity }) => severity !== "info");

const STATE = "/run/containerd/io.containerd.runtime.v2.task";
const cri = (type: string) => ({
  "io.kubernetes.cri.container-type": type,
  "io.kubernetes.cri.sandbox-id": POD,
  "io.kubernetes.cri.sandbox-name": "web",
  "io.kubernetes.cri.sandbox-uid": UID,
  ...(type === "container" ? { "io.kubernetes.cri.container-name": "app" } : {}),
});
const joined = { network: "/proc/500/ns/net", ipc: "/proc/500/ns/ipc", uts: "/proc/500/ns/uts" };

describe("groups with colons in their names", () => {
  it("are one finding: the pod's limits do not reach its containers", () => {
    const slice = `kubepods-burstable-pod${UID.replaceAll("-", "_")}.slice`;
    const found = loud(
      new Scene()
        .file(`${STATE}/k8s.io/${POD}/config.json`, oci(cri("sandbox")))
        .file(`${STATE}/k8s.io/${POD}/init.pid`, "500")
        .file(`${STATE}/k8s.io/${APP}/config.json`, oci(cri("container"), joined))
        .file(`${STATE}/k8s.io/${APP}/init.pid`, "510")
        .process({
          pid: 500,
          comm: "pause",
          in: { ...SHARED, ...own(4026541000) },
          at: `/system.slice/${slice}:cri-containerd:${POD}`,
        })
        .process({
          pid: 510,
          in: { ...SHARED, ...own(4026542000) },
          at: `/system.slice/${slice}:cri-containerd:${APP}`,
        })
        .cgroup(`/kubepods.slice/kubepods-burstable.slice/${slice}`),
    );
    expect(found).toMatchObject([{ rule: "outside-pod-cgroup", where: "pod web" }]);
    expect(found[0]!.todo).toContain("SystemdCgroup = true");
  });
});

describe("a pod in a machine (gVisor, Kata)", () => {
  it("has no stale paths, and its sandbox cannot go", () => {
    const scene = new Scene()
      .file(`${STATE}/k8s.io/${POD}/config.json`, oci(cri("sandbox"), { network: "/run/netns/cni-1" }))
      .file(`${STATE}/k8s.io/${POD}/init.pid`, "500")
      .file(`${STATE}/k8s.io/${APP}/config.json`, oci(cri("container"), joined))
      .file(`${STATE}/k8s.io/${APP}/init.pid`, "500")
      .process({
        pid: 500,
        comm: "runsc-sandbox",
        in: { net: SHARED.net, ...own(4026541000, ["mnt", "pid", "ipc"]) },
        at: `/k8s.io/${POD}`,
      })
      .process({
        pid: 505,
        comm: "runsc-gofer",
        in: own(4026549000, ["mnt", "net", "ipc", "pid"]),
        at: `/k8s.io/${APP}`,
      })
      .pin("/run/netns/cni-1", "net", SHARED.net);
    expect(loud(scene)).toEqual([]);
    const [answer] = readiness(assemble(scene.reading)).pods;
    expect(answer).toMatchObject({ verdict: "no", can: false });
    expect(answer!.reasons[0]).toContain("is the pod itself");
  });
});

describe("a VPN container that was restarted", () => {
  const docker = (id: string, name: string, mode: string, pid: number) =>
    [
      [
        `/var/lib/docker/containers/${id}/config.v2.json`,
        { Name: `/${name}`, State: { Running: true, Pid: pid }, Config: {} },
      ],
      [`/var/lib/docker/containers/${id}/hostconfig.json`, { NetworkMode: mode }],
    ] as const;

  it("Docker: the pod is split, and the one cure is told once", () => {
    const scene = new Scene()
      .process({
        pid: 700,
        comm: "openvpn",
        in: { net: 4026545002, ...own(4026543000, ["mnt", "pid", "ipc"]) },
        at: `/docker/${VPN}`,
      })
      .process({
        pid: 710,
        startTicks: 900,
        in: { net: 4026545001, ...own(4026544000, ["mnt", "pid", "ipc"]) },
        at: `/docker/${JOINER}`,
      })
      .file(`${STATE}/moby/${JOINER}/config.json`, oci({}, { network: "/proc/650/ns/net" }))
      .file(`${STATE}/moby/${VPN}/config.json`, oci({}, { network: "" }));
    for (const [path, content] of [
      ...docker(VPN, "vpn", "bridge", 700),
      ...docker(JOINER, "joiner", `container:${VPN}`, 710),
    ])
      scene.file(path, content);
    const snapshot = assemble(scene.reading);
    expect(snapshot.pods).toMatchObject([
      { name: "vpn", disagree: ["net"], sandbox: { state: "process", kind: "init" } },
    ]);
    expect(loud(scene)).toMatchObject([
      { rule: "sandbox-disagreement", todo: expect.stringContaining("Restart the containers") },
    ]);
  });

  it("podman: no record makes a pod of it, and the one that was left behind is told", () => {
    const config = (id: string, network: string) => [
      `/run/containers/storage/overlay-containers/${id}/userdata/config.json`,
      oci({ "io.container.manager": "libpod" }, { network }),
    ];
    const scene = new Scene()
      .process({
        pid: 700,
        in: { net: 4026545002, ...own(4026543000, ["mnt", "pid", "ipc"]) },
        at: `/machine.slice/libpod-${VPN}.scope`,
      })
      .process({
        pid: 710,
        startTicks: 900,
        in: { net: 4026545001, ...own(4026544000) },
        at: `/machine.slice/libpod-${JOINER}.scope`,
      });
    for (const [path, content] of [config(VPN, "/run/netns/netns-1"), config(JOINER, "/proc/650/ns/net")])
      scene.file(path as string, content);
    scene.pin("/run/netns/netns-1", "net", 4026545002);
    expect(loud(scene)).toMatchObject([
      {
        rule: "left-behind",
        at: { containerId: JOINER },
        // What it says it has seen does not warn of the cure.
        evidence: expect.arrayContaining([expect.stringMatching(/is gone: podman writes the path anew/)]),
        todo: expect.stringContaining("Restart this container"),
      },
    ]);
  });
});

describe("a container that ends again and again", () => {
  const crio = (attempt: number, state: object) =>
    [
      [
        `/var/lib/containers/storage/overlay-containers/${idOf(`try${attempt}`)}/userdata/config.json`,
        oci({
          "io.kubernetes.cri-o.SandboxID": POD,
          "io.kubernetes.cri-o.ContainerType": "container",
          "io.kubernetes.cri-o.KubeName": "web",
          "io.kubernetes.cri-o.Labels": JSON.stringify({ "io.kubernetes.container.name": "app" }),
          "io.kubernetes.cri-o.Metadata": JSON.stringify({ name: "app", attempt }),
        }),
      ],
      [`/var/lib/containers/storage/overlay-containers/${idOf(`try${attempt}`)}/userdata/state.json`, state],
    ] as const;
  const scene = (restarts: number, finished: string) => {
    const made = new Scene()
      .file(
        `/var/lib/containers/storage/overlay-containers/${POD}/userdata/config.json`,
        oci(
          {
            "io.kubernetes.cri-o.SandboxID": POD,
            "io.kubernetes.cri-o.ContainerType": "sandbox",
            "io.kubernetes.cri-o.KubeName": "web",
            "spoofed.crio.io": "true",
          },
          { network: "/run/netns/1" },
        ),
      )
      .pin("/run/netns/1", "net", SHARED.net);
    made.reading.takenAt = "2026-11-28T10:00:00.000Z";
    for (const [path, content] of crio(restarts, { status: "stopped", exitCode: 137, oomKilled: true, finished }))
      made.file(path, content);
    return made;
  };

  it("is told with how it ended", () => {
    const [found] = loud(scene(4, "2026-11-28T09:58:00Z"));
    expect(found).toMatchObject({ rule: "crash-loop", where: "pod web, container app" });
    expect(found!.evidence[1]).toBe("ended 2026-11-28T09:58:00.000Z, signal 9, killed for want of memory");
  });
  it("is not told of one that ended long ago, or seldom", () => {
    expect(loud(scene(4, "2026-11-28T08:00:00Z"))).toEqual([]);
    expect(loud(scene(1, "2026-11-28T09:58:00Z"))).toEqual([]);
  });
});

describe("a stand-in that outlived its pod", () => {
  it("is a leftover, and no guest in the node's namespaces", () => {
    const scene = new Scene()
      .process({ pid: 600, startTicks: 77, in: SHARED, at: "/podglass/x/podglass-pause" })
      .file("/run/podglass/pins/0123456789abcdef/manifest.json", {
        schema: "podglass.pins/1",
        key: `containerd/${POD}`,
        pod: "web",
        bootId: "boot-1",
        namespaces: SHARED,
        cgroups: [],
        sandbox: null,
        dropped: null,
        restored: { pid: 600, startTicks: 77 },
        last: { journalId: "j", action: "restore", at: "2026-01-01T00:00:00Z" },
      });
    expect(findings(assemble(scene.reading))).toMatchObject([
      { rule: "stand-in-leftover", title: "A stand-in of ours outlived its pod", where: "pod web" },
    ]);
  });
});
