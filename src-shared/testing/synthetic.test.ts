import { describe, expect, it } from "vitest";
import { syntheticSnapshot } from "./synthetic.ts";

describe("syntheticSnapshot", () => {
  it("is the same for the same options, and pod i does not depend on how many there are", () => {
    const small = syntheticSnapshot({ pods: 30 });
    const large = syntheticSnapshot({ pods: 31 });
    expect(syntheticSnapshot({ pods: 30 })).toEqual(small);
    const keys = new Set(small.pods.map((pod) => pod.key));
    expect(large.pods.filter((pod) => keys.has(pod.key))).toEqual(small.pods);
    expect(large.pods).toHaveLength(31);
  });

  it("makes every membership true on both sides", () => {
    for (const cgroups of ["v1", "v2"] as const) {
      const node = syntheticSnapshot({ pods: 60, cgroups });
      const member = new Set(node.namespaces.flatMap((n) => n.pids.map((pid) => `${pid} ${n.type}:${n.inode}`)));
      const said = node.processes.flatMap((p) => Object.entries(p.namespaces).map(([t, i]) => `${p.pid} ${t}:${i}`));
      expect(new Set(said)).toEqual(member);
      expect(new Set(node.namespaces.map((n) => `${n.type}:${n.inode}`)).size).toBe(node.namespaces.length);
      const groups = new Set(node.cgroups.map((g) => g.path));
      for (const container of node.containers) expect(groups.has(container.cgroupPath)).toBe(true);
    }
  });

  it("has every kind of sandbox", () => {
    const states = new Set(syntheticSnapshot({ pods: 200 }).pods.map((pod) => pod.sandbox.state));
    expect([...states].sort()).toEqual(["dead", "dropped", "none", "process"]);
  });

  it("adds usage up to the root", () => {
    const node = syntheticSnapshot({ pods: 5 });
    const of = (path: string) => Number(node.cgroups.find((g) => g.path === path)?.files["memory.current"]);
    expect(of("/")).toBeGreaterThanOrEqual(of("/kubepods.slice"));
    expect(of("/kubepods.slice")).toBeGreaterThan(0);
  });
});
