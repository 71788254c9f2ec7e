import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { cgroupOf, inodeOf, podOf, seeThisMachine } from "../../src-main/testing/see.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { podReport } from "../../src-shared/questions/pod-report.ts";
import { whatIf } from "../../src-shared/questions/what-if.ts";
import { cannotDocker, type DockerNode, joining, makeDocker } from "../nodes/docker.ts";
import { BUSYBOX } from "../nodes/images.ts";
import { kill, run, until } from "../nodes/room.ts";

interface Inspected {
  Id: string;
  Name: string;
  State: { Pid: number; Running: boolean };
  NetworkSettings: { IPAddress: string };
}

// Real runtimes on a busy machine take their time.
vi.setConfig({ testTimeout: 90_000 });

describe.skipIf(cannotDocker())("hand-made Docker pods on this machine", () => {
  let node: DockerNode;
  const name = (suffix: string) => `${node.room.id}-${suffix}`;
  beforeAll(async () => {
    node = await makeDocker();
  }, 60_000);
  afterAll(() => node?.close(), 60_000);

  it("finds them by who joins whom, and says what docker and the kernel say", async () => {
    const pause = await node.pause(name("pause"));
    const app = await node.container(name("app"), [...joining(pause), "--memory", "64m"]);
    const all = await node.container(name("all"), joining(pause, ["network", "ipc", "pid"]), ["zombies", "2"]);
    await node.container(name("alone"));
    const inspected = await node.inspect<Inspected>(pause);
    const snapshot = await seeThisMachine();
    const pod = podOf(snapshot, name("pause"));
    expect(pod).toMatchObject({
      key: `docker/${pause}`,
      containers: [app, all].sort(),
      sandbox: { id: pause, state: "process", pid: inspected.State.Pid },
      ips: [inspected.NetworkSettings.IPAddress],
      cgroupPath: node.room.cgroup,
    });
    // Joiners share what they join, and nothing else; not all of them join the PID namespace.
    expect(Object.keys(pod.namespaces)).toEqual(["net", "ipc"]);
    for (const type of ["net", "ipc"] as const) expect(pod.namespaces[type]).toBe(inodeOf(inspected.State.Pid, type));
    expect(pod.disagree).toBeUndefined();
    const pid = (await node.inspect<Inspected>(app)).State.Pid;
    expect(snapshot.containers.find((entry) => entry.id === app)).toMatchObject({
      name: name("app"),
      pid,
      cgroupPath: cgroupOf(pid),
      image: BUSYBOX,
    });
    expect(snapshot.containers.find((entry) => entry.name === name("alone"))?.podKey).toBeUndefined();
    // dockerd itself may keep a socket or an open file in it.
    expect(podReport(snapshot, pod.key).holders.net?.heldBy).toEqual(
      expect.arrayContaining(["sandbox", "container", "pin"]),
    );
  });

  it("a VPN container restarted: its joiners stay in the old network, and a restart of theirs cures it", async () => {
    const vpn = await node.container(name("vpn"));
    const app = await node.container(name("tunnelled"), joining(vpn, ["network"]));
    const told = async () => {
      const snapshot = await seeThisMachine();
      const pod = podOf(snapshot, name("vpn"));
      return {
        pod,
        findings: findings(snapshot).filter(({ at, severity }) => at?.podKey === pod.key && severity !== "info"),
      };
    };
    const healthy = await told();
    expect(healthy).toMatchObject({ pod: { key: `docker/${vpn}`, containers: [app] }, findings: [] });
    await node.docker("restart", "-t", "0", vpn);
    const split = await told();
    const pids = await Promise.all([vpn, app].map(async (id) => (await node.inspect<Inspected>(id)).State.Pid));
    expect(inodeOf(pids[0]!, "net")).not.toBe(inodeOf(pids[1]!, "net"));
    expect(split.pod.disagree).toEqual(["net"]);
    expect(split.findings).toMatchObject([
      { rule: "sandbox-disagreement", todo: expect.stringMatching(/^Restart the containers that are in the older/) },
    ]);
    await node.docker("restart", "-t", "0", app);
    expect(await told()).toMatchObject({ pod: { namespaces: { net: inodeOf(pids[0]!, "net") } }, findings: [] });
  });

  it("the joined container killed: its network goes although the namespace stays, and joiners cannot be started again", async () => {
    const pause = await node.pause(name("kpause"));
    const app = await node.container(name("kapp"), joining(pause));
    const before = await seeThisMachine();
    const pod = podOf(before, name("kpause"));
    const said = whatIf(before, { kind: "sandbox", podKey: pod.key });
    expect(said.dies.some((effect) => effect.kind === "address")).toBe(true);
    expect(said.cannotComeBack.some((effect) => effect.id === app)).toBe(true);
    kill(pod.sandbox.pid!);
    await until("docker to notice", async () => !(await node.inspect<Inspected>(pause)).State.Running);
    const after = await seeThisMachine();
    const dead = podOf(after, name("kpause"));
    expect(dead).toMatchObject({ key: pod.key, sandbox: { state: "dead" }, namespaces: pod.namespaces });
    const pid = (await node.inspect<Inspected>(app)).State.Pid;
    await expect(run("nsenter", ["-t", String(pid), "-n", "ip", "addr", "show", "eth0"])).rejects.toThrow(
      /does not exist/,
    );
    expect(dead.ips).toEqual([]);
    await node.docker("kill", app);
    await expect(node.docker("start", app)).rejects.toThrow(/cannot join network of a non running container/);
  });
});

describe.skipIf(cannotDocker())("Docker whose containers have users of their own (userns-remap)", () => {
  let node: DockerNode;
  beforeAll(async () => {
    node = await makeDocker({ remapped: true });
  }, 60_000);
  afterAll(() => node?.close(), 60_000);

  it("is read where it keeps its records then, by a configuration that is named from where it stands", async () => {
    const first = await node.container(`${node.room.id}-first`, ["--network", "none"]);
    const app = await node.container(`${node.room.id}-app`, joining(first, ["network"]));
    const snapshot = await seeThisMachine();
    const { Pid: pid } = (await node.inspect<Inspected>(first)).State;
    expect(podOf(snapshot, `${node.room.id}-first`)).toMatchObject({
      key: `docker/${first}`,
      containers: [app],
      sandbox: { state: "process", pid },
      namespaces: { net: inodeOf(pid, "net") },
    });
    expect(snapshot.containers.find(({ id }) => id === app)).toMatchObject({
      name: `${node.room.id}-app`,
      image: BUSYBOX,
    });
    const root = snapshot.processes.find((one) => one.pid === pid);
    expect(root).toMatchObject({ uid: 231_072, security: { uidMap: expect.stringMatching(/^\s*0\s+231072\s+65536/) } });
    expect(snapshot.gaps.filter(({ why }) => why.includes(node.room.dir))).toEqual([]);
  });
});
