import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ContainerdNode, cannotContainerd, makeContainerd } from "../../e2e/nodes/containerd.ts";
import { cannotPodman, makePodman, type PodmanNode } from "../../e2e/nodes/podman.ts";
import { pinsFolder } from "./folder.ts";
import { actor, sh } from "./testing/actor.ts";

const { act, close, failing, pod: podOf, read } = actor();
afterAll(close);

describe.skipIf(cannotContainerd())("a pod of containerd's, without a kubelet", { timeout: 180_000 }, () => {
  let node: ContainerdNode;
  beforeAll(async () => {
    node = await makeContainerd();
  }, 60_000);
  afterAll(() => node?.close());

  it("loses its pause and nothing else: address, localhost, shared memory, and new members through the pins", async () => {
    const made = await node.pod({ name: "web", containers: [{ name: "app" }, { name: "sidecar" }] });
    const key = `containerd/${made.id}`;
    const folder = pinsFolder(key);
    const app = (await node.pidOf(made.containers.app!, "container"))!;
    const sidecar = (await node.pidOf(made.containers.sidecar!, "container"))!;
    const pause = (await node.pidOf(made.id, "sandbox"))!;
    const before = await podOf(key);
    expect(before.sandbox).toMatchObject({ state: "process", pid: pause });
    expect(before.ips).toHaveLength(1);
    sh(`nsenter -t ${app} -i ipcmk -M 4096`);

    await act("pin", key);
    await act("drop", key);
    expect(existsSync(`/proc/${pause}/ns/net`)).toBe(false);
    // The CRI says so too, and that no new container can come.
    expect((await node.sandbox(made.id)).status.state).toBe("SANDBOX_NOTREADY");
    await expect(node.add(made, { name: "late" })).rejects.toThrow();
    const dropped = await podOf(key);
    expect(dropped.sandbox.state).toBe("dropped");
    expect(dropped.ips).toEqual(before.ips);
    expect(sh(`nsenter -t ${sidecar} -n ip -4 -o addr show eth0`)).toContain(before.ips[0]);
    const join = `nsenter --net=${folder}/net --ipc=${folder}/ipc --uts=${folder}/uts`;
    expect(sh(`${join} cat /proc/sysvipc/shm | wc -l`)).toBe(sh(`nsenter -t ${app} -i cat /proc/sysvipc/shm | wc -l`));
    expect(sh(`${join} hostname`)).toBe("web");
    const listen = `nsenter -t ${sidecar} -n busybox nc -l -p 7777 -w 5 </dev/null`;
    const say = `echo hello | nsenter -t ${app} -n busybox nc 127.0.0.1 7777`;
    expect(sh(`${listen} & for i in $(seq 50); do ${say} 2>/dev/null && break; sleep 0.1; done; wait`)).toBe("hello");

    await act("restore", key);
    const restored = await podOf(key);
    expect(restored.sandbox.state).toBe("process");
    expect(readFileSync(`/proc/${restored.sandbox.pid}/cgroup`, "utf8")).toContain(`${made.cgroup}/podglass-pause`);
    await act("unpin", key);
    expect(existsSync(`${folder}/net`)).toBe(false);
    // The stand-in alone holds them now; it ends with the pod's own removal, by its group.
    await act("drop", key, { pinFirst: true });
    await act("restore", key);
    await act("drop", key);
    await node.remove(made.id);
    const gone = (await read()).pods.find((pod) => pod.key === key);
    expect(gone?.containers ?? []).toEqual([]);
    // What is left of the pod are our own pins: an orphan, which unpin takes away.
    await act("unpin", key);
    expect(existsSync(folder)).toBe(false);
  });

  it("is left alone while a kubelet runs it, unless that is accepted", async () => {
    const made = await node.pod({ name: "kept", containers: [{ name: "app" }] });
    // A static pod's uid is a hash without dashes.
    const uid = randomBytes(16).toString("hex");
    const fixed = await node.pod({ name: "fixed", uid, containers: [{ name: "app" }] });
    const key = `containerd/${made.id}`;
    const folder = mkdtempSync(join(tmpdir(), "podglass-kubelet-"));
    copyFileSync("/bin/sleep", join(folder, "kubelet"));
    const kubelet = spawn(join(folder, "kubelet"), ["300"], { stdio: "ignore" });
    try {
      expect(await failing("drop", key, { pinFirst: true })).toEqual(["kubelet"]);
      expect(await failing("drop", key, { pinFirst: true, acceptRestart: true })).toEqual([]);
      // Nothing allows it for a static pod: it may be the control plane.
      const statically = `containerd/${fixed.id}`;
      expect((await podOf(statically)).staticPod).toBe(true);
      expect(await failing("drop", statically, { pinFirst: true, acceptRestart: true })).toEqual(["kubelet"]);
    } finally {
      kubelet.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
      await node.remove(made.id);
      await node.remove(fixed.id);
    }
  });

  it("is refused where its containers share pause's PID namespace", async () => {
    const made = await node.pod({ name: "shared", namespaces: { pid: "POD" }, containers: [{ name: "app" }] });
    try {
      expect(await failing("drop", `containerd/${made.id}`, { pinFirst: true })).toEqual(["pid-namespace"]);
    } finally {
      await node.remove(made.id);
    }
  });
});

describe.skipIf(cannotPodman())("a pod of podman's", { timeout: 180_000 }, () => {
  let node: PodmanNode;
  beforeAll(async () => {
    node = await makePodman();
  }, 60_000);
  afterAll(() => node?.close());

  it("without a network of its own goes through pin, drop, restore and unpin", async () => {
    const id = await node.pod("quiet", "--network", "none");
    await node.container("quiet", "app");
    const key = `podman/${id}`;
    await act("pin", key);
    await act("drop", key);
    expect((await podOf(key)).sandbox.state).toBe("dropped");
    await act("restore", key);
    expect((await podOf(key)).sandbox.state).toBe("process");
    await act("unpin", key);
    await node.podman("pod", "rm", "-f", "-t", "0", "quiet");
  });

  it("with a bridge is refused, and this is why: eth0 goes although a pin holds the network", async () => {
    // A network of our own. netavark makes chains for it and may leave them: they go again if it was us who brought them.
    const firewall = sh("iptables-save 2>/dev/null | grep NETAVARK || true");
    const subnet = `10.${112 + (process.pid % 8)}.${process.pid % 250}.0/24`;
    await node.podman("network", "create", "--internal", "--disable-dns", "--subnet", subnet, "bridged");
    const id = await node.pod("loud", "--network", "bridged");
    await node.container("loud", "app");
    const key = `podman/${id}`;
    const before = await podOf(key);
    expect(before.ips).toHaveLength(1);
    expect(await failing("drop", key, { pinFirst: true })).toEqual(["network-survives"]);
    // What a drop would have done: pinned by us, and the pause ended by hand.
    await act("pin", key);
    process.kill(before.sandbox.pid!, "SIGKILL");
    const inside = () => sh(`nsenter --net=${pinsFolder(key)}/net ip -4 -o addr show`);
    await expect.poll(inside, { timeout: 60_000 }).not.toContain("eth0");
    await node.podman("pod", "rm", "-f", "-t", "0", "loud");
    await act("unpin", key);
    if (firewall === "") forget();
  });
});

/** Takes back what `iptables-save` says netavark added. */
function forget(): void {
  for (const table of ["filter", "nat"]) {
    const lines = sh(`iptables -t ${table} -S`).split("\n");
    for (const line of lines.filter((each) => each.startsWith("-A") && each.includes("NETAVARK")))
      sh(`iptables -t ${table} ${line.replace("-A", "-D")}`);
    for (const line of lines.filter((each) => each.startsWith("-N NETAVARK")))
      sh(`iptables -t ${table} ${line.replace("-N", "-X")}`);
  }
  expect(sh("iptables-save | grep NETAVARK || true")).toBe("");
}
