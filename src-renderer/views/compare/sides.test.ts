import { describe, expect, it } from "vitest";
import { diffPods } from "../../../src-shared/diff/pods.ts";
import { valueWords } from "../../../src-shared/diff/value-words.ts";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { firstPair, railsOf, sideFrom, sideParams, subjectIn } from "./sides.ts";
import { differs, fieldWords, sectionsOf, telling } from "./words.ts";

const snapshot = syntheticSnapshot({ pods: 40 });

describe("sides", () => {
  it("keeps a side in the address and reads it back, a key with slashes too", () => {
    const side = { nodeId: "n1", key: "containerd/abc def", kept: "n1 12:00" };
    expect(sideFrom(sideParams(side, "left") as Record<string, string>, "left")).toEqual(side);
    expect(sideFrom({}, "left")).toBeUndefined();
  });

  it("chooses the same pod with pause and without for a first visit", () => {
    const own = structuredClone(snapshot);
    own.pods.find(({ sandbox }) => sandbox.state === "process")!.name = "shop-pause";
    own.pods.find(({ sandbox }) => sandbox.state === "dropped")!.name = "shop-7d9f4";
    const [left, right] = firstPair([{ nodeId: "n", snapshot: own }])!;
    expect(subjectIn(own, left)?.name).toBe("shop-pause");
    expect(subjectIn(own, right)?.name).toBe("shop-7d9f4");
    expect(firstPair([])).toBeUndefined();
  });

  it("draws a container as a pod of its own", () => {
    const container = snapshot.containers.find(({ kind }) => kind === "app")!;
    const rails = railsOf(subjectIn(snapshot, { nodeId: "n", key: container.id })!)!;
    expect(rails.rows.filter(({ kind }) => kind === "app").map(({ name }) => name)).toEqual([container.name]);
  });
});

describe("words", () => {
  const [left, right] = firstPair([{ nodeId: "n", snapshot }])!;
  const rows = telling(diffPods(snapshot, left.key, snapshot, right.key).rows);

  it("keeps every telling row in exactly one section", () => {
    const all = sectionsOf(rows).flatMap((section) => section.rows);
    expect(all).toHaveLength(rows.length);
    expect(new Set(all).size).toBe(rows.length);
  });

  it("says the sandbox differs and that inodes only name", () => {
    expect(rows.filter(differs).map(({ field }) => field)).toContain("sandbox.state");
    expect(rows.filter(differs).some(({ field }) => field.endsWith(".inode"))).toBe(false);
  });

  it("says fields and values as people do", () => {
    expect(fieldWords("namespaces.net.heldBy")).toBe("net held by");
    expect(valueWords("namespaces.net.heldBy", ["sandbox", "pin"])).toBe("pause, pins");
    expect(valueWords("cgroup.memoryMaxBytes", 268_435_456)).toBe("256 MiB");
    expect(valueWords("modes", { network: "POD", user: "NODE", pid: "CONTAINER" })).toBe(
      "network: shared in the pod, user: the node's, pid: one for each container",
    );
    expect(valueWords("x", null)).toBe("–");
    expect(valueWords("command", ["a\u001b[31m", "b"])).toBe("a, b");
  });
});
