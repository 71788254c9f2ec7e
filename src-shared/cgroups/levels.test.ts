import { describe, expect, it } from "vitest";
import { cgroupOf, containerOf, GiB, MiB, podOf, processOf, snapshotOf } from "../testing/snapshot.ts";
import { headroom, reportsByPath } from "./headroom.ts";
import { seenInside } from "./inside.ts";
import { protectionLevels } from "./protection.ts";
import { cgroupReports } from "./report.ts";
import { reservations } from "./reservations.ts";
import { ruleNotes } from "./rules.ts";
import { sinceLast } from "./since.ts";
import { cgroupTree } from "./tree.ts";

const mib = (value: number) => String(value * MiB);

describe("headroom", () => {
  const reports = cgroupReports(
    snapshotOf({
      cgroups: [
        cgroupOf("/pod", {
          "memory.max": mib(100),
          "memory.current": mib(95),
          "memory.stat": `inactive_file ${5 * MiB}`,
        }),
        cgroupOf("/pod/a", { "memory.max": mib(50), "memory.current": mib(20) }),
        cgroupOf("/pod/b"),
      ],
    }),
  );

  it("puts the level with least left first, which need not be the smallest limit", () => {
    const levels = headroom(reportsByPath(reports), "/pod/a");
    expect(levels.map((one) => [one.path, one.leftBytes / MiB, one.measure])).toEqual([
      ["/pod", 10, "working set"],
      ["/pod/a", 30, "usage"],
    ]);
  });
});

describe("protection", () => {
  const levels = (files: Record<string, Record<string, string>>) =>
    protectionLevels(
      reportsByPath(
        cgroupReports(snapshotOf({ cgroups: Object.entries(files).map(([path, f]) => cgroupOf(path, f)) })),
      ),
      "/a/b",
    );

  it("goes level by level and never grants more than above", () => {
    expect(
      levels({ "/": {}, "/a": { "memory.low": mib(10) }, "/a/b": { "memory.low": mib(30), "memory.min": mib(5) } }),
    ).toMatchObject([
      { path: "/a", lowBytes: 10 * MiB, lowUpToBytes: 10 * MiB, minUpToBytes: 0 },
      { path: "/a/b", lowBytes: 30 * MiB, lowUpToBytes: 10 * MiB, minBytes: 5 * MiB, minUpToBytes: 0 },
    ]);
  });

  it("knows max, and says nothing where nothing is protected", () => {
    expect(levels({ "/a": { "memory.min": "max" }, "/a/b": { "memory.min": mib(5) } })[1]!.minUpToBytes).toBe(5 * MiB);
    expect(levels({ "/a": {}, "/a/b": {} })).toEqual([]);
  });
});

describe("what a container sees", () => {
  const snapshot = (cgroup: number) =>
    snapshotOf({
      processes: [processOf(10, { namespaces: { cgroup } })],
      containers: [containerOf("a", { pid: 10, pids: [10], cgroupPath: "/pod/a" })],
      cgroups: [
        cgroupOf("/pod", { "memory.max": mib(100), "pids.max": "50" }),
        cgroupOf("/pod/a", { "cpu.max": "50000 100000" }),
      ],
    });
  const inside = (cgroup: number) => {
    const one = snapshot(cgroup);
    return seenInside(one, reportsByPath(cgroupReports(one)), "a")!;
  };

  it("is its own limits, not those above", () => {
    expect(inside(900)).toEqual({
      containerId: "a",
      namespace: "own",
      path: "/",
      rows: [
        { what: "memory", inside: 4 * GiB, holds: 100 * MiB, setBy: "/pod", misleads: true },
        { what: "cpu", inside: 0.5, holds: 0.5, setBy: "/pod/a", misleads: false },
        { what: "pids", inside: null, holds: 50, setBy: "/pod", misleads: false },
      ],
    });
    expect(inside(6)).toMatchObject({ namespace: "node", path: "/pod/a" });
  });

  it("is nothing for a container that has ended", () => {
    const one = snapshotOf({ containers: [containerOf("a")] });
    expect(seenInside(one, reportsByPath(cgroupReports(one)), "a")).toBeUndefined();
  });
});

describe("reservations", () => {
  it("tells what pods may never take, and that classes differ in weight", () => {
    const snapshot = snapshotOf({
      pods: [podOf("x/a", { qos: "Guaranteed" }), podOf("x/b", { qos: "BestEffort" })],
      cgroups: [
        cgroupOf("/kubepods.slice", { "memory.max": String(3 * GiB), "cpu.weight": "79" }),
        cgroupOf("/kubepods.slice/kubepods-besteffort.slice", { "cpu.weight": "1", "memory.current": "5" }),
      ],
    });
    expect(reservations(snapshot, cgroupReports(snapshot))).toEqual({
      path: "/kubepods.slice",
      memoryMaxBytes: 3 * GiB,
      reservedBytes: GiB,
      weight: { file: "cpu.weight", value: 79 },
      wholeNode: { shares: 2048, linear: 79, quadratic: 174 },
      classes: [
        { qos: "Guaranteed", path: "/kubepods.slice", pods: 1 },
        {
          qos: "BestEffort",
          path: "/kubepods.slice/kubepods-besteffort.slice",
          pods: 1,
          weight: 1,
          file: "cpu.weight",
          memoryBytes: 5,
        },
      ],
    });
    expect(reservations(snapshotOf(), [])).toBeUndefined();
  });
});

describe("since the reading before", () => {
  const at = (kills: number, throttled: number, usage: number) =>
    cgroupReports(
      snapshotOf({
        cgroups: [
          cgroupOf("/a", {
            "memory.current": "10",
            "memory.events": `oom_kill ${kills}`,
            "cpu.stat": `usage_usec ${usage}\nthrottled_usec ${throttled}`,
          }),
        ],
      }),
    );

  it("counts what happened, also in a cgroup that was made anew", () => {
    expect(sinceLast(at(3, 500, 2_000_000), reportsByPath(at(1, 100, 1_000_000)), 2000)).toEqual([
      { path: "/a", elapsedMs: 2000, oomKills: 2, throttledUsec: 400, cpuCores: 0.5, memoryChangeBytes: 0 },
    ]);
    expect(sinceLast(at(1, 0, 10), reportsByPath(at(5, 0, 100)), 1000)[0]?.oomKills).toBe(1);
    expect(sinceLast(at(1, 0, 10), new Map(), 1000)).toEqual([]);
    expect(sinceLast(at(1, 0, 10), reportsByPath(at(1, 0, 0)), 0)).toEqual([]);
  });
});

describe("v2's own rules", () => {
  const notes = (mode: "v2" | "hybrid" = "v2") => {
    const snapshot = snapshotOf({
      node: { cgroupMode: mode },
      containers: [containerOf("a", { cgroupPath: "/pod/a" })],
      cgroups: [
        cgroupOf("/", {}, { pids: [1] }),
        cgroupOf("/inner", { "cgroup.type": "domain" }, { pids: [5] }),
        cgroupOf("/inner/leaf", {}, { pids: [6] }),
        cgroupOf("/pod", { "cgroup.subtree_control": "memory" }),
        cgroupOf("/pod/a", { "cgroup.controllers": "memory" }, { controllers: ["memory"] }),
        cgroupOf("/pod/a/nested"),
        cgroupOf("/t", { "cgroup.type": "domain threaded" }, { pids: [8] }),
        cgroupOf("/t/x", { "cgroup.type": "threaded" }),
        cgroupOf("/t/y", { "cgroup.type": "domain invalid" }),
        cgroupOf("/user.slice/user-1000.slice/user@1000.service"),
      ],
    });
    return ruleNotes(cgroupTree(snapshot), snapshot).map((one) => [one.path, one.rule]);
  };

  it("are checked on v2 and nowhere else", () => {
    expect(notes()).toEqual([
      ["/inner", "inner-processes"],
      ["/pod/a", "missing-controller"],
      ["/pod/a", "delegated"],
      ["/t", "threaded"],
      ["/t/x", "threaded"],
      ["/t/y", "invalid"],
      ["/user.slice/user-1000.slice/user@1000.service", "delegated"],
    ]);
    expect(notes("hybrid")).toEqual([]);
  });
});
