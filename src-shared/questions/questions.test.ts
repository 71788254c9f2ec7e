import { describe, expect, it } from "vitest";
import { type FixtureName, fixtureSnapshot } from "../../src-main/testing/fixture.ts";
import { diffPods } from "../diff/pods.ts";
import type { Pod, Snapshot } from "../model.ts";
import { nodeCost, pauseCost } from "./cost.ts";
import { effectWords } from "./effect.ts";
import { readiness } from "./readiness.ts";
import { type HolderRef, whatIf } from "./what-if.ts";

const podOf = (snapshot: Snapshot, name: string, runtime?: string): Pod =>
  snapshot.pods.find((entry) => entry.name === name && (!runtime || entry.runtime === runtime))!;
const ifPause = (snapshot: Snapshot, pod: Pod) => whatIf(snapshot, { kind: "sandbox", podKey: pod.key });
const labels = (effects: readonly { kind: string; label: string }[], kind: string): string[] =>
  effects
    .filter((effect) => effect.kind === kind)
    .map((effect) => effect.label)
    .sort();

describe("what if pause went", () => {
  const node = fixtureSnapshot("bookworm-v2");

  it("containerd: the pod goes on, and no container can come back", () => {
    const answer = ifPause(node, podOf(node, "web", "containerd"));
    expect(labels(answer.goesOn, "container")).toEqual(["app", "sidecar"]);
    expect(labels(answer.cannotComeBack, "container")).toEqual(["app", "sidecar"]);
    expect(labels(answer.dies, "container")).toEqual(["pause"]);
    expect(answer.cannotComeBack[0] && effectWords(answer.cannotComeBack[0])).toContain("refuses CreateContainer");
    expect(answer.sentence).toMatch(
      /^When pause of web \(pid \d+\) ends: nothing that is shared is freed; app and sidecar go on/,
    );
  });

  it("a shared PID namespace: everybody is killed, ipc and uts are freed, net stays with its pin", () => {
    const pod = podOf(node, "shared");
    const answer = ifPause(node, pod);
    expect(labels(answer.dies, "container")).toEqual(["orphans", "pause", "zombies"]);
    const freed = answer.dies.filter((effect) => effect.kind === "namespace").map((effect) => effect.id);
    for (const type of ["ipc", "uts", "pid"] as const) expect(freed).toContain(`${type}:${pod.namespaces[type]}`);
    expect(freed).not.toContain(`net:${pod.namespaces.net}`);
    expect(answer.goesOn.map((effect) => effect.id)).toEqual([`net:${pod.namespaces.net}`]);
  });

  it("podman: infra is started again in new namespaces, so the pod is split", () => {
    const answer = ifPause(node, podOf(node, "lab-a"));
    expect(labels(answer.goesOn, "container")).toEqual(["a1", "a2"]);
    expect(answer.sentence).toContain("the pod is split");
    // podman writes a container's paths anew at each start: each could be started, beside those that run on.
    expect(labels(answer.cannotComeBack, "container")).toEqual([]);
    expect(labels(answer.dies, "address")).toEqual([]);
  });

  it("podman with a bridge network: its cleanup takes the interface although a pin holds the namespace", () => {
    const pod = { ...podOf(node, "lab-a"), networkMode: "bridge", ips: ["10.88.0.5"] };
    const changed = { ...node, pods: node.pods.map((entry) => (entry.key === pod.key ? pod : entry)) };
    const answer = ifPause(changed, pod);
    expect(labels(answer.dies, "address")).toEqual(["the network of lab-a (10.88.0.5)"]);
    expect(answer.sentence).toContain("is taken away all the same");
  });

  it("Docker: the joined container takes its network along", () => {
    const answer = ifPause(node, podOf(node, "foo-sandbox"));
    expect(labels(answer.dies, "address")).toEqual(["the network of foo-sandbox (10.80.0.2)"]);
    expect(labels(answer.cannotComeBack, "container")).toEqual(["foo-app", "foo-sidecar"]);
  });

  it("CRI-O: pause holds nothing in a common pod that a pin does not hold", () => {
    const crio = fixtureSnapshot("cri-o-pause");
    const answer = ifPause(crio, podOf(crio, "web"));
    expect(answer.sentence).toContain("Pause holds nothing in this pod that a pin does not hold.");
    expect(labels(answer.goesOn, "namespace")).toHaveLength(3);
    // What it said before the kill is what was found after it.
    const after = podOf(fixtureSnapshot("cri-o-after-kill"), "web");
    expect(after.sandbox.why).toContain("no new container can start");
    expect(labels(answer.goesOn, "container")).toEqual(["app", "sidecar"]);
    const shared = ifPause(crio, podOf(crio, "shared"));
    expect(labels(shared.dies, "container")).toEqual(["POD", "orphans", "zombies"]);
    expect(podOf(fixtureSnapshot("cri-o-after-kill"), "shared").sandbox.state).toBe("dead");
  });
});

describe("what if something else went", () => {
  it("a pin that containers join by path: running ones go on, none of them can be started again", () => {
    const crio = fixtureSnapshot("cri-o-dropped");
    const pod = podOf(crio, "web");
    const answer = whatIf(crio, { kind: "pin", type: "net", inode: pod.namespaces.net! });
    expect(answer.dies).toEqual([]);
    expect(labels(answer.cannotComeBack, "container")).toEqual(["app", "sidecar"]);
  });
  it("the last holder of all: a pod that only its pins keep", () => {
    const crio = fixtureSnapshot("cri-o-after-kill");
    const pod = podOf(crio, "shared");
    const answer = whatIf(crio, { kind: "pin", type: "ipc", inode: pod.namespaces.ipc! });
    expect(answer.dies.map((effect) => effect.id)).toEqual([`ipc:${pod.namespaces.ipc}`]);
  });
  it("a container: its own namespaces are freed, the others stay", () => {
    const node = fixtureSnapshot("bookworm-v2");
    const id = podOf(node, "lab-d").containers[0]!;
    const answer = whatIf(node, { kind: "container", id });
    expect(labels(answer.goesOn, "container")).toHaveLength(1);
    expect(answer.sentence).toContain("nothing that is shared is freed");
    expect(answer.cannotComeBack).toEqual([]);
  });
  it("an open file that is the only holder", () => {
    const node = fixtureSnapshot("bookworm-v2");
    const held = node.namespaces.find((namespace) => namespace.fds.length > 0)!;
    const { pid, fd } = held.fds[0]!;
    expect(whatIf(node, { kind: "fd", pid, fd }).title).toContain("closes its file");
  });
  it("a socket that is the only holder: its process's end frees the namespace, and so does closing it", () => {
    const node = structuredClone(fixtureSnapshot("bookworm-v2"));
    const { pid } = node.processes.find((process) => process.comm === "sshd")!;
    const made = { type: "net" as const, inode: 4026599999, initial: false, pids: [], pins: [], fds: [], threads: [] };
    node.namespaces.push({ ...made, forChildren: [], sockets: [{ pid, fd: 5 }] });
    for (const holder of [
      { kind: "process", pid },
      { kind: "fd", pid, fd: 5 },
    ] as const)
      expect(whatIf(node, holder).dies.map(({ id }) => id)).toContain("net:4026599999");
  });
  it.each<HolderRef>([
    { kind: "sandbox", podKey: "no/pod" },
    { kind: "container", id: "none" },
    { kind: "process", pid: 999_999 },
    { kind: "pin", type: "net", inode: 1 },
  ])("refuses a holder that is not there: %o", (holder) => {
    expect(() => whatIf(fixtureSnapshot("bookworm-v2"), holder)).toThrow(/no/);
  });
});

describe("pauseless readiness", () => {
  const answers = (name: FixtureName) => {
    const snapshot = fixtureSnapshot(name);
    return new Map(readiness(snapshot).pods.map((pod) => [snapshot.pods.find((entry) => entry.key === pod.key)!, pod]));
  };
  it("says of every pod whether and why", () => {
    const found = new Map([...answers("bookworm-v2")].map(([pod, answer]) => [`${pod.runtime}/${pod.name}`, answer]));
    const can = [...found].filter(([, answer]) => answer.can).map(([name]) => name);
    expect(can.sort()).toEqual(["containerd/hostnet", "containerd/web", "podman/lab-a"]);
    expect(found.get("containerd/shared")?.reasons[0]).toContain("would be killed with it");
    expect(found.get("docker/foo-sandbox")?.reasons[0]).toContain("Docker takes the pod's network interface away");
    expect(found.get("podman/lab-b")?.reasons[0]).toContain("never was a pause");
    expect(found.get("podman/lab-d")?.reasons[0]).toContain("no pause process any more");
  });
  it("reads CRI-O's configuration, and counts what the node would save", () => {
    const found = readiness(fixtureSnapshot("cri-o-pause"));
    const web = found.pods.find((pod) => pod.key === podOf(fixtureSnapshot("cri-o-pause"), "web").key)!;
    expect(web).toMatchObject({ can: true });
    expect(web.reasons.join()).toContain("drop_infra_ctr is off in /etc/crio/crio.conf");
    // Two pods, a pause and a conmon and three groups each.
    expect(found.saves).toMatchObject({ processes: 4, cgroups: 6 });
    expect(found.saves.pssBytes).toBeGreaterThan(100_000);
  });
});

describe("what pause costs", () => {
  it("CRI-O: two processes and three groups", () => {
    const snapshot = fixtureSnapshot("cri-o-pause");
    const cost = pauseCost(snapshot, podOf(snapshot, "web"));
    expect(cost).toMatchObject({ processes: 2, cgroups: 3, monitor: { kind: "conmon", shared: false } });
    expect(cost.pssBytes).toBe(cost.pause!.pssBytes! + cost.monitor!.pssBytes!);
  });
  it("containerd: the shim minds the other containers too, and stays", () => {
    const snapshot = fixtureSnapshot("modern-v2");
    const cost = pauseCost(snapshot, podOf(snapshot, "web", "containerd"));
    expect(cost).toMatchObject({ processes: 1, monitor: { kind: "shim", shared: true } });
    expect(cost.rssBytes).toBe(cost.pause!.rssBytes);
  });
  it("sums over the node, and a dropped pause costs nothing", () => {
    const dropped = fixtureSnapshot("cri-o-dropped");
    expect(pauseCost(dropped, podOf(dropped, "web"))).toMatchObject({ processes: 0, cgroups: 0, rssBytes: 0 });
    expect(nodeCost(dropped)).toMatchObject({ pods: 1, processes: 2 });
    expect(nodeCost(fixtureSnapshot("cri-o-pause"))).toMatchObject({ pods: 3, processes: 6, cgroups: 9 });
  });
});

describe("two pods side by side", () => {
  it("tells the two ways to join a sandbox apart: joined by /proc/<pause>/ns, and by pinned paths", () => {
    const left = fixtureSnapshot("bookworm-v2");
    const right = fixtureSnapshot("cri-o-dropped");
    const diff = diffPods(left, podOf(left, "web", "containerd").key, right, podOf(right, "web").key);
    const row = (field: string) => diff.rows.find((entry) => entry.field === field);
    expect(row("sandbox.state")).toMatchObject({ left: "process", right: "dropped", same: false });
    expect(row("container app: oci.namespaces.ipc")?.left).toMatch(/^\/proc\/\d+\/ns\/ipc$/);
    expect(row("container app: oci.namespaces.ipc")?.right).toMatch(/^\/var\/run\/ipcns\/[0-9a-f-]{36}$/);
    expect(row("namespaces.ipc.heldBy")).toMatchObject({ left: ["sandbox", "container"], right: ["container", "pin"] });
    expect(row("namespaces.ipc")).toMatchObject({ left: "shared by the pod", right: "shared by the pod", same: true });
    expect(row("cost.processes")).toMatchObject({ left: 1, right: 0 });
    expect(row("cgroup.memoryMaxBytes")).toMatchObject({ left: 268435456, same: true });
  });
  it("puts a container beside a pod", () => {
    const node = fixtureSnapshot("bookworm-v2");
    const pod = podOf(node, "web", "containerd");
    const diff = diffPods(node, pod.containers[0]!, node, pod.key);
    expect(diff.rows.find((entry) => entry.field === "kind")).toMatchObject({ left: "container", right: "pod" });
    expect(diff.rows.find((entry) => entry.field === "namespaces.mnt")).toMatchObject({ left: "its own" });
  });
  it("one pod at two moments: before and after the kill", () => {
    const before = fixtureSnapshot("cri-o-pause");
    const after = fixtureSnapshot("cri-o-after-kill");
    const key = podOf(before, "web").key;
    const diff = diffPods(before, key, after, key);
    const changed = diff.rows.filter((entry) => !entry.same).map((entry) => entry.field);
    expect(changed).toContain("sandbox.state");
    expect(changed).not.toContain("namespaces.net.inode");
    expect(changed).not.toContain("container app: oci.namespaces.net");
  });
  it("a pod beside itself differs in nothing", () => {
    const node = fixtureSnapshot("bookworm-v2");
    const { key } = podOf(node, "shared");
    expect(diffPods(node, key, node, key).rows.every((entry) => entry.same)).toBe(true);
  });
  it("refuses what is not there", () => {
    const node = fixtureSnapshot("bookworm-v2");
    expect(() => diffPods(node, "no", node, "no")).toThrow(/neither a pod nor a container/);
  });
});
