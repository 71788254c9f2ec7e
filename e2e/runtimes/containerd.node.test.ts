import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { wireDifferences } from "../../src-main/testing/reaches.ts";
import { cgroupOf, inodeOf, podOf, seeThisMachine } from "../../src-main/testing/see.ts";
import { diffPods } from "../../src-shared/diff/pods.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { podReport } from "../../src-shared/questions/pod-report.ts";
import { whatIf } from "../../src-shared/questions/what-if.ts";
import { type ContainerdNode, cannotContainerd, makeContainerd } from "../nodes/containerd.ts";
import { kill, run, until } from "../nodes/room.ts";

// Real runtimes on a busy machine take their time.
vi.setConfig({ testTimeout: 90_000 });

describe.skipIf(cannotContainerd())("containerd's CRI on this machine", () => {
  let node: ContainerdNode;
  const name = (suffix: string) => `${node.room.id}-${suffix}`;
  beforeAll(async () => {
    node = await makeContainerd();
  }, 60_000);
  afterAll(() => node?.close(), 60_000);

  it("says of a pod what the CRI and the kernel say", async () => {
    const made = await node.pod({
      name: name("web"),
      limits: { memory: 256 << 20, cpu: 1 },
      containers: [
        { name: "app", command: ["/bin/listen", "8080"] },
        { name: "sidecar", memory: 64 << 20, cpu: 0.5 },
      ],
    });
    const snapshot = await seeThisMachine();
    const pod = podOf(snapshot, name("web"));
    const pause = (await node.pidOf(made.id, "sandbox"))!;
    const { status } = await node.sandbox(made.id);
    expect(pod).toMatchObject({
      key: `containerd/${made.id}`,
      namespace: "test",
      uid: made.uid,
      qos: "Burstable",
      cgroupPath: made.cgroup,
      sandbox: { id: made.id, state: "process", pid: pause },
      ips: [status.network!.ip],
      modes: { network: "POD", ipc: "POD", pid: "CONTAINER" },
    });
    const shown = await run("nsenter", ["-t", String(pause), "-n", "ip", "-4", "-o", "addr", "show", "eth0"]);
    expect(/inet ([\d.]+)\//.exec(shown)?.[1]).toBe(pod.ips[0]);
    for (const type of ["net", "ipc", "uts"] as const) expect(pod.namespaces[type]).toBe(inodeOf(pause, type));
    for (const [label, id] of Object.entries(made.containers)) {
      const pid = (await node.pidOf(id, "container"))!;
      const container = snapshot.containers.find((entry) => entry.id === id);
      expect(container).toMatchObject({ name: label, pid, kind: "app", podKey: pod.key, cgroupPath: cgroupOf(pid) });
    }
    const net = snapshot.namespaces.find((entry) => entry.type === "net" && entry.inode === pod.namespaces.net);
    expect(net?.network?.listeners.map((entry) => entry.port)).toContain(8080);
    // Both ends of its wire, its routes and who listens, by either reader, are what ip and ss say.
    for (const read of [snapshot, await seeThisMachine(true, "awk")])
      expect(wireDifferences(read, [pod.namespaces.net!])).toEqual([]);
    expect(podReport(snapshot, pod.key).holders).toMatchObject({
      net: { heldBy: ["sandbox", "container", "pin"], diesWithPause: false },
      ipc: { heldBy: ["sandbox", "container"], diesWithPause: false },
    });
  });

  it("knows a host-network pod, a shared PID namespace and a plain container for what they are", async () => {
    const host = await node.pod({
      name: name("host"),
      qos: "guaranteed",
      namespaces: { network: "NODE" },
      containers: [{ name: "agent" }],
    });
    const shared = await node.pod({
      name: name("shared"),
      qos: "besteffort",
      namespaces: { pid: "POD" },
      containers: [{ name: "zombies", command: ["/bin/zombies", "2"] }],
    });
    await node.plain(name("plain"));
    const snapshot = await seeThisMachine();
    const hostnet = podOf(snapshot, name("host"));
    expect(hostnet).toMatchObject({
      key: `containerd/${host.id}`,
      qos: "Guaranteed",
      ips: [],
      modes: { network: "NODE" },
    });
    expect(hostnet.host).toEqual(expect.arrayContaining(["net", "uts"]));
    expect(Object.keys(hostnet.namespaces)).toEqual(["ipc"]);
    const pids = podOf(snapshot, name("shared"));
    expect(pids).toMatchObject({ key: `containerd/${shared.id}`, qos: "BestEffort", modes: { pid: "POD" } });
    expect(pids.namespaces.pid).toBe(inodeOf(pids.sandbox.pid!, "pid"));
    const plain = snapshot.containers.find((entry) => entry.id === name("plain"));
    expect(plain?.podKey).toBeUndefined();
    expect(plain?.pid).toBeGreaterThan(0);
  });

  it("a slice for a runtime that was not told to use systemd: the pod is whole, and its slice holds nothing", async () => {
    const made = await node.pod({
      name: name("slice"),
      slice: true,
      limits: { memory: 256 << 20 },
      containers: [{ name: "app", memory: 64 << 20 }],
    });
    const pids = {
      pause: (await node.pidOf(made.id, "sandbox"))!,
      app: (await node.pidOf(made.containers.app!, "container"))!,
    };
    expect(cgroupOf(pids.app)).toMatch(/\.slice:cri-containerd:[0-9a-f]{64}$/);
    const snapshot = await seeThisMachine();
    const pod = podOf(snapshot, name("slice"));
    expect(pod).toMatchObject({ uid: made.uid, sandbox: { id: made.id, state: "process", pid: pids.pause } });
    const app = snapshot.containers.find((entry) => entry.id === made.containers.app);
    expect(app).toMatchObject({ name: "app", podKey: pod.key, pid: pids.app, cgroupPath: cgroupOf(pids.app) });
    const told = findings(snapshot).filter(({ at, severity }) => at?.podKey === pod.key && severity !== "info");
    expect(told.map(({ rule }) => rule)).toEqual(["outside-pod-cgroup"]);
  });

  it("an ephemeral container in another's PID namespace splits nothing", async () => {
    const made = await node.pod({ name: name("debug"), containers: [{ name: "app" }, { name: "side" }] });
    const app = made.containers.app!;
    const debug = await node.add(made, { name: "debugger", target: app });
    const pid = (await node.pidOf(debug, "container"))!;
    const snapshot = await seeThisMachine();
    const pod = podOf(snapshot, name("debug"));
    expect(inodeOf(pid, "pid")).toBe(inodeOf((await node.pidOf(app, "container"))!, "pid"));
    expect(snapshot.containers.find((entry) => entry.id === debug)).toMatchObject({ pid, modes: { pid: "TARGET" } });
    expect(pod.modes).toMatchObject({ pid: "CONTAINER" });
    expect(pod.disagree).toBeUndefined();
    expect(Object.keys(pod.namespaces)).toEqual(["net", "ipc", "uts"]);
    const told = findings(snapshot).filter(({ at, severity }) => at?.podKey === pod.key && severity !== "info");
    expect(told).toEqual([]);
  });

  it("pause killed by hand: the sandbox reads dead, and no container can be made, as what-if had said", async () => {
    const made = await node.pod({ name: name("k"), containers: [{ name: "app" }, { name: "side" }] });
    const before = await seeThisMachine();
    const pod = podOf(before, name("k"));
    const said = whatIf(before, { kind: "sandbox", podKey: pod.key });
    expect(
      said.cannotComeBack
        .filter((effect) => effect.kind === "container")
        .map((effect) => effect.label)
        .sort(),
    ).toEqual(["app", "side"]);
    kill(pod.sandbox.pid!);
    await until("containerd to notice", async () => (await node.sandbox(made.id)).status.state === "SANDBOX_NOTREADY");
    const after = await seeThisMachine();
    const dead = podOf(after, name("k"));
    expect(dead).toMatchObject({
      key: pod.key,
      uid: made.uid,
      namespace: "test",
      sandbox: { id: made.id, state: "dead" },
    });
    expect(dead.sandbox.why).toContain("borrowed time");
    expect(dead.sandbox.pid).toBeUndefined();
    expect(dead.namespaces).toEqual(pod.namespaces);
    expect(dead.ips).toEqual(pod.ips);
    const { heldBy } = podReport(after, pod.key).holders.ipc!;
    expect(heldBy).toEqual(["container"]);
    await expect(node.add(made, { name: "late" })).rejects.toThrow(/CreateContainer/);
    const changed = diffPods(before, pod.key, after, pod.key)
      .rows.filter((row) => !row.same)
      .map((row) => row.field);
    expect(changed).toContain("sandbox.state");
    expect(changed).not.toContain("namespaces.ipc.inode");
  });

  it("pause of a shared PID namespace killed: its containers go, the pinned network stays, and the pod with it", async () => {
    const made = await node.pod({ name: name("kp"), namespaces: { pid: "POD" }, containers: [{ name: "app" }] });
    const before = await seeThisMachine();
    const pod = podOf(before, name("kp"));
    const said = whatIf(before, { kind: "sandbox", podKey: pod.key });
    expect(said.dies.some((effect) => effect.id === made.containers.app)).toBe(true);
    expect(said.goesOn.map((effect) => effect.id)).toEqual([`net:${pod.namespaces.net}`]);
    kill(pod.sandbox.pid!);
    await until(
      "the container to end",
      async () => (await node.containerStatus(made.containers.app!)).status.state === "CONTAINER_EXITED",
    );
    const after = await seeThisMachine();
    const left = new Set(after.namespaces.map((entry) => `${entry.type}:${entry.inode}`));
    expect(left.has(`net:${pod.namespaces.net}`)).toBe(true);
    for (const type of ["ipc", "uts", "pid"] as const) expect(left.has(`${type}:${pod.namespaces[type]}`)).toBe(false);
  });
});
