/** Hand-made Docker pods: what of pin, drop, restore and unpin is possible there, and what is refused, seen live. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cannotDocker, type DockerNode, joining, makeDocker } from "../../e2e/nodes/docker.ts";
import { pinsFolder } from "./folder.ts";
import { actor, sh } from "./testing/actor.ts";

interface Inspected {
  State: { Pid: number; Running: boolean; Status: string };
}

describe.skipIf(cannotDocker())("a pod of Docker's, made by hand", { timeout: 240_000 }, () => {
  const { act, close, failing, plan, pod: podOf } = actor();
  let node: DockerNode;
  const name = (suffix: string) => `${node.room.id}-${suffix}`;
  const state = async (id: string) => (await node.inspect<Inspected>(id)).State;
  beforeAll(async () => {
    node = await makeDocker();
  }, 120_000);
  afterAll(async () => {
    close();
    await node?.close();
  }, 120_000);

  it("without a network of Docker's loses its pause and nothing else", async () => {
    const pause = await node.pause(name("pause"), ["--network", "none"]);
    const app = await node.container(name("app"), joining(pause));
    const key = `docker/${pause}`;
    const folder = pinsFolder(key);
    const before = await podOf(key);
    const { Pid: pid } = await state(app);
    sh(`nsenter -t ${pid} -i ipcmk -M 4096`);
    await act("pin", key);
    const planned = await plan("drop", key);
    expect(planned.plan.effects.join("\n")).toMatch(/Docker: the container reads exited/);
    await act("drop", key);
    expect((await state(pause)).Status).toBe("exited");
    expect(await state(app)).toMatchObject({ Running: true, Pid: pid });
    const dropped = await podOf(key);
    expect(dropped.sandbox.state).toBe("dropped");
    expect(dropped.namespaces).toMatchObject(before.namespaces);
    const inside = (command: string) => sh(`nsenter --net=${folder}/net --ipc=${folder}/ipc ${command}`);
    expect(inside("cat /proc/sysvipc/shm | wc -l")).toBe(sh(`nsenter -t ${pid} -i cat /proc/sysvipc/shm | wc -l`));
    expect(inside("readlink /proc/self/ns/net")).toBe(`net:[${before.namespaces.net}]`);
    await act("restore", key);
    expect((await podOf(key)).sandbox.state).toBe("process");
    await act("unpin", key);
    expect((await podOf(key)).namespaces).toMatchObject(before.namespaces);
  });

  it("is refused with a network of Docker's, with a shared PID namespace, and where an application came first", async () => {
    const pause = await node.pause(name("bridged"));
    await node.container(name("on-bridge"), joining(pause));
    const [no, ...others] = (await plan("drop", `docker/${pause}`, { pinFirst: true })).plan.checks.filter(
      ({ ok }) => !ok,
    );
    expect(no).toMatchObject({
      name: "network-survives",
      detail: expect.stringMatching(/Docker takes the pod.s network interface away/),
    });
    expect(others).toEqual([]);

    const almighty = await node.pause(name("almighty"), ["--network", "none"]);
    await node.container(name("zombies"), joining(almighty, ["network", "ipc", "pid"]), ["zombies", "1"]);
    expect(await failing("drop", `docker/${almighty}`, { pinFirst: true })).toEqual(["pid-namespace"]);

    const first = await node.container(name("first"), ["--network", "none", "--ipc", "shareable"], ["httpd", "-f"]);
    await node.container(name("second"), joining(first));
    expect(await failing("drop", `docker/${first}`, { pinFirst: true })).toContain("identity");
  });
});
