/** Nodes that are containers of a live docker and a live podman: looked at, kept live, changed and come back to. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cannotDocker, makeDocker } from "../../e2e/nodes/docker.ts";
import { BUSYBOX } from "../../e2e/nodes/images.ts";
import { cannotPodman, makePodman } from "../../e2e/nodes/podman.ts";
import type { ApiEvent, NodeState, Results } from "../../src-shared/api.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import type { RequestInput, RequestName } from "../../src-shared/requests.ts";
import { Inspector } from "../inspector.ts";
import type { Asked, ShellPowers } from "../shells/shell.ts";
import { runningNodes } from "./containers.ts";

/** A node's programs are this machine's own; its processes, mounts, groups and everything else are the container's. */
const AS_A_NODE = [
  ...["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/alternatives"].flatMap((path) => ["-v", `${path}:${path}:ro`]),
  ...["--cgroupns=private", "--tmpfs", "/run", "--tmpfs", "/var", "--network", "none"],
];
/** What of --privileged a node needs: docker refuses all of it where the machine itself lacks a capability. */
const ENOUGH = [
  ...["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH", "SYSLOG"].flatMap((name) => ["--cap-add", name]),
  ...["seccomp=unconfined", "systempaths=unconfined"].flatMap((option) => ["--security-opt", option]),
];
/** pid 1: makes its control groups writable, as --privileged does, and reaps. */
const INIT = [
  "/bin/sh",
  "-c",
  "for m in /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,bind,rw $m; done; sleep 1000000 & wait",
];

interface Made {
  target: string;
  /** Runs a command of docker or podman. */
  call(...args: string[]): Promise<string>;
  name: string;
  /** Starts another container, without a label. */
  plain(name: string): Promise<unknown>;
  close(): Promise<void>;
}

const LABELS = ["io.x-k8s.kind.cluster=test", "io.x-k8s.kind.role=worker"].flatMap((label) => ["--label", label]);

async function inDocker(): Promise<Made> {
  const node = await makeDocker();
  const before = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = `unix://${node.room.dir}/docker.sock`;
  const name = `${node.room.id}-node`;
  await node.container(name, [...AS_A_NODE, ...ENOUGH, ...LABELS], INIT);
  return {
    plain: (other) => node.container(other, AS_A_NODE, ["sleep", "1000000"]),
    target: `docker:${name}`,
    name,
    call: node.docker,
    async close() {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
      await node.close();
    },
  };
}

async function inPodman(): Promise<Made> {
  const node = await makePodman();
  const names = ["CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "TMPDIR"] as const;
  const before = names.map((name) => process.env[name]);
  process.env.CONTAINERS_CONF = `${node.room.dir}/containers.conf`;
  process.env.CONTAINERS_STORAGE_CONF = `${node.room.dir}/storage.conf`;
  process.env.TMPDIR = `${node.room.dir}/tmp`;
  const name = `${node.room.id}-node`;
  await node.podman("run", "-d", "--name", name, "--privileged", ...LABELS, ...AS_A_NODE, BUSYBOX, ...INIT);
  return {
    plain: (other) => node.podman("run", "-d", "--name", other, ...AS_A_NODE, BUSYBOX, "sleep", "1000000"),
    target: `podman:${name}`,
    name,
    call: node.podman,
    async close() {
      names.forEach((each, at) => {
        if (before[at] === undefined) delete process.env[each];
        else process.env[each] = before[at];
      });
      await node.close();
    },
  };
}

describe.each([
  ["docker", cannotDocker, inDocker],
  ["podman", cannotPodman, inPodman],
] as const)("a node that is a container of %s", (program, cannot, make) => {
  describe.skipIf(cannot())("", { timeout: 240_000 }, () => {
    let made: Made;
    let inspector: Inspector;
    let stateDir: string;
    let nodeId: string;
    const events: ApiEvent[] = [];
    const asked: Asked[] = [];
    const shell: ShellPowers = {
      actions: "confirm",
      confirm: async (plan) => asked.push(plan) > 0,
      saveFile: async () => false,
      openFile: async () => null,
    };
    const ask = <N extends RequestName>(name: N, input: RequestInput<N>): Promise<Results[N]> =>
      inspector.request(name, input, shell) as Promise<Results[N]>;
    const state = async (): Promise<NodeState | undefined> =>
      (await ask("node.states", {})).find((one) => one.nodeId === nodeId);
    const snapshot = async (): Promise<Snapshot> => (await ask("node.snapshot", { nodeId }))?.snapshot as Snapshot;

    beforeAll(async () => {
      stateDir = mkdtempSync(join(tmpdir(), "podglass-way-"));
      made = await make();
      inspector = new Inspector({ stateDir, actions: "confirm" });
      inspector.subscribe((event) => events.push(event));
    }, 120_000);
    afterAll(async () => {
      await inspector?.close();
      await made?.close();
      rmSync(stateDir, { recursive: true, force: true });
    }, 120_000);

    it("is opened by a window after one question, and is live", async () => {
      ({ nodeId } = await ask("node.open", { target: made.target, options: { everyMs: 500 } }));
      expect(asked.map(({ action, steps }) => [action, steps[0]?.command])).toEqual([
        ["start-program", `${program} exec -i ${made.name} sh -c '…'`],
      ]);
      await expect.poll(async () => (await state())?.phase, { timeout: 30_000 }).toBe("live");
      await expect
        .poll(() => events.filter(({ type }) => type === "delta").length, { timeout: 20_000 })
        .toBeGreaterThan(2);
      const { node, processes } = await snapshot();
      expect(node.privilege).toBe("root");
      expect(processes.find(({ pid }) => pid === 1)?.cmdline).toContain("/bin/sh");
      expect(processes.length).toBeLessThan(20);
    });

    it("takes a lab pod, a pin, a drop and both back, inside and nowhere else", async () => {
      const lab = await ask("lab.up", { nodeId, options: { name: "inside", sandbox: "pause", containers: 2 } });
      expect(lab.pids).toHaveLength(3);
      const key = "lab/inside";
      const pod = async () => (await snapshot()).pods.find((one) => one.key === key);
      expect((await pod())?.sandbox.state).toBe("process");
      for (const action of ["pin", "drop"] as const) {
        const { planId, plan } = await ask("action.plan", { nodeId, podKey: key, action });
        expect(plan.checks.filter(({ ok }) => !ok)).toEqual([]);
        expect(await ask("action.do", { nodeId, planId })).toMatchObject({ done: true });
      }
      expect((await pod())?.sandbox.state).toBe("dropped");
      expect(await made.call("exec", made.name, "cat", "/proc/self/mountinfo")).toContain("/run/podglass/pins/");
      for (const _ of ["drop", "pin"]) expect(await ask("journal.undo", { nodeId })).toMatchObject({ done: true });
      expect((await pod())?.sandbox.state).toBe("process");
      await ask("lab.down", { nodeId, name: "inside" });
      expect(await pod()).toBeUndefined();
      await ask("node.refresh", { nodeId, deep: true });
      expect((await snapshot()).gaps.filter(({ what }) => /deep|open files/.test(what))).toEqual([]);
    });

    it("is named on the welcome screen by its label, or by what runs inside, and by neither is not", async () => {
      const named = async () => (await runningNodes(0)).find(({ target }) => target === made.target)?.detail;
      expect(await named()).toBe("kind, worker");
      const other = `${made.name}-other`;
      await made.plain(other);
      const second = async () => (await runningNodes(0)).find(({ label }) => label === other)?.detail;
      expect(await second()).toBeUndefined();
      await made.call("exec", "-d", other, "perl", "-e", '$0 = "kubelet"; sleep 1000');
      await expect.poll(second, { timeout: 10_000 }).toBe("a kubelet inside");
      await made.call("rm", "-f", other);
    });

    it("is said to be away while the container is down, and comes back with it", async () => {
      await made.call("stop", "-t", "0", made.name);
      await expect.poll(async () => (await state())?.phase, { timeout: 30_000 }).toBe("stale");
      await expect
        .poll(async () => (await state())?.detail, { timeout: 30_000 })
        .toMatch(/not running|stopped|did not lead/i);
      await made.call("start", made.name);
      await expect.poll(async () => (await state())?.phase, { timeout: 60_000 }).toBe("live");
      expect(asked.filter(({ action }) => action === "start-program")).toHaveLength(1);
    });

    it("leaves nothing running inside when it is closed", async () => {
      await ask("node.close", { nodeId });
      const running = async () => made.call("exec", made.name, "ps", "-eo", "pid,args");
      await expect.poll(running, { timeout: 20_000 }).not.toMatch(/podglass|perl/);
    });

    it("is not opened where the person says no, and not when it is not there", async () => {
      const no: ShellPowers = { ...shell, confirm: async () => false };
      await expect(inspector.request("node.open", { target: `${program}:other` }, no)).rejects.toThrow("not confirmed");
      ({ nodeId } = await ask("node.open", { target: `${program}:no-such-node` }));
      await expect.poll(async () => (await state())?.phase, { timeout: 20_000 }).toBe("refused");
      expect((await state())?.detail).toMatch(/no-such-node.*no such container/i);
    });
  });
});
