import { describe, expect, it } from "vitest";
import { containerOf, namespaceOf, podOf, processOf, snapshotOf } from "../testing/snapshot.ts";
import { findings } from "./findings.ts";

const stale = (more: Parameters<typeof snapshotOf>[0]) =>
  findings(snapshotOf(more)).filter((one) => one.rule === "stale-namespace-path");

/** A pod with pause 50 and app 60 that asked for pause's namespaces, as containerd writes it. */
const node = (path: string, pause: Partial<ReturnType<typeof processOf>> | null, pausePids = [50]) => ({
  processes: [
    processOf(1),
    ...(pause ? [processOf(50, { startTicks: 100, ...pause })] : []),
    processOf(60, { startTicks: 200, namespaces: { net: 900 } }),
    processOf(70),
  ],
  containers: [
    containerOf("s", { kind: "sandbox" as const, podKey: "containerd/s", pid: pause ? 50 : null, pids: pausePids }),
    containerOf("app", {
      podKey: "containerd/s",
      pid: 60,
      pids: [60],
      monitorPid: 70,
      ociNamespaces: [{ type: "network", path }, { type: "mount" }],
    }),
  ],
  pods: [podOf("containerd/s", { name: "web", containers: ["app"] })],
});

describe("a path through /proc", () => {
  it("is fine while pause is what it was", () => {
    expect(stale(node("/proc/50/ns/net", { namespaces: { net: 900 } }))).toEqual([]);
  });

  it("is stale when the process is gone or a zombie", () => {
    expect(stale(node("/proc/50/ns/net", null, []))[0]).toMatchObject({ severity: "warning" });
    expect(stale(node("/proc/50/ns/net", { state: "Z" }))[0]?.title).toContain("gone");
  });

  it("is critical when the pid leads into another namespace", () => {
    const [found] = stale(node("/proc/50/ns/net", { namespaces: { net: 901 } }));
    expect(found).toMatchObject({
      severity: "critical",
      at: { containerId: "app", podKey: "containerd/s", namespace: { type: "net", inode: 900 } },
    });
    expect(found!.evidence.join("\n")).toContain("net:[901]");
  });

  it("is a warning when the process is not the pod's, or younger than the container", () => {
    expect(stale(node("/proc/50/ns/net", { namespaces: { net: 900 } }, []))[0]?.title).toContain("not its pod's");
    expect(stale(node("/proc/50/ns/net", { namespaces: { net: 900 }, startTicks: 300 }))[0]?.title).toContain(
      "younger",
    );
  });
});

describe("a pinned path", () => {
  const pinned = (inode: number, mountNamespace = 5) => ({
    ...node("/var/run/netns/cni-1", null, []),
    namespaces: [namespaceOf("net", inode, { pins: [{ path: "/run/netns/cni-1", mountNamespace }] })],
  });

  it("is fine while it holds the container's namespace, by either name of /run", () => {
    expect(stale(pinned(900))).toEqual([]);
  });

  it("is critical when it holds another, a warning when it is none", () => {
    expect(stale(pinned(901))[0]).toMatchObject({ severity: "critical" });
    expect(stale(node("/run/netns/cni-1", null, []))[0]).toMatchObject({ severity: "warning" });
  });

  it("is not judged from a mount namespace that was not read", () => {
    const snapshot = node("/run/user/1000/netns/x", null, []);
    snapshot.processes[2] = processOf(70, { namespaces: { mnt: 777 } });
    expect(stale(snapshot)).toEqual([]);
  });

  it("keeps the two ways apart: the same dead pause, by pid and by pin", () => {
    const byPin = stale({
      ...node("/run/netns/cni-1", null, []),
      namespaces: [namespaceOf("net", 900, { pins: [{ path: "/run/netns/cni-1", mountNamespace: 5 }] })],
    });
    const byPid = stale(node("/proc/50/ns/net", null, []));
    expect([byPin.length, byPid.length]).toEqual([0, 1]);
    expect(byPid[0]!.why).toContain("stranger");
  });
});
