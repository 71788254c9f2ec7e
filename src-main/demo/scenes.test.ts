/** Each scene assembles to what it says, and the sick ones have something for every rule. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { lookup } from "../../src-shared/lookup.ts";
import type { NamespaceType, Snapshot } from "../../src-shared/model.ts";
import { usersOf } from "../../src-shared/walls/users.ts";
import { DemoNode } from "./node.ts";
import { sceneOf, scenes } from "./scenes/index.ts";

const snapshotOf = (id: string): Snapshot => {
  let now = Date.parse("2026-11-21T12:00:00Z");
  const node = new DemoNode(sceneOf(id), () => now);
  now += 1000;
  node.live();
  return assemble(node.reading({ deep: true }));
};

test.each(scenes.map((scene) => [scene.id, scene] as const))(
  "%s: every pod of the scene is found, with its runtime and class",
  (id, scene) => {
    const { pods, node } = snapshotOf(id);
    expect(node.cgroupMode).toBe(scene.node.cgroupMode);
    for (const spec of scene.pods) {
      const found = pods.filter(
        (pod) => pod.runtime === spec.runtime && (pod.name === spec.name || spec.runtime === "docker"),
      );
      expect(found, spec.name).toHaveLength(1);
      if (spec.runtime !== "docker")
        expect(found[0], spec.name).toMatchObject({ namespace: spec.namespace, qos: spec.qos });
      if (!scene.before) expect(found[0]?.containers, spec.name).toHaveLength(spec.containers.length);
    }
    expect(pods).toHaveLength(scene.pods.length);
  },
);

test("CRI-O: pause is kept where it was asked for or PIDs are shared, and dropped elsewhere", () => {
  const states = Object.fromEntries(snapshotOf("cri-o").pods.map((pod) => [pod.name, pod.sandbox.state]));
  expect(states).toEqual({
    "web-pause": "process",
    web: "dropped",
    "node-agent-pause": "process",
    "node-agent": "dropped",
    debug: "process",
  });
});

test("a pod made with plain Docker shares net and ipc, and no host name", () => {
  const [pod] = snapshotOf("docker").pods;
  expect(Object.keys(pod?.namespaces ?? {}).sort()).toEqual(["ipc", "net"]);
  expect(pod?.ips).toEqual(["172.17.0.2"]);
});

test("hostUsers: false: a root who is nobody outside, and whose users own what the pod has", () => {
  const snapshot = snapshotOf("qos");
  const pod = snapshot.pods.find(({ name }) => name === "render")!;
  expect(snapshot.pods.map((one) => [one.name, usersOf(snapshot, one)])).toEqual(
    snapshot.pods.map(({ name }) => [name, name === "render" ? "own" : "node"]),
  );
  const find = lookup(snapshot);
  const [container] = find.containersOf(pod.key);
  const first = find.process(container!.pid!)!;
  expect(first).toMatchObject({ uid: 655_360, security: { uidMap: "0 655360 65536" } });
  const owners = Object.entries(first.namespaces).map(([type, inode]) => [
    type,
    find.namespace(type as NamespaceType, inode)?.owner,
  ]);
  const { user } = first.namespaces;
  expect(Object.fromEntries(owners)).toMatchObject({ net: user, ipc: user, uts: user, pid: user, mnt: user });
  expect(findings(snapshot).filter(({ at }) => at?.podKey === pod.key)).toEqual([]);
});

test("the sick nodes have one of each finding, and a healthy scene has none that matters", () => {
  const rules = new Set(["sick", "sick-v1"].flatMap((id) => findings(snapshotOf(id)).map((one) => one.rule)));
  const folder = join(import.meta.dirname, "../../src-shared/findings");
  const sources = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.includes("test"));
  const all = new Set(
    sources.flatMap((name) =>
      [...readFileSync(join(folder, name), "utf8").matchAll(/rule: "([a-z0-9-]+)"/g)].map((match) => match[1] ?? ""),
    ),
  );
  for (const one of [
    "memory-pressure",
    "io-pressure",
    "cgroup-inner-processes",
    "cgroup-missing-controller",
    "cgroup-invalid",
  ])
    all.add(one);
  // The demo does not play these: they are shown by hand where they are written.
  for (const one of ["crash-loop", "left-behind", "outside-pod-cgroup", "stuck-process"]) all.delete(one);
  expect([...all].filter((rule) => !rules.has(rule)).sort()).toEqual([]);
  for (const id of ["qos", "qos-cgroupfs", "cri-o"])
    expect(
      findings(snapshotOf(id)).filter((one) => one.severity === "critical"),
      id,
    ).toEqual([]);
});
