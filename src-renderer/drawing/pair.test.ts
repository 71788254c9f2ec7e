import { describe, expect, it } from "vitest";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { layoutPair, pairRows } from "./pair.ts";
import { railsModel } from "./rails-model.ts";

const snapshot = syntheticSnapshot({ pods: 60 });
const podOf = (state: string, containers: number) =>
  snapshot.pods.find(
    (pod) =>
      pod.sandbox.state === state &&
      pod.containers.length === containers &&
      !pod.host.includes("net") &&
      !pod.namespaces.pid,
  )!;
const modelOf = (key: string) => railsModel(snapshot, key)!;

describe("layoutPair", () => {
  const paused = modelOf(podOf("process", 2).key);
  const dropped = modelOf(podOf("dropped", 2).key);
  const pair = layoutPair(paused, dropped);

  it("puts the same things at the same place", () => {
    expect(pairRows(paused, dropped).map(({ left, right }) => [left?.name, right?.name])).toEqual([
      ["pause", "pause"],
      ["app", "app"],
      ["sidecar", "sidecar"],
    ]);
    for (const { left, right } of pair.rows)
      if (left && right) expect(pair.left.layout.rowAt[left.key]).toBe(pair.right.layout.rowAt[right.key]);
    expect(pair.left.layout.columns.map(({ x }) => x)).toEqual(pair.right.layout.columns.map(({ x }) => x));
    expect(pair.left.layout.height).toBe(pair.right.layout.height);
  });

  it("marks where pause is missing and fades what is private on both sides", () => {
    expect(pair.left.crops.length).toBeGreaterThan(0);
    const app = pair.rows[1]!.left!;
    expect(pair.left.same.has(`ns:mnt:${app.members.mnt![0]}`)).toBe(true);
    expect(pair.left.same.has(`ns:net:${app.members.net![0]}`)).toBe(false);
    expect(pair.left.same.has(pair.rows[0]!.left!.key)).toBe(false);
  });

  it("finds nothing to mark between a pod and itself", () => {
    const twin = layoutPair(paused, paused);
    expect(twin.left.crops).toEqual([]);
    for (const rail of twin.left.layout.rails) expect(twin.left.same.has(`ns:${rail.space}`)).toBe(true);
  });

  it("leaves a place free for what one side lacks", () => {
    const single = modelOf(podOf("process", 1).key);
    const uneven = layoutPair(paused, single);
    expect(uneven.rows.at(-1)).toMatchObject({ left: { name: "sidecar" }, right: null });
    expect(uneven.left.layout.height).toBe(uneven.right.layout.height);
  });
});
