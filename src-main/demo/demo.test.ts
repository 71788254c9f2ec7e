/** The whole way: over SSH to the embedded node, read by the same reader as any other, put together by the same rules. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import type { Reading } from "../../src-shared/reading.ts";
import { openLive, readNode } from "../probe/index.ts";
import { type OpenDemo, openDemo } from "./source.ts";

const nobody = { hostKey: async () => false, prompts: async () => null, progress: () => {} };
let open: OpenDemo;
beforeAll(async () => {
  open = await openDemo("", nobody, new AbortController().signal);
});
afterAll(() => open.close());

/** Without the clock, which went on between the two. */
const still = (reading: Reading) => ({
  ...reading,
  takenAt: "",
  node: { ...reading.node, uptimeSeconds: 0, availableBytes: 0 },
  processes: reading.processes.map((one) => ({ ...one, rssBytes: 0, oomScore: 0, pageTableBytes: 0 })),
  cgroups: reading.cgroups.map(({ hierarchy, path }) => ({ hierarchy, path })),
});

test("what comes over the wire is what the model says", async () => {
  const read = await readNode(open.connection, { deep: true });
  const model = open.demo.model.reading({ deep: true });
  expect(still(read).processes).toEqual(still(model).processes);
  expect(still(read).cgroups).toEqual(still(model).cgroups);
  for (const key of ["mounts", "files", "net", "fds", "relations", "oomLog"] as const)
    expect(read[key], key).toEqual(model[key]);
  expect(read.node.self).toEqual(model.node.self);
});

test("the default scene shows each kind of pod for what it is", async () => {
  const snapshot = assemble(await readNode(open.connection, { deep: true }));
  const pods = Object.fromEntries(snapshot.pods.map((pod) => [pod.name, pod]));
  expect(Object.keys(pods).sort()).toEqual(["batch", "db", "debug", "node-agent", "web", "web-pinned"]);
  expect(pods.web).toMatchObject({
    runtime: "containerd",
    qos: "Burstable",
    namespace: "shop",
    ips: ["10.244.0.12"],
    sandbox: { state: "process" },
  });
  expect(Object.keys(pods.web?.namespaces ?? {}).sort()).toEqual(["ipc", "net", "uts"]);
  expect(pods["web-pinned"]).toMatchObject({ runtime: "cri-o", ips: ["10.245.0.7"], sandbox: { state: "dropped" } });
  expect(Object.keys(pods["web-pinned"]?.namespaces ?? {}).sort()).toEqual(["ipc", "net", "uts"]);
  expect(pods.debug).toMatchObject({ qos: "BestEffort", sandbox: { state: "process" } });
  expect(Object.keys(pods.debug?.namespaces ?? {}).sort()).toEqual(["ipc", "net", "pid", "uts"]);
  expect(pods["node-agent"]).toMatchObject({ qos: "Guaranteed", ips: [] });
  expect(pods["node-agent"]?.host).toContain("net");
  expect(pods.batch).toMatchObject({ runtime: "cri-o", qos: "BestEffort", sandbox: { state: "dropped" } });
  expect(snapshot.processes.filter((one) => one.state === "Z")).toHaveLength(3);
  // Nothing but what containerd keeps of nobody.
  expect(snapshot.gaps.map(({ what }) => what)).toEqual(["containers that have ended, on containerd"]);
});

test("a live session sees time pass and what is done to the node", async () => {
  const live = await openLive(open.connection);
  const before = assemble(await live.tick());
  expect(before.pods.find((pod) => pod.name === "web")?.sandbox.state).toBe("process");
  await new Promise((resolve) => setTimeout(resolve, 20));
  const later = assemble(await live.tick());
  expect(later.cgroups).not.toEqual(before.cgroups);
  expect(later.pods).toEqual(before.pods);
  open.demo.model.happen({ do: "kill-pause", pod: "web" });
  const after = assemble(await live.tick());
  expect(after.pods.find((pod) => pod.name === "web")?.sandbox.state).toBe("dead");
  expect(after.pods).toHaveLength(before.pods.length);
  live.close();
});
