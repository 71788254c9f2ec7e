import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { wireDifferences } from "../../src-main/testing/reaches.ts";
import { cgroupOf, inodeOf, podOf, seeThisMachine } from "../../src-main/testing/see.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { ownNetwork } from "../../src-shared/questions/own-networks.ts";
import { podReport } from "../../src-shared/questions/pod-report.ts";
import { whatIf } from "../../src-shared/questions/what-if.ts";
import { wirePlan } from "../../src-shared/questions/wire-plan.ts";
import { BUSYBOX } from "../nodes/images.ts";
import { cannotPodman, makePodman, type PodmanNode } from "../nodes/podman.ts";
import { kill, run, until } from "../nodes/room.ts";

interface Inspected {
  Id: string;
  Name: string;
  ImageName: string;
  State: { Pid: number };
}

// Real runtimes on a busy machine take their time.
vi.setConfig({ testTimeout: 90_000 });

describe.skipIf(cannotPodman())("podman on this machine", () => {
  let node: PodmanNode;
  const name = (suffix: string) => `${node.room.id}-${suffix}`;
  beforeAll(async () => {
    node = await makePodman();
  }, 60_000);
  afterAll(() => node?.close(), 60_000);

  it("says of an ordinary pod what podman and the kernel say", async () => {
    const pod = name("a");
    const id = await node.pod(pod);
    const app = await node.container(pod, name("a1"));
    await node.container(pod, name("a2"), ["--memory", "64m"]);
    const { InfraContainerID: infra } = await node.inspect<{ InfraContainerID: string }>(id, "pod");
    const snapshot = await seeThisMachine();
    const seen = podOf(snapshot, pod);
    const pause = (await node.inspect<Inspected>(infra)).State.Pid;
    expect(seen).toMatchObject({
      key: `podman/${id}`,
      networkMode: "none",
      sandbox: { id: infra, state: "process", pid: pause },
    });
    for (const type of ["net", "ipc", "uts"] as const) expect(seen.namespaces[type]).toBe(inodeOf(pause, type));
    expect(Object.keys(seen.namespaces)).toEqual(["net", "ipc", "uts"]);
    const inspected = await node.inspect<Inspected>(app);
    expect(snapshot.containers.find((container) => container.id === app)).toMatchObject({
      name: inspected.Name,
      image: inspected.ImageName,
      pid: inspected.State.Pid,
      cgroupPath: cgroupOf(inspected.State.Pid),
    });
    expect(podReport(snapshot, seen.key).holders.net).toMatchObject({
      heldBy: ["sandbox", "container"],
      diesWithPause: false,
    });
  });

  it("tells how often a container was started again, which older lists of podman leave out", async () => {
    const pod = name("again");
    await node.pod(pod);
    const tries = ["/bin/sh", "-c", "[ -e /tried ] && exec sleep 1000; : >/tried; exit 1"];
    const id = await node.container(pod, name("again1"), ["--restart", "on-failure:3"], tries);
    const inspected = () => node.inspect<Inspected & { RestartCount: number }>(id);
    await until("its second try", async () => {
      const { RestartCount, State } = await inspected();
      return RestartCount === 1 && State.Pid > 0;
    });
    expect((await seeThisMachine()).containers.find((one) => one.id === id)).toMatchObject({ restartCount: 1 });
  });

  it("tells a pod without infra, and one whose namespaces are pinned, from the others", async () => {
    await node.pod(name("b"), "--infra=false");
    await node.container(name("b"), name("b1"), ["--network", "none"]);
    await node.container(name("b"), name("b2"), ["--network", "none"]);
    const pins = `${node.room.dir}/pins`;
    await run("sh", [
      "-c",
      'mkdir "$1"; touch "$1/net" "$1/ipc" "$1/uts"; unshare --net="$1/net" --ipc="$1/ipc" --uts="$1/uts" true',
      "-",
      pins,
    ]);
    await node.pod(name("d"), "--infra=false");
    const joining = ["--network", `ns:${pins}/net`, "--ipc", `ns:${pins}/ipc`, "--uts", `ns:${pins}/uts`];
    await node.container(name("d"), name("d1"), joining);
    await node.container(name("d"), name("d2"), joining);
    await node.pod(name("e"), "--infra=false");
    await node.container(name("e"), name("e1"), joining.slice(0, 2), ["/bin/httpd", "-f", "-p", "8080"]);
    const snapshot = await seeThisMachine();
    expect(podOf(snapshot, name("b"))).toMatchObject({ namespaces: {}, sandbox: { state: "none" } });
    // What shares nothing is in networks all the same; podman alone has its name, and is asked by either reader.
    const { key } = podOf(snapshot, name("e"));
    for (const read of [snapshot, await seeThisMachine(true, "awk")]) {
      expect(podOf(read, name("e"))).toMatchObject({ key, namespaces: {} });
      const hangs = wirePlan(read).groups.filter(({ plugs }) => plugs.some(({ pod }) => pod.key === key));
      expect(hangs.map(({ kind }) => kind)).toEqual(["none"]);
      expect(wireDifferences(read, [ownNetwork(read, podOf(read, name("e")))!])).toEqual([]);
    }
    const pinned = podOf(snapshot, name("d"));
    expect(pinned.sandbox.state).toBe("dropped");
    expect(pinned.sandbox.why).toContain(`${pins}/net`);
    const stat = execFileSync("stat", ["-L", "-c", "%i", `${pins}/net`], { encoding: "utf8" });
    expect(pinned.namespaces.net).toBe(Number(stat));
    expect(podReport(snapshot, pinned.key).holders.ipc).toMatchObject({
      heldBy: ["container", "pin"],
      diesWithPause: false,
    });
  });

  it("a VPN container restarted, without any pod: who stayed in its old network is told, and a restart cures it", async () => {
    const plain = (suffix: string, network: string) =>
      node.podman(
        ...["run", "-d", "--name", name(suffix), "--cgroup-parent", node.room.cgroup, "--network", network, BUSYBOX],
      );
    await plain("vpn", "none");
    const app = (await plain("tunnelled", `container:${name("vpn")}`)).trim();
    const told = async () =>
      findings(await seeThisMachine()).filter(
        ({ rule, where }) => rule === "left-behind" && where.includes(name("tunnelled")),
      );
    expect(await told()).toEqual([]);
    await node.podman("restart", "-t", "0", name("vpn"));
    const [split, ...more] = await told();
    expect(more).toEqual([]);
    expect(split).toMatchObject({
      severity: "warning",
      at: { containerId: app },
      todo: expect.stringMatching(/^Restart this container: podman/),
    });
    await node.podman("restart", "-t", "0", name("tunnelled"));
    expect(await told()).toEqual([]);
  });

  it("pause killed by hand: what-if had said who goes on, and the sandbox reads dead", async () => {
    const pod = name("k");
    await node.pod(pod);
    await node.container(pod, name("k1"));
    const before = await seeThisMachine();
    const seen = podOf(before, pod);
    const said = whatIf(before, { kind: "sandbox", podKey: seen.key });
    expect(said.goesOn.filter((effect) => effect.kind === "container").map((effect) => effect.label)).toEqual([
      name("k1"),
    ]);
    kill(seen.sandbox.pid!);
    await until(
      "podman to notice",
      async () => (await node.inspect<{ State: string }>(seen.key.slice(7), "pod")).State === "Degraded",
    );
    const after = await seeThisMachine();
    const dead = podOf(after, pod);
    expect(dead.key).toBe(seen.key);
    expect(dead.sandbox.state).toBe("dead");
    expect(dead.sandbox.pid).toBeUndefined();
    expect(dead.namespaces).toEqual(seen.namespaces);
    for (const effect of said.goesOn) {
      if (effect.kind === "namespace")
        expect(after.namespaces.map((entry) => `${entry.type}:${entry.inode}`)).toContain(effect.id);
    }
  });

  it("a shared PID namespace: killing pause kills the others, as what-if had said", async () => {
    const pod = name("c");
    await node.pod(pod, "--share", "pid,net,ipc,uts");
    const container = await node.container(pod, name("c1"), [], ["zombies", "3"]);
    const before = await seeThisMachine();
    const seen = podOf(before, pod);
    expect(seen.namespaces.pid).toBe(inodeOf(seen.sandbox.pid!, "pid"));
    expect(podReport(before, seen.key).holders.pid?.diesWithPause).toBe(true);
    const said = whatIf(before, { kind: "sandbox", podKey: seen.key });
    expect(said.dies.some((effect) => effect.id === container)).toBe(true);
    kill(seen.sandbox.pid!);
    await until(
      "the container to end",
      async () => (await node.inspect<{ State: { Running: boolean } }>(container)).State.Running === false,
    );
    const after = await seeThisMachine();
    expect(after.pods.find((entry) => entry.key === seen.key)).toBeUndefined();
    const left = new Set(after.namespaces.map((entry) => `${entry.type}:${entry.inode}`));
    for (const type of ["net", "ipc", "uts", "pid"] as const)
      expect(left.has(`${type}:${seen.namespaces[type]}`)).toBe(false);
  });
});
