/**
 * `kubectl:NODE` by the real kubectl against a small API server (e2e/nodes/kube-api.ts) whose node and pods are real
 * processes and namespaces. It shows what kubectl does and what becomes of the pod, not what a kubelet or a runtime does.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entry } from "../../../e2e/cli/run.ts";
import { type KubeApi, startKubeApi } from "../../../e2e/nodes/kube-api.ts";
import { missing } from "../../../e2e/nodes/room.ts";
import { Inspector } from "../../inspector.ts";
import type { Asked, ShellPowers } from "../../shells/shell.ts";
import type { Interaction } from "../../transport/transport.ts";
import { expandTargets } from "../list.ts";
import type { OpenSource } from "../source.ts";
import { sourceOf } from "../targets.ts";
import { DEADLINE_S, manifestOf } from "./manifest.ts";

const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => undefined };
const open = async (target: string, interaction = nobody): Promise<OpenSource> =>
  (await sourceOf(target)).open(interaction, new AbortController().signal);

it.skipIf(spawnSync("kubectl", ["version", "--client"]).status !== 0)(
  "the manifest is a Pod to kubectl's own types, to the last field",
  () => {
    const manifest = manifestOf("podglass-1", "node-a", "image");
    // set image --local reads it into core/v1's types, which drop what they do not know, and writes it again.
    const { stdout, stderr } = spawnSync(
      "kubectl",
      ["set", "image", "--local", "-f", "-", "podglass=other", "-o", "json"],
      { input: JSON.stringify(manifest), encoding: "utf8" },
    );
    expect(stderr).toBe("");
    const wanted = structuredClone(manifest) as { spec: { containers: { image: string }[] } };
    (wanted.spec.containers[0] as { image: string }).image = "other";
    expect(JSON.parse(stdout)).toMatchObject(wanted);
  },
);

describe.skipIf(missing({ kubectl: "kubernetes-client", busybox: "busybox-static", nsenter: "util-linux" }))(
  "a node of a cluster",
  { timeout: 60_000 },
  () => {
    let api: KubeApi;
    const before = process.env.KUBECONFIG;
    beforeEach(async () => {
      api = await startKubeApi();
      process.env.KUBECONFIG = api.kubeconfig;
    });
    afterEach(async () => {
      if (before === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = before;
      await api.close();
    });
    const gone = () => expect.poll(() => api.pods.size, { timeout: 15_000 }).toBe(0);
    const pod = () => [...api.pods.values()][0];
    const alive = (pid?: number) => pid !== undefined && existsSync(`/proc/${pid}`);

    it("is read through a pod that is made as it was shown, and deleted when it is closed", async () => {
      const source = await sourceOf("kubectl:arn:aws:eks:eu-west-1:1:cluster/here/node-b");
      const shown = JSON.parse(source.makes?.text ?? "");
      const opened = await source.open(nobody, new AbortController().signal);
      const first = await opened.read({});
      expect(first.processes.find(({ pid }) => pid === 1)?.comm).toBe("sleep");
      expect(first.processes.length).toBeLessThan(20);
      expect(first.node.privilege).toBe("root");
      await opened.read({ deep: true });
      const { metadata, spec } = pod()?.object ?? {};
      expect(spec).toMatchObject(shown.spec);
      expect(spec).toMatchObject({ nodeName: "node-b", activeDeadlineSeconds: DEADLINE_S, hostPID: true });
      expect(metadata.labels).toEqual(shown.metadata.labels);
      const waits = pod()?.child?.pid;
      expect(alive(waits)).toBe(true);
      opened.close();
      expect(await opened.closed).toBeNull();
      await gone();
      expect(alive(waits)).toBe(false);
      expect(api.calls.filter((one) => /^(POST|DELETE)/.test(one)).length).toBe(2);
    });

    it("leaves no pod after SIGKILL, nor a process of it", async () => {
      const args = [entry, "watch", "kubectl:node-a", "--json"];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      child.stderr.on("data", (data) => {
        said += data;
      });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      expect(said).toContain('"nodeName": "node-a"');
      const held = [pod()?.child?.pid, ...[...(pod()?.execs ?? [])].map(({ pid }) => pid)];
      expect(held.length).toBeGreaterThan(1);
      child.kill("SIGKILL");
      await gone();
      await expect.poll(() => held.filter(alive), { timeout: 10_000 }).toEqual([]);
    });

    it("leaves no pod after SIGKILL while it was being made, nor where somebody gave up meanwhile", async () => {
      let make = () => {};
      const asked = () => expect.poll(() => api.calls.filter((one) => one === "POST pods").length, { timeout: 20_000 });
      api.creates = new Promise((resolve) => {
        make = resolve;
      });
      const child = spawn(process.execPath, [entry, "pods", "kubectl:node-a"], { stdio: "ignore" });
      await asked().toBe(1);
      const stop = new AbortController();
      const opening = (await sourceOf("kubectl:node-b")).open(nobody, stop.signal);
      await asked().toBe(2);
      child.kill("SIGKILL");
      stop.abort();
      await expect(opening).rejects.toMatchObject({ kind: "cancelled" });
      // Both guards have found nothing to delete by then.
      const deletes = () => new Set(api.calls.filter((one) => one.startsWith("DELETE"))).size;
      await expect.poll(deletes, { timeout: 20_000 }).toBe(2);
      make();
      await expect.poll(() => api.pods.size, { timeout: 20_000 }).toBe(2);
      await expect.poll(() => api.pods.size, { timeout: 45_000 }).toBe(0);
    });

    it("ends its pod when the line is cut, and deletes it when it is back", async () => {
      const opened = await open("kubectl:node-a");
      await opened.read({});
      const waits = pod()?.child?.pid;
      api.cut();
      expect((await opened.closed)?.message).toMatch(/^The pod podglass-\w+ on node-a has ended/);
      await expect.poll(() => alive(waits), { timeout: 10_000 }).toBe(false);
      opened.close();
      api.mend();
      await gone();
    });

    it.each([
      ["image", "config", /^node-a cannot get the image docker.io\/library\/busybox.*Back-off pulling.*--image/],
      ["not-ready", "unreachable", /^node-a is NotReady: NodeStatusUnknown, Kubelet stopped posting node status/],
      ["pod-security", "config", /^The namespace forbids privileged pods \(Pod Security, baseline:latest\)/],
      ["rbac", "login", /^Your login may not do this in the cluster: .*jane.*cannot create.*pods\/attach/],
      ["unauthorized", "login", /^The cluster does not know your login/],
    ] as const)("says why there is no way in, and leaves nothing: %s", async (trouble, kind, message) => {
      api.trouble = trouble;
      await expect(open("kubectl:node-a")).rejects.toMatchObject({ kind, message: expect.stringMatching(message) });
      await gone();
    });

    it("sees that its pod runs where it began to between a look and the watch that follows", async () => {
      api.startsBetween = true;
      const opened = await open("kubectl:node-a");
      opened.close();
      await gone();
    });

    it("needs no right to look at nodes, and names them where it has it", async () => {
      await expect(open("kubectl:node-x")).rejects.toThrow(
        "There is no node node-x in the cluster of kubectl's current context. Its nodes: node-a, node-b.",
      );
      await expect(open("kubectl:no-such/node-a")).rejects.toMatchObject({ kind: "config" });
      api.trouble = "nodes-forbidden";
      const opened = await open("kubectl:node-a");
      opened.close();
      await gone();
    });

    it("every node of a cluster stands for itself", async () => {
      expect(await expandTargets(["kubectl:here/*"])).toEqual(["kubectl:here/node-a", "kubectl:here/node-b"]);
      expect(await expandTargets(["kubectl:*"])).toEqual(["kubectl:node-a", "kubectl:node-b"]);
    });

    it("a cluster that names a node of another cluster has nothing opened there", async () => {
      await api.close();
      api = await startKubeApi(["node-a", "there/node-b"]);
      process.env.KUBECONFIG = api.kubeconfig;
      await expect(expandTargets(["kubectl:*"])).rejects.toThrow(
        /names a node "there\/node-b", and no node is called so/,
      );
    });

    it("says that there is no kubectl", async () => {
      const path = process.env.PATH;
      process.env.PATH = "/nowhere";
      try {
        await expect(open("kubectl:node-a")).rejects.toThrow(/^There is no kubectl on this machine/);
      } finally {
        process.env.PATH = path;
      }
    });

    it("offers what a crash left, once, and takes it away on a yes alone", async () => {
      const asked: string[] = [];
      const answering = (answer: string | null): Interaction => ({
        ...nobody,
        prompts: async ({ detail }) => {
          asked.push(detail);
          return answer === null ? null : [answer];
        },
      });
      api.leave("podglass-0123456789");
      api.leave("somebody-elses");
      for (const [context, answer, left] of [
        ["there", null, 2],
        ["there", "yes", 2],
        ["elsewhere", "yes", 1],
      ] as const) {
        (await open(`kubectl:${context}/node-a`, answering(answer))).close();
        await expect.poll(() => api.pods.size, { timeout: 15_000 }).toBe(left);
      }
      expect(asked).toHaveLength(2);
      expect(asked[0]).toMatch(/: podglass-0123456789$/);
    });

    it("a window shows the pod before, opens it to look only, and asks once", async () => {
      const stateDir = mkdtempSync(join(tmpdir(), "podglass-kubectl-"));
      const inspector = new Inspector({ stateDir, actions: "confirm" });
      const asked: Asked[] = [];
      const shell: ShellPowers = {
        actions: "confirm",
        confirm: async (plan) => asked.push(plan) > 0,
        saveFile: async () => false,
        openFile: async () => null,
      };
      try {
        const { nodeId } = (await inspector.request("node.open", { target: "kubectl:node-a" }, shell)) as {
          nodeId: string;
        };
        const state = async () =>
          ((await inspector.request("node.states", {}, shell)) as { nodeId: string; phase: string }[])[0];
        await expect.poll(async () => (await state())?.phase, { timeout: 30_000 }).toBe("live");
        expect(await state()).toMatchObject({ readOnly: true, actions: false });
        expect(asked).toHaveLength(1);
        expect(asked[0]?.steps.at(-1)?.command).toContain('"privileged": true');
        await inspector.request("node.close", { nodeId }, shell);
        await gone();
        // All nodes of a cluster are one question, which shows the pod that each of them gets.
        const expand = (word: string) => inspector.request("hosts.expand", { words: [word] }, shell);
        for (const target of (await expand("kubectl:here/*")) as string[])
          await inspector.request("node.open", { target }, shell);
        expect(asked).toHaveLength(2);
        expect(asked[1]?.steps.at(-1)?.command).toContain('"nodeName": "NODE"');
        // Which cluster is the current one may change: that is asked each time.
        for (const _ of [1, 2]) await expand("kubectl:*");
        expect(asked).toHaveLength(4);
      } finally {
        await inspector.close();
        rmSync(stateDir, { recursive: true, force: true });
      }
    });
  },
);
