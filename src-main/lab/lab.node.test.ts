import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { labByHand } from "../../src-shared/questions/lab-by-hand.ts";
import { localShell } from "../actions/testing/local.ts";
import { ownerDifferences, wireDifferences } from "../testing/reaches.ts";
import { podOf, seeThisMachine } from "../testing/see.ts";
import { ConnectionError } from "../transport/transport.ts";
import { type BenchInput, type BenchProgress, labBench } from "./bench.ts";
import { labDown, labFind, labUp } from "./lab.ts";

const here = localShell();
const root = process.platform === "linux" && process.getuid?.() === 0;
const name = `labt-${process.pid}`;
const sh = (command: string) => execFileSync("sh", ["-c", command], { encoding: "utf8" });
const namespace = (pid: number, type: string) => sh(`readlink /proc/${pid}/ns/${type}`).trim();
const reach = (host: string) =>
  new Promise((resolve) => {
    const socket = connect({ host, port: 9, timeout: 3000 });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.on("timeout", () => resolve("timeout"));
  });
const memoryFile = (path: string, v1: string, v2: string) =>
  existsSync(`/sys/fs/cgroup${path}/${v2}`) ? `/sys/fs/cgroup${path}/${v2}` : `/sys/fs/cgroup/memory${path}/${v1}`;

const nothingLeft = () => {
  expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(`/${name}`);
  expect(existsSync(`/run/podglass/lab/${name}`)).toBe(false);
  expect(sh(`find /sys/fs/cgroup -type d -name '${name}*' 2>/dev/null || true`)).toBe("");
};

it.skipIf(!root)("what is shown to be typed works as it is shown, each command in a shell of its own", async () => {
  const pod = await labUp(here, { name, sandbox: "pinned", containers: 1 });
  try {
    const said = labByHand([pod]).map(sh);
    expect(said).toHaveLength(6);
    // The namespace is new: it has a loopback that is down, and no other address.
    expect(said[2]).toMatch(/lo: <LOOPBACK>/);
    expect(said[2]).not.toMatch(/inet /);
    expect(said[4]).toContain(`net:[${namespace(pod.pids[0] as number, "net").replace(/\D/g, "")}]`);
    expect(said[5]).toContain(`/podglass-lab/${name}/c1`);
  } finally {
    sh("umount /run/by-hand/* 2>/dev/null; rm -rf /run/by-hand");
    await labDown(here, name);
    nothingLeft();
  }
});

describe.skipIf(!root)("lab pods on this machine", { timeout: 180_000 }, () => {
  afterEach(async () => {
    if ((await labFind(here)).names.includes(name)) await labDown(here, name);
    nothingLeft();
  }, 60_000);

  it("makes a pod with a pause: containers share net, ipc and uts, have an address, limits and their own pids", async () => {
    const pod = await labUp(here, {
      name,
      sandbox: "pause",
      containers: 2,
      memoryBytes: 64 << 20,
      cpuCores: 0.5,
      zombies: 2,
    });
    const [pause, first, second] = pod.pids as [number, number, number];
    for (const type of ["net", "ipc", "uts"]) {
      expect(namespace(first, type)).toBe(namespace(pause, type));
      expect(namespace(second, type)).toBe(namespace(pause, type));
      expect(namespace(first, type)).not.toBe(namespace(process.pid, type));
    }
    for (const type of ["pid", "mnt"]) expect(namespace(first, type)).not.toBe(namespace(second, type));
    expect(sh(`nsenter -t ${first} -u hostname`).trim()).toBe(name);
    const read = await seeThisMachine();
    expect(wireDifferences(read, [podOf(read, name).namespaces.net!])).toEqual([]);
    expect(
      ownerDifferences(
        read,
        [namespace(pause, "net"), namespace(first, "pid")].map((text) => Number(text.replace(/\D/g, ""))),
      ),
    ).toEqual([]);
    const seen = sh(`nsenter -t ${first} -n ip -4 -o addr show eth0`);
    const address = /inet ([0-9.]+)\/31/.exec(seen)?.[1];
    // Nobody listens there, so a refusal is the answer of the pod's own network stack.
    await expect(reach(address!)).resolves.toBe("ECONNREFUSED");
    expect(readFileSync(memoryFile(`${pod.cgroupPath}/c1`, "memory.limit_in_bytes", "memory.max"), "utf8").trim()).toBe(
      String(64 << 20),
    );
    expect(readFileSync(memoryFile(pod.cgroupPath, "memory.limit_in_bytes", "memory.max"), "utf8").trim()).toBe(
      String(128 << 20),
    );
    await expect.poll(() => sh(`ps -o stat= --ppid ${first}`).match(/Z/g)?.length, { timeout: 30_000 }).toBe(2);
    // A container's mounts hold nothing of the node: only what its root needs.
    expect(readFileSync(`/proc/${first}/mountinfo`, "utf8")).not.toContain("nsfs");
    expect((await labFind(here)).pods.find((p) => p.name === name)?.pids).toEqual(pod.pids);
  });

  it("makes a pod without any sandbox process, held by pins alone, and takes only namespaced sysctls", async () => {
    const pod = await labUp(here, {
      name,
      sandbox: "pinned",
      containers: 2,
      sysctls: { "net.ipv4.ip_unprivileged_port_start": "80", "kernel.sem": "250 32000 32 128" },
    });
    expect(pod.pins).toHaveLength(3);
    expect(pod.pids).toHaveLength(2);
    const [first] = pod.pids as [number];
    for (const pin of pod.pins) {
      const type = pin.split("/").at(-1)!;
      expect(sh(`stat -L -c %i ${pin}`).trim()).toBe(sh(`stat -L -c %i /proc/${first}/ns/${type}`).trim());
      expect(sh(`findmnt -n -o FSTYPE ${pin}`).trim()).toBe("nsfs");
    }
    expect(sh(`nsenter -t ${first} -n cat /proc/sys/net/ipv4/ip_unprivileged_port_start`).trim()).toBe("80");
    expect(sh(`nsenter -t ${first} -i cat /proc/sys/kernel/sem`).trim().split(/\s+/)).toEqual([
      "250",
      "32000",
      "32",
      "128",
    ]);
  });

  it("shares a PID namespace, in which pause is pid 1 and reaps", async () => {
    const pod = await labUp(here, { name, sandbox: "pause", sharePid: true });
    const [pause, first] = pod.pids as [number, number];
    expect(namespace(first, "pid")).toBe(namespace(pause, "pid"));
    sh(`nsenter -t ${pause} -p sh -c '(sleep 0.1 & ) ; true'`);
    await expect.poll(() => sh(`nsenter -t ${first} -p -m ps -eo stat=`), { timeout: 30_000 }).not.toMatch(/Z/);
  });

  it("ends a hog by its own limit and leaves the rest of the pod alive", async () => {
    const pod = await labUp(here, { name, sandbox: "pause", hog: true });
    const file = memoryFile(`${pod.cgroupPath}/c1`, "memory.oom_control", "memory.events");
    await expect.poll(() => readFileSync(file, "utf8"), { timeout: 60_000, interval: 200 }).toMatch(/oom_kill [1-9]/);
    expect(existsSync(`/proc/${pod.pids[0]}`)).toBe(true);
  });

  it("refuses a name that is taken, and a shared PID namespace without a pause", async () => {
    await labUp(here, { name, sandbox: "pinned" });
    await expect(labUp(here, { name, sandbox: "pinned" })).rejects.toThrow(/there is a lab pod/);
    await expect(labUp(here, { name: "x", sandbox: "pinned", sharePid: true })).rejects.toThrow(/--sandbox pause/);
  });

  it("measures pods with a pause and without in turns, and leaves nothing behind", { timeout: 180_000 }, async () => {
    const prefix = `bench-${process.pid}m`;
    const rows = await labBench(here, { pods: 2, rounds: 2, prefix });
    const [pause, pinned] = ["lab pause", "lab pinned"].map((kind) => rows.find((row) => row.kind === kind)!);
    expect(pause!.measures.processes!.median).toBe(2);
    expect(pinned!.measures.processes!.median).toBe(1);
    expect(pause!.measures.cgroups!.median).toBe(3);
    expect(pinned!.measures.createMs!.median).toBeGreaterThan(0);
    expect((await labFind(here)).names.filter((each) => each.startsWith(prefix))).toEqual([]);
    // runc makes groups in hierarchies that the lab itself does not use.
    expect(sh(`find /sys/fs/cgroup -name '${prefix}*' 2>/dev/null || true`)).toBe("");
  });

  it("leaves nothing of a bench that is called off, cut off or killed, and the next one clears up after the dead", {
    timeout: 180_000,
  }, async () => {
    const prefix = `bench-${process.pid}`;
    const ours = async () => (await labFind(here)).names.filter((each) => each.startsWith(prefix));
    const bench = (connection = here, more: BenchInput = {}) =>
      labBench(connection, { pods: 3, rounds: 1, prefix, ...more });
    const atSecond = (stop: AbortController) => ({
      signal: stop.signal,
      onProgress: ({ now }: BenchProgress) => now?.pod === 2 && stop.abort(),
    });
    await expect(bench(here, atSecond(new AbortController()))).rejects.toThrow(/cancelled/);
    expect(await ours()).toEqual([]);
    for (const fault of ["cut", "kill"] as const) {
      await expect(bench(localShell({ at: "at 2", fault }))).rejects.toThrow(/lost|killed/);
      expect(await ours(), fault).toEqual([]);
    }
    // The shell is killed and the node cannot be reached any more.
    const dying = localShell({ at: "at 2", fault: "kill" });
    let calls = 0;
    const exec: typeof here.exec = (command) => {
      calls += 1;
      if (calls > 2) throw new ConnectionError("lost", "gone");
      return dying.exec(command);
    };
    await expect(bench({ ...dying, exec })).rejects.toThrow(/podglass lab list/);
    expect(await ours()).toContain(`${prefix}-0-shell`);
    const stop = new AbortController();
    await expect(
      labBench(here, { pods: 1, rounds: 1, signal: stop.signal, onProgress: () => stop.abort() }),
    ).rejects.toThrow(/cancelled/);
    expect(await ours()).toEqual([]);
    expect(sh(`find /sys/fs/cgroup -name '${prefix}*' 2>/dev/null || true`)).toBe("");
  });

  it("leaves nothing behind when the making shell is killed at any of its steps", async () => {
    for (const at of ["cgroups", "sandbox", "network", "containers"]) {
      const shell = localShell({ at: `step ${at}`, fault: "kill" });
      await expect(labUp(shell, { name, sandbox: "pause" })).rejects.toThrow();
      if ((await labFind(here)).names.includes(name)) await labDown(here, name);
      nothingLeft();
    }
  });
});
