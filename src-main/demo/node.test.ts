import { expect, test } from "vitest";
import { DemoNode } from "./node.ts";
import { scenes } from "./scenes/index.ts";

let now = Date.parse("2026-11-21T12:00:00Z");
const node = (id = scenes[0]?.id) => {
  const scene = scenes.find((one) => one.id === id);
  if (!scene) throw new Error(`no scene ${id}`);
  return new DemoNode(scene, () => now);
};
const netOf = (demo: DemoNode, pid: number | undefined) => demo.kernel.task(pid ?? 0).ns.net;

test("a restarted container joins the same namespaces and keeps the pod's address", () => {
  const demo = node();
  const before = demo.container("web", "app").pid;
  const net = netOf(demo, before);
  demo.happen({ do: "restart-container", pod: "web", container: "app" });
  const after = demo.container("web", "app").pid;
  expect(after).not.toBe(before);
  expect(netOf(demo, after)).toBe(net);
});

test("without pause containerd lets the containers live and refuses a new one; its records of the sandbox are gone", () => {
  const demo = node();
  const { sandbox } = demo.pod("web");
  demo.happen({ do: "kill-pause", pod: "web" });
  expect(demo.container("web", "app").pid).toBeDefined();
  expect([...demo.files.keys()].filter((path) => path.includes(sandbox.id))).toEqual([]);
  expect(() => demo.happen({ do: "restart-container", pod: "web", container: "app" })).toThrow("no running task found");
});

test("a CRI-O pod without pause restarts a container through the pins", () => {
  const demo = node();
  const net = netOf(demo, demo.container("web-pinned", "app").pid);
  demo.happen({ do: "restart-container", pod: "web-pinned", container: "app" });
  expect(netOf(demo, demo.container("web-pinned", "app").pid)).toBe(net);
  expect(demo.pod("web-pinned").sandbox.pid).toBeUndefined();
});

test("with a shared PID namespace the end of pause is the end of the pod", () => {
  const demo = node();
  expect([...demo.kernel.tasks.values()].filter((task) => task.state === "Z")).toHaveLength(3);
  demo.happen({ do: "kill-pause", pod: "debug" });
  expect(demo.pod("debug").containers.map((container) => container.pid)).toEqual([undefined, undefined]);
  expect([...demo.kernel.tasks.values()].filter((task) => task.state === "Z")).toHaveLength(0);
});

test("time changes usage a little and nothing else", () => {
  const demo = node();
  const before = demo.reading();
  now += 1000;
  demo.live();
  const after = demo.reading();
  expect(after.processes.map((one) => one.pid)).toEqual(before.processes.map((one) => one.pid));
  expect(after.cgroups).not.toEqual(before.cgroups);
  expect(after.mounts).toEqual(before.mounts);
});

test.each(scenes.map((scene) => scene.id))("scene %s is whole: each process's group and each file is there", (id) => {
  const reading = node(id).reading({ deep: true });
  const groups = new Set(reading.cgroups.map((group) => `${group.hierarchy}:${group.path}`));
  for (const process of reading.processes)
    for (const [hierarchy, path] of Object.entries(process.cgroup))
      expect(groups).toContain(`${hierarchy === "" ? "v2" : hierarchy}:${path}`);
  for (const group of reading.cgroups)
    if (group.files["memory.max"] && group.files["memory.max"] !== "max")
      expect(Number(group.files["memory.current"])).toBeLessThanOrEqual(Number(group.files["memory.max"]));
});
