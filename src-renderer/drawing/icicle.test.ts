import { describe, expect, it } from "vitest";
import { cgroupReports } from "../../src-shared/cgroups/report.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { barAt, icicle, parentOf } from "./icicle.ts";

for (const cgroups of ["v1", "v2"] as const)
  describe(`icicle of ${cgroups}`, () => {
    const reports = cgroupReports(syntheticSnapshot({ pods: 90, cgroups }));
    const bars = icicle(reports);
    const byPath = new Map(bars.map((bar) => [bar.path, bar]));

    it("has every cgroup once, within its parent", () => {
      expect(bars).toHaveLength(reports.length);
      for (const bar of bars) {
        const parent = byPath.get(parentOf(bar.path) ?? "");
        if (!parent) continue;
        expect(bar.depth).toBe(parent.depth + 1);
        expect(bar.x0).toBeGreaterThanOrEqual(parent.x0 - 1e-9);
        expect(bar.x1).toBeLessThanOrEqual(parent.x1 + 1e-9);
      }
    });

    it("never overlaps siblings and is as wide as the memory used", () => {
      for (const depth of [1, 2, 3, 4]) {
        const row = bars.filter((bar) => bar.depth === depth).sort((a, b) => a.x0 - b.x0);
        row.forEach((bar, i) => {
          if (i > 0) expect(bar.x0).toBeGreaterThanOrEqual(row[i - 1]!.x1 - 1e-9);
        });
      }
      const pod = bars.find((bar) => bar.report.podKey !== undefined && bar.x1 > bar.x0)!;
      const root = byPath.get("/")!;
      const widest = Math.max(...bars.filter((bar) => bar.depth === 1).map((bar) => bar.x1 - bar.x0));
      expect(widest).toBeLessThanOrEqual(root.x1 - root.x0);
      expect(barAt(bars, (pod.x0 + pod.x1) / 2, pod.depth)?.path).toBe(pod.path);
    });

    it("keeps the order of siblings when usage changes", () => {
      const changed = reports.map((report, i) => ({
        ...report,
        usage: { ...report.usage, memoryBytes: ((report.usage.memoryBytes ?? 0) * (1 + (i % 7))) / 3 },
      }));
      expect(icicle(changed).map((bar) => bar.path)).toEqual(bars.map((bar) => bar.path));
    });
  });
