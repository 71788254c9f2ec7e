import { describe, expect, it } from "vitest";
import { cgroupReports } from "../../../src-shared/cgroups/report.ts";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { ordinal } from "../../ui/words.ts";
import { childrenOf, domainRanks, firstOpen, treeRows } from "./rows.ts";

const snapshot = syntheticSnapshot({ pods: 30 });
const reports = cgroupReports(snapshot);

describe("treeRows", () => {
  it("shows every cgroup once when all is open, parents before children", () => {
    const rows = treeRows(reports, new Set(reports.map(({ path }) => path)));
    expect(rows.map(({ report }) => report.path).sort()).toEqual(reports.map(({ path }) => path).sort());
    const seen = new Set<string>();
    for (const { report } of rows) {
      const parent = report.path === "/" ? undefined : report.path.slice(0, report.path.lastIndexOf("/")) || "/";
      if (parent !== undefined) expect(seen.has(parent)).toBe(true);
      seen.add(report.path);
    }
  });

  it("opens down to the pods at first", () => {
    const rows = treeRows(reports, firstOpen(reports));
    expect(rows.filter(({ report }) => report.podKey && !report.containerId)).toHaveLength(30);
    expect(rows.some(({ report }) => report.containerId)).toBe(false);
  });

  it("puts most first among siblings, and stays a tree", () => {
    const all = new Set(reports.map(({ path }) => path));
    const rows = treeRows(reports, all, "", "memory");
    expect(rows.map(({ report }) => report.path).sort()).toEqual([...all].sort());
    const before: number[] = [];
    for (const { report, depth } of rows) {
      const memory = report.usage.memoryBytes ?? -1;
      if (depth > 0) expect(memory).toBeLessThanOrEqual(before[depth] ?? Number.POSITIVE_INFINITY);
      before.length = depth + 1;
      before[depth] = memory;
    }
  });

  it("narrows to what matches and what is above it", () => {
    const one = snapshot.containers[0]!;
    const rows = treeRows(reports, new Set(), one.id.slice(0, 20));
    expect(rows.at(-1)?.report.path).toBe(one.cgroupPath);
    expect(rows[0]?.report.path).toBe("/");
  });

  it("shows what is in a match", () => {
    const pod = snapshot.pods.find(({ cgroupPath }) => cgroupPath !== undefined)!;
    const rows = treeRows(reports, new Set(), pod.cgroupPath);
    const inside = reports.filter(({ path }) => path.startsWith(`${pod.cgroupPath}/`));
    expect(inside.length).toBeGreaterThan(0);
    for (const { path } of inside) expect(rows.map(({ report }) => report.path)).toContain(path);
  });

  it("hangs a cgroup whose parent is hidden on the nearest one that was read", () => {
    const some = reports.filter(({ path }) => !path.endsWith("kubepods-burstable.slice"));
    const below = childrenOf(some).get("/kubepods.slice") ?? [];
    expect(below.some(({ path }) => path.includes("burstable-pod"))).toBe(true);
  });
});

it("ranks containers of a pod's own domain", () => {
  const pod = snapshot.pods.find(({ containers, qos }) => containers.length > 1 && qos === "Burstable")!;
  const ranks = domainRanks(snapshot, new Map(reports.map((report) => [report.path, report])), pod.cgroupPath!);
  expect(ranks.domain).toBe(pod.cgroupPath);
  expect(ranks.byPath.size).toBeGreaterThan(1);
  expect([1, 2, 3, 4, 11, 21, 112].map(ordinal)).toEqual(["1st", "2nd", "3rd", "4th", "11th", "21st", "112th"]);
});
