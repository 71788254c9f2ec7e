import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { cgroupOf, inodeOf, podOf, seeThisMachine } from "../../src-main/testing/see.ts";
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
