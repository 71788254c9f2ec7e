import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cgroupOf, snapshotOf } from "../testing/snapshot.ts";
import { cgroupReports } from "./report.ts";
import { cfsQuota, cpuMax, keyed, limit, pressure, protectedBytes, v1Limit } from "./values.ts";

/** Any tree of up to four levels, with any memory limits, written in either version's words. */
const tree = fc.uniqueArray(
  fc.record({
    path: fc.array(fc.constantFrom("a", "b", "b-c", "a.slice"), { minLength: 1, maxLength: 4 }),
    max: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  }),
  { selector: (one) => one.path.join("/"), maxLength: 25 },
);

describe("effective limits", () => {
  it("are the smallest over itself and its ancestors, the nearest at a tie, in both versions", () => {
    fc.assert(
      fc.property(tree, fc.boolean(), (nodes, v1) => {
        const cgroups = nodes.map(({ path, max }) =>
          cgroupOf(
            `/${path.join("/")}`,
            v1
              ? { "memory.limit_in_bytes": max === undefined ? "9223372036854771712" : String(max * 4096) }
              : { "memory.max": max === undefined ? "max" : String(max * 4096) },
            { hierarchy: v1 ? "memory" : "v2" },
          ),
        );
        const reports = cgroupReports(snapshotOf({ cgroups }));
        const limits = new Map(nodes.map((one) => [`/${one.path.join("/")}`, one.max]));
        const seen = new Set<string>();
        for (const { path, effective } of reports) {
          let best: { value: number; setBy: string } | undefined;
          const parts = path.split("/").slice(1);
          for (let depth = parts.length; depth > 0; depth--) {
            const above = `/${parts.slice(0, depth).join("/")}`;
            const max = limits.get(above);
            if (max !== undefined && (!best || max * 4096 < best.value)) best = { value: max * 4096, setBy: above };
            // Parents before children.
            if (above !== path && limits.has(above)) expect(seen.has(above)).toBe(true);
          }
          seen.add(path);
          expect(effective.memoryMaxBytes).toEqual(best);
        }
        expect(reports).toHaveLength(nodes.length);
      }),
    );
  });
});

describe("values of cgroup files", () => {
  it("take what the kernel writes and nothing else", () => {
    expect([limit("max"), limit("12"), limit(" 12\n"), limit("-1"), limit("1e9"), limit("")]).toEqual([
      undefined,
      12,
      12,
      undefined,
      undefined,
      undefined,
    ]);
    expect([v1Limit("4611686018427387904"), v1Limit("4611686018427387903"), v1Limit("4096")]).toEqual([
      undefined,
      undefined,
      4096,
    ]);
    expect(v1Limit("4611686018427000000")).toBe(4611686018427000000);
    expect([cpuMax("50000 100000"), cpuMax("max 100000"), cpuMax("5000"), cpuMax("1 0"), cpuMax(undefined)]).toEqual([
      0.5,
      undefined,
      0.05,
      undefined,
      undefined,
    ]);
    expect([cfsQuota("-1", "100000"), cfsQuota("150000", "100000"), cfsQuota("1", undefined)]).toEqual([
      undefined,
      1.5,
      undefined,
    ]);
    expect([protectedBytes("0"), protectedBytes("max")]).toEqual([undefined, 2 ** 63 - 4096]);
    expect([keyed("oom 0\noom_kill 2", "oom_kill"), keyed("oom_kill 2", "oom"), keyed("oom_kill", "oom_kill")]).toEqual(
      [2, undefined, undefined],
    );
  });

  it("never throw on hostile text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        for (const read of [limit, v1Limit, cpuMax, protectedBytes]) {
          const value = read(text);
          expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
        }
        pressure(text);
        keyed(text, "oom");
      }),
    );
  });
});
