/** Each finding about pods, made to be true on this machine with a private podman, read with the probe, and found. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cannotPodman, makePodman, type PodmanNode } from "../../e2e/nodes/podman.ts";
import { kill, run, until } from "../../e2e/nodes/room.ts";
import { readNode } from "../../src-main/probe/index.ts";
import { localConnection } from "../../src-main/transport/local.ts";
import { assemble } from "../assemble/assemble.ts";
import type { Snapshot } from "../model.ts";
import type { Finding } from "../reports.ts";
import { wallsOf } from "../walls/walls.ts";
import { findings } from "./findings.ts";

const SLOW = 120_000;
const hybrid = existsSync("/sys/fs/cgroup/memory");

interface Inspected {
  State: { Pid: number; CgroupPath?: string; ConmonPid?: number };
  ConmonPidFile?: string;
}

describe.skipIf(cannotPodman() !== undefined)("findings provoked with podman", () => {
  let node: PodmanNode;
  const connection = localConnection();
  beforeAll(async () => {
    node = await makePodman();
  }, SLOW);
  afterAll(async () => {
    connection.close();
    await node.close();
  }, SLOW);

  const name = (short: string) => `${node.room.id}-${short}`;
  const read = async (deep = false): Promise<Snapshot> =>
    assemble(await readNode(connection, { privilege: "plain", deep }));
  /** Findings of one rule about pods of this room, or about whatever names it. */
  const found = (rule: string, snapshot: Snapshot, previous?: Snapshot): Finding[] => {
    const mine = new Set(
      snapshot.containers.filter((one) => one.cgroupPath.startsWith(node.room.cgroup)).map((one) => one.podKey),
    );
    return findings(snapshot, previous).filter(
      (one) =>
        one.rule === rule &&
        ((one.at?.podKey !== undefined && mine.has(one.at.podKey)) || JSON.stringify(one).includes(node.room.id)),
    );
  };
  const pidOf = async (id: string) => (await node.inspect<Inspected>(id)).State.Pid;
  const infraOf = async (pod: string) =>
    (await node.inspect<{ InfraContainerID: string }>(pod, "pod")).InfraContainerID;
  const cgroupOf = (pid: number, controller: string) =>
    new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, "m").exec(
      readFileSync(`/proc/${pid}/cgroup`, "utf8"),
    )?.[1] ?? /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))![1]!;
  /** A file of a process's cgroup, whatever the version. */
  const fileOf = (pid: number, controller: string, file: string, above = "") =>
    `/sys/fs/cgroup${hybrid ? `/${controller}` : ""}${cgroupOf(pid, controller)}${above}/${file}`;

  it("zombies", { timeout: SLOW }, async () => {
    const pod = name("zombies");
    await node.pod(pod);
    const id = await node.container(
      pod,
      name("z"),
      [],
      ["/bin/sh", "-c", "sleep 0.1 & sleep 0.1 & sleep 0.1 & sleep 0.1 & exec sleep 1000000"],
    );
    const pid = await pidOf(id);
    await sleep(400);
    const [one] = found("zombies", await read());
    expect(one).toMatchObject({ severity: "warning", at: { pid, containerId: id } });
    expect(one!.title).toContain("4 zombies");
    await node.podman("pod", "rm", "-f", "-t", "0", pod);
  });

  it("near-memory-limit, and the kill counted since the reading before", { timeout: SLOW }, async () => {
    const pod = name("hog");
    await node.pod(pod);
    const gate = `${node.room.dir}/gate`;
    await run("mkfifo", [gate]);
    const id = await node.container(
      pod,
      name("h"),
      ["--memory", "24m", "--memory-swap", "24m", "-v", `${gate}:/gate`],
      ["/bin/sh", "-c", "read go </gate; tail /dev/zero; exec sleep 1000000"],
    );
    const before = await read();
    expect(found("near-memory-limit", before)).toEqual([]);
    writeFileSync(gate, "go\n");
    const pid = await pidOf(id);
    await until("the kernel to kill", () =>
      hybrid
        ? /oom_kill [1-9]/.test(readFileSync(fileOf(pid, "memory", "memory.oom_control"), "utf8"))
        : /oom_kill [1-9]/.test(readFileSync(fileOf(pid, "memory", "memory.events"), "utf8")),
    );
    await sleep(20);
    const now = await read();
    const [fresh] = found("near-memory-limit", now, before);
    expect(fresh).toMatchObject({ severity: "critical", at: { containerId: id } });
    expect(fresh!.evidence.join("\n")).toContain("1 of them since the reading before");
    // Without the reading before, only a log that dates the kill says that it was now.
    const dated = now.oomKills?.some(({ at }) => at !== undefined) === true;
    expect(found("near-memory-limit", now)[0]?.severity).toBe(dated ? "critical" : "info");
    await node.podman("pod", "rm", "-f", "-t", "0", pod);
  });

  it("throttled", { timeout: SLOW }, async () => {
    const pod = name("slow");
    await node.pod(pod);
    const id = await node.container(pod, name("s"), ["--cpus", "0.05"], ["/bin/sh", "-c", "while :; do :; done"]);
    const before = await read();
    await sleep(3200);
    const [one] = found("throttled", await read(), before);
    expect(one).toMatchObject({ severity: "warning", at: { containerId: id } });
    expect(one!.evidence[1]).toContain("0.05 cores");
    await node.podman("pod", "rm", "-f", "-t", "0", pod);
  });

  it("near-pids-limit, limit-above-parent, frozen and split-hierarchies", { timeout: SLOW }, async () => {
    const pod = name("limits");
    await node.pod(pod);
    const full = await node.container(
      pod,
      name("full"),
      ["--pids-limit", "10"],
      ["/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 1000000 & done; exec sleep 1000000"],
    );
    const over = await node.container(pod, name("over"), ["--memory", "64m", "--memory-swap", "64m"]);
    const [fullPid, overPid] = [await pidOf(full), await pidOf(over)];
    const podLimit = fileOf(
      overPid,
      "memory",
      hybrid ? "memory.limit_in_bytes" : "memory.max",
      hybrid ? "/.." : "/../..",
    );
    writeFileSync(podLimit, String(48 << 20));
    await node.podman("pause", over);
    if (hybrid) writeFileSync(`/sys/fs/cgroup/cpu${cgroupOf(fullPid, "cpu")}/../cgroup.procs`, String(fullPid));
    const snapshot = await read();
    expect(found("near-pids-limit", snapshot)[0]).toMatchObject({ severity: "warning", at: { containerId: full } });
    const [limit] = found("limit-above-parent", snapshot);
    expect(limit).toMatchObject({ severity: "warning", at: { containerId: over } });
    expect(limit!.title).toContain("64 MiB that can never be reached: 48 MiB");
    expect(found("frozen", snapshot)[0]).toMatchObject({ at: { containerId: over } });
    if (hybrid) {
      const [split] = found("split-hierarchies", snapshot);
      expect(split).toMatchObject({ severity: "warning", at: { containerId: full } });
      expect(split!.evidence.join("\n")).toContain(`pid ${fullPid}: cpu`);
    }
    await node.podman("unpause", over);
    await node.podman("pod", "rm", "-f", "-t", "0", pod);
  });

  it("pid-namespace-app-init, host-namespaces and host-listener", { timeout: SLOW }, async () => {
    const [one, two] = [name("one"), name("two")];
    await node.pod(one, "--infra=false");
    const first = await node.container(one, name("first"));
    await node.pod(two, "--infra=false");
    await node.container(one, name("second"), ["--pid", `container:${first}`]);
    const listens = ["/bin/listen", "18443"];
    const host = await node.container(two, name("host"), ["--pid", "host", "--network", "host"], listens);
    const snapshot = await read(true);
    const [init] = found("pid-namespace-app-init", snapshot);
    expect(init).toMatchObject({ severity: "warning", at: { containerId: first, pid: await pidOf(first) } });
    const [hosted] = found("host-namespaces", snapshot);
    expect(hosted?.title).toContain("net, pid");
    const [listener, ...others] = found("host-listener", snapshot);
    expect(others).toEqual([]);
    expect(listener).toMatchObject({ severity: "warning", at: { podKey: hosted?.at?.podKey } });
    expect(listener?.evidence[0]).toMatch(/^tcp6? \S+:18443, .*host: httpd \(\d+\)$/);
    expect(hosted?.at?.podKey).toBe(snapshot.containers.find((container) => container.id === host)?.podKey);
    await node.podman("pod", "rm", "-f", "-t", "0", one, two);
  });

  it("privileged-container, runtime-socket and writable-node-path; nothing of one that asks for nothing", {
    timeout: SLOW,
  }, async () => {
    const pod = name("mighty");
    await node.pod(pod, "--infra=false");
    const plain = await node.container(pod, name("plain"));
    const mighty = await node.container(pod, name("all"), ["--privileged"]);
    const binds = ["-v", "/etc:/node/etc", "-v", "/usr:/node/usr:ro", "-v", "/run:/node/run:ro"];
    const bound = await node.container(pod, name("bound"), binds);
    const snapshot = await read();
    const of = (rule: string) => found(rule, snapshot).map(({ at }) => at?.containerId);
    expect(of("privileged-container")).toEqual([mighty]);
    expect(of("writable-node-path")).toEqual([bound]);
    expect(found("writable-node-path", snapshot)[0]!.evidence).toEqual(["/etc as /node/etc, for writing"]);
    expect(of("runtime-socket")).toEqual([bound]);
    const said = wallsOf(snapshot, snapshot.containers.find(({ id }) => id === plain)!)!;
    expect(said.find((wall) => wall.name === "capabilities")?.says).toMatch(/^podman's default/);
    await node.podman("pod", "rm", "-f", "-t", "0", pod);
  });

  it("namespace-shared-between-pods", { timeout: SLOW }, async () => {
    const [one, two] = [name("owner"), name("guest")];
    await node.pod(one);
    const owner = await pidOf(await node.container(one, name("owner-c")));
    await node.pod(two, "--infra=false");
    await node.container(two, name("guest-c"), ["--network", `ns:/proc/${owner}/ns/net`]);
    const snapshot = await read();
    const inode = snapshot.processes.find((process) => process.pid === owner)!.namespaces.net;
    const [shared] = found("namespace-shared-between-pods", snapshot);
    expect(shared).toMatchObject({ severity: "warning", at: { namespace: { type: "net", inode } } });
    await node.podman("pod", "rm", "-f", "-t", "0", one, two);
  });

  it("duplicate-ip", { timeout: SLOW }, async () => {
    const pods = [name("ip-a"), name("ip-b")];
    for (const pod of pods) {
      await node.pod(pod);
      const pid = await pidOf(await node.container(pod, `${pod}-c`));
      const inside = (...args: string[]) => run("nsenter", ["-t", String(pid), "-n", "ip", ...args]);
      await inside("link", "add", "pgt0", "type", "veth", "peer", "name", "pgt1");
      await inside("addr", "add", "10.211.7.5/24", "dev", "pgt0");
      await inside("link", "set", "pgt0", "up");
    }
    const [one] = found("duplicate-ip", await read());
    expect(one).toMatchObject({ severity: "warning", title: "2 pods have the address 10.211.7.5" });
    await node.podman("pod", "rm", "-f", "-t", "0", ...pods);
  });

  it("sandbox-disagreement: infra made anew under a running container", { timeout: SLOW }, async () => {
    const pod = name("split");
    await node.pod(pod);
    const old = await node.container(pod, name("old"));
    const infra = await infraOf(pod);
    const pause = await pidOf(infra);
    kill(pause);
    // podman's own cleanup must have run before it starts infra again.
    await until("podman to see that infra ended", async () => (await pidOf(infra)) === 0);
    await node.container(pod, name("new"));
    const [one] = found("sandbox-disagreement", await read());
    expect(one).toMatchObject({ severity: "warning" });
    expect(one!.evidence.join("\n")).toContain(name("old"));
    expect(await pidOf(old)).toBeGreaterThan(0);
    await node.podman("pod", "rm", "-f", "-t", "0", pod);
  });

  it("dead-sandbox, and no word of a path that podman writes anew", { timeout: SLOW }, async () => {
    const pod = name("dead");
    await node.pod(pod);
    const app = await node.container(pod, name("app"));
    const pause = await pidOf(await infraOf(pod));
    expect(found("stale-namespace-path", await read())).toEqual([]);
    const conmon = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pause}/status`, "utf8"))![1]);
    kill(conmon);
    kill(pause);
    await until("pause to be gone", () => !existsSync(`/proc/${pause}/ns/net`));
    const snapshot = await read();
    expect(found("dead-sandbox", snapshot)[0]).toMatchObject({ severity: "critical" });
    // podman writes the path anew at each start: it leads nobody astray, whoever gets the pid.
    expect(found("stale-namespace-path", snapshot)).toEqual([]);
    expect(await pidOf(app)).toBeGreaterThan(0);
    // podman cannot remove at once what was killed behind its back; leaving the room clears it.
  });
});
