import { describe, expect, it } from "vitest";
import { containerOf, namespaceOf, podOf, processOf, snapshotOf } from "../testing/snapshot.ts";
import { findings } from "./findings.ts";

const only = (rule: string, more: Parameters<typeof snapshotOf>[0]) =>
  findings(snapshotOf(more)).filter((one) => one.rule === rule);

describe("dead-sandbox", () => {
  it("says so loudly, with the reason as evidence", () => {
    const pods = [podOf("containerd/a", { name: "web", sandbox: { state: "dead", why: "pause 50 is gone" } })];
    const alive = {
      processes: [processOf(60)],
      containers: [containerOf("app", { podKey: "containerd/a", pid: 60, pids: [60] })],
    };
    expect(only("dead-sandbox", { pods })[0]?.severity).toBe("warning");
    expect(only("dead-sandbox", { pods, ...alive })[0]).toMatchObject({
      severity: "critical",
      where: "pod web",
      evidence: ["pause 50 is gone"],
      at: { podKey: "containerd/a" },
    });
    for (const state of ["process", "dropped", "none"] as const) {
      expect(only("dead-sandbox", { pods: [podOf("x/a", { sandbox: { state, why: "" } })] })).toEqual([]);
    }
  });
});

const twoMembers = (left: number, right: number, pods: ReturnType<typeof podOf>[], keys: [string, string]) => ({
  processes: [processOf(10, { namespaces: { net: left } }), processOf(11, { namespaces: { net: right } })],
  containers: [
    containerOf("a", { podKey: keys[0], pid: 10, pids: [10] }),
    containerOf("b", { podKey: keys[1], pid: 11, pids: [11] }),
  ],
  pods,
});

describe("sandbox-disagreement", () => {
  it("names who is where", () => {
    const pods = [podOf("podman/a", { disagree: ["net"] })];
    const [found] = only("sandbox-disagreement", twoMembers(900, 901, pods, ["podman/a", "podman/a"]));
    expect(found!.evidence).toEqual(["net 900 (900): container a", "net 901 (901): container b"]);
  });
});

describe("namespace-shared-between-pods", () => {
  const pods = [podOf("docker/a"), podOf("docker/b")];

  it("finds two pods in one namespace", () => {
    const [found] = only("namespace-shared-between-pods", twoMembers(900, 900, pods, ["docker/a", "docker/b"]));
    expect(found).toMatchObject({ severity: "warning", at: { namespace: { type: "net", inode: 900 } } });
  });

  it("leaves the node's own and one pod's own alone", () => {
    expect(only("namespace-shared-between-pods", twoMembers(1, 1, pods, ["docker/a", "docker/b"]))).toEqual([]);
    expect(only("namespace-shared-between-pods", twoMembers(900, 900, pods, ["docker/a", "docker/a"]))).toEqual([]);
  });
});

describe("duplicate-ip", () => {
  const pod = (key: string, net: number, ips: string[]) => podOf(key, { namespaces: { net }, ips });

  it("finds two pods with one address", () => {
    const [found] = only("duplicate-ip", {
      pods: [pod("containerd/a", 900, ["10.1.0.5", "fd00::5"]), pod("containerd/b", 901, ["10.1.0.5"])],
    });
    expect(found).toMatchObject({ severity: "warning", title: "2 pods have the address 10.1.0.5" });
  });

  it("leaves one network with two pods to another rule, and rootless pods alone", () => {
    expect(only("duplicate-ip", { pods: [pod("x/a", 900, ["10.1.0.5"]), pod("x/b", 900, ["10.1.0.5"])] })).toEqual([]);
    const rootless = twoMembers(900, 901, [], ["podman/a", "podman/b"]);
    for (const process of rootless.processes) process.namespaces.user = 800;
    expect(
      only("duplicate-ip", {
        ...rootless,
        pods: [pod("podman/a", 900, ["10.0.2.100"]), pod("podman/b", 901, ["10.0.2.100"])],
      }),
    ).toEqual([]);
  });
});

describe("pid-namespace-app-init", () => {
  const recorded = { path: "/config.json", namespaces: [], annotations: {} };
  const pod = (comm: string, kind: "app" | "sandbox", mode?: "TARGET") => ({
    processes: [
      processOf(10, { comm, nsPids: [10, 1], namespaces: { pid: 900 } }),
      processOf(11, { nsPids: [11, 7], namespaces: { pid: 900 } }),
    ],
    containers: [
      containerOf("a", { kind, podKey: "docker/a", pid: 10, pids: [10], oci: recorded }),
      containerOf("b", {
        podKey: "docker/a",
        pid: 11,
        pids: [11],
        oci: recorded,
        ...(mode ? { modes: { pid: mode } } : {}),
      }),
    ],
    pods: [podOf("docker/a")],
  });

  it("warns when an app is pid 1 of others", () => {
    const [found] = only("pid-namespace-app-init", pod("nginx", "app"));
    expect(found).toMatchObject({ severity: "warning", at: { pid: 10, containerId: "a" } });
  });

  it("finds pause, an init, and a debugging container normal", () => {
    expect(only("pid-namespace-app-init", pod("sleep", "sandbox"))).toEqual([]);
    expect(only("pid-namespace-app-init", pod("tini", "app"))).toEqual([]);
    expect(only("pid-namespace-app-init", pod("nginx", "app", "TARGET"))[0]?.severity).toBe("info");
  });
});

describe("host-namespaces", () => {
  it("tells a workload from the system's own", () => {
    const host = (more: Partial<ReturnType<typeof podOf>>) => only("host-namespaces", { pods: [podOf("x/a", more)] });
    expect(host({ host: ["net", "pid", "cgroup", "user", "time"], namespace: "shop" })[0]?.severity).toBe("warning");
    expect(host({ host: ["net", "uts"], namespace: "shop" })[0]?.severity).toBe("info");
    expect(host({ host: ["cgroup", "user", "time"], namespace: "shop" })).toEqual([]);
    expect(host({ host: ["net", "pid"], namespace: "kube-system" })).toEqual([]);
    expect(host({ host: ["net", "pid"], namespace: "shop", staticPod: true })).toEqual([]);
  });
});

describe("host-listener", () => {
  const on = (address: string, more: Partial<ReturnType<typeof podOf>> = {}, pids?: number[]) =>
    only("host-listener", {
      processes: [processOf(10, { namespaces: { net: 900 } })],
      namespaces: [
        namespaceOf("net", 900, {
          initial: true,
          network: {
            addresses: [],
            listeners: [{ protocol: "tcp", address, port: 80, inode: 7, ...(pids ? { pids } : {}) }],
          },
        }),
      ],
      containers: [containerOf("app", { podKey: "x/a", pid: 10, pids: [10] })],
      pods: [podOf("x/a", { host: ["net"], namespace: "shop", ...more })],
    });

  it("finds a workload's on the node's addresses, with the process, and thinks less of the loopback", () => {
    const [found, ...others] = on("0.0.0.0", {}, [10]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: "warning", at: { podKey: "x/a" } });
    expect(found?.evidence[0]).toMatch(/^tcp 0\.0\.0\.0:80, app: .* \(10\)$/);
    expect(on("127.0.0.1", {}, [10])[0]?.severity).toBe("info");
    expect(on("::1", {}, [10])[0]?.severity).toBe("info");
  });

  it("is quiet for the system's own, in a network of one's own, and where who listens is not known", () => {
    expect(on("0.0.0.0", { namespace: "kube-system" }, [10])).toEqual([]);
    expect(on("0.0.0.0", { host: [] }, [10])).toEqual([]);
    expect(on("0.0.0.0", {}, [])).toEqual([]);
    expect(on("0.0.0.0")).toEqual([]);
  });
});

describe("leaked-pin", () => {
  const uuid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  const pinned = (type: "net" | "ipc" | "uts", inode: number, path: string) =>
    namespaceOf(type, inode, { pins: [{ path, mountNamespace: 5 }] });

  it("finds what a runtime forgot, one finding for the pins of one pod", () => {
    const namespaces = [pinned("ipc", 900, `/run/ipcns/${uuid}`), pinned("uts", 901, `/run/utsns/${uuid}`)];
    const found = only("leaked-pin", { namespaces });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity: "warning", at: { namespace: { type: "ipc", inode: 900 } } });
  });

  it("knows a dropped sandbox, a person's netns, a swarm's and ours", () => {
    const namespaces = [pinned("net", 900, `/run/netns/${uuid}`)];
    expect(only("leaked-pin", { namespaces, pods: [podOf("cri-o/a", { namespaces: { net: 900 } })] })).toEqual([]);
    expect(only("leaked-pin", { namespaces, processes: [processOf(5, { namespaces: { net: 900 } })] })).toEqual([]);
    const hand = { namespaces: [pinned("net", 900, "/run/netns/blue")] };
    expect(only("leaked-pin", hand)).toEqual([]);
    expect(only("pinned-namespace", hand)[0]?.severity).toBe("info");
    expect(findings(snapshotOf({ namespaces: [pinned("net", 900, "/run/docker/netns/1-abcdefghij")] }))).toEqual([]);
    const ours = ["net", "uts"].map((type, i) =>
      pinned(type as "net", 900 + i, `/run/podglass/pins/00112233aabbccdd/${type}`),
    );
    expect(only("stale-pin-folder", { namespaces: ours })).toHaveLength(1);
  });
});

describe("zombies", () => {
  const dead = (pid: number) => processOf(pid, { ppid: 10, state: "Z" });
  const node = (...zombies: number[]) =>
    snapshotOf({
      processes: [processOf(10, { nsPids: [10, 1], comm: "app" }), ...zombies.map(dead)],
      containers: [containerOf("a", { pid: 10, pids: [10, ...zombies], podKey: "containerd/p" })],
      pods: [podOf("containerd/p")],
    });

  it("is calm about one, warns of many and of one that stays", () => {
    const rule = (list: ReturnType<typeof findings>) => list.filter((one) => one.rule === "zombies");
    expect(rule(findings(node(20)))[0]).toMatchObject({ severity: "info", at: { pid: 10, containerId: "a" } });
    expect(rule(findings(node(20, 21, 22)))[0]?.severity).toBe("warning");
    const later = { ...node(20), takenAt: "2026-11-21T10:00:05.000Z" };
    expect(rule(findings(later, node(20)))[0]?.severity).toBe("warning");
    expect(rule(findings(later, node(21)))[0]?.severity).toBe("info");
    const rebooted = node(20);
    rebooted.node.bootId = "other";
    expect(rule(findings(later, rebooted))[0]?.severity).toBe("info");
  });
});

describe("leaked-pin without root", () => {
  it("claims nothing that could not be seen", () => {
    const namespaces = [namespaceOf("net", 900, { pins: [{ path: "/run/netns/blue", mountNamespace: 5 }] })];
    expect(only("pinned-namespace", { namespaces, node: { privilege: "user" } })).toEqual([]);
    const unread = { ...processOf(7), namespaces: { pid: 4 } };
    const [found] = only("pinned-namespace", { namespaces, processes: [unread] });
    expect(found!.evidence.at(-1)).toContain("1 process did not show");
  });
});

describe("pinned-namespace", () => {
  it("tells a folder full of pins once, and each name of ip netns by itself", () => {
    const at = (folder: string) =>
      only("pinned-namespace", {
        namespaces: Array.from({ length: 30 }, (_, i) =>
          namespaceOf("net", 900 + i, { pins: [{ path: `${folder}/${i}`, mountNamespace: 5 }] }),
        ),
      }).length;
    expect(at("/tmp/many")).toBe(1);
    expect(at("/run/netns")).toBe(30);
  });
});
