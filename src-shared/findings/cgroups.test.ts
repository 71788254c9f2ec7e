import { describe, expect, it } from "vitest";
import { cgroupOf, containerOf, MiB, podOf, snapshotOf } from "../testing/snapshot.ts";
import { findings } from "./findings.ts";

const only = (rule: string, ...snapshots: Parameters<typeof findings>) =>
  findings(...snapshots).filter((one) => one.rule === rule);
const later = { takenAt: "2026-11-21T10:00:10.000Z" };
const max = (mib: number) => ({ "memory.max": String(mib * MiB) });

const POD = "/kubepods/burstable/podb18a4031-cf65-4581-981b-2a773fcca69c";
const pods = [podOf("containerd/p", { name: "web", cgroupPath: POD })];
const containers = [containerOf("a", { podKey: "containerd/p", cgroupPath: `${POD}/a` })];

describe("limit-above-parent", () => {
  it("finds a limit that can never be reached, once", () => {
    const snapshot = snapshotOf({
      pods,
      containers,
      cgroups: [cgroupOf(POD, max(100)), cgroupOf(`${POD}/a`, max(200)), cgroupOf(`${POD}/a/container`, max(200))],
    });
    expect(only("limit-above-parent", snapshot)).toMatchObject([
      { severity: "warning", at: { cgroupPath: `${POD}/a` } },
    ]);
  });

  it("finds an equal limit normal, and is only informed outside pods", () => {
    expect(
      only("limit-above-parent", snapshotOf({ cgroups: [cgroupOf("/a", max(1)), cgroupOf("/a/b", max(1))] })),
    ).toEqual([]);
    const system = snapshotOf({
      cgroups: [cgroupOf("/a", { "pids.max": "5" }), cgroupOf("/a/b", { "pids.max": "9" })],
    });
    expect(only("limit-above-parent", system)[0]?.severity).toBe("info");
  });
});

describe("near-memory-limit", () => {
  const at = (used: number, kills: number, more = {}) =>
    snapshotOf({
      ...more,
      pods,
      containers,
      cgroups: [
        cgroupOf(`${POD}/a`, {
          ...max(100),
          "memory.current": String(used * MiB),
          "memory.stat": `inactive_file ${MiB}`,
          "memory.events": `oom ${kills}\noom_kill ${kills}`,
        }),
      ],
    });

  it("needs kills, and grows with them", () => {
    expect(only("near-memory-limit", at(99, 0))).toEqual([]);
    expect(only("near-memory-limit", at(20, 2))[0]?.severity).toBe("info");
    expect(only("near-memory-limit", at(99, 2))[0]?.severity).toBe("warning");
    expect(only("near-memory-limit", at(99, 3, later), at(99, 2))[0]?.severity).toBe("critical");
    expect(only("near-memory-limit", at(99, 2, later), at(99, 2))[0]?.severity).toBe("warning");
  });

  it("quotes the kernel log", () => {
    const snapshot = at(99, 1, {
      oomKills: [
        { pid: 5, comm: "hog", limitCgroup: `${POD}/a`, line: "Memory cgroup out of memory: \u001b[2JKilled 5" },
      ],
    });
    expect(only("near-memory-limit", snapshot)[0]?.evidence.at(-1)).toBe(
      "kernel log: Memory cgroup out of memory: Killed 5",
    );
  });
});

describe("throttled", () => {
  const at = (periods: number, hit: number, more = {}) =>
    snapshotOf({
      ...more,
      cgroups: [
        cgroupOf("/a", {
          "cpu.max": "10000 100000",
          "cpu.stat": `usage_usec 1\nnr_periods ${periods}\nnr_throttled ${hit}\nthrottled_usec 5000000`,
        }),
      ],
    });

  it("looks at the life of a cgroup, or at what happened since", () => {
    expect(only("throttled", at(1000, 600))[0]?.title).toContain("60 %");
    expect(only("throttled", at(1000, 400))).toEqual([]);
    expect(only("throttled", at(10, 10))).toEqual([]);
    expect(only("throttled", at(1100, 490, later), at(1000, 400))[0]?.title).toContain("90 %");
    expect(only("throttled", at(1100, 610, later), at(1000, 600))).toEqual([]);
  });

  it("reads v1 in nanoseconds", () => {
    const v1 = snapshotOf({
      cgroups: [
        cgroupOf(
          "/a",
          {
            "cpu.cfs_quota_us": "1000",
            "cpu.cfs_period_us": "100000",
            "cpu.stat": "nr_periods 200\nnr_throttled 200\nthrottled_time 5000000000",
          },
          { hierarchy: "cpu,cpuacct" },
        ),
      ],
    });
    expect(only("throttled", v1)[0]?.evidence[0]).toContain("5 s waited");
  });
});

describe("two-weight-formulas", () => {
  const weighed = (id: string, weight: string) => ({
    cgroup: cgroupOf(`/${id}`, { "cpu.weight": weight }),
    container: containerOf(id, {
      cgroupPath: `/${id}`,
      oci: { path: "", namespaces: [], annotations: {}, resources: { cpu: { shares: 1024 } } },
    }),
  });
  const node = (...all: ReturnType<typeof weighed>[]) =>
    snapshotOf({ cgroups: all.map((one) => one.cgroup), containers: all.map((one) => one.container) });

  it("needs one of each", () => {
    expect(only("two-weight-formulas", node(weighed("a", "39"), weighed("b", "100")))[0]?.severity).toBe("info");
    expect(only("two-weight-formulas", node(weighed("a", "39"), weighed("b", "39")))).toEqual([]);
    expect(only("two-weight-formulas", node(weighed("a", "39"), weighed("b", "77")))).toEqual([]);
  });
});

describe("empty-pod-cgroup", () => {
  it("finds what no pod names and no process is in", () => {
    const folder = [cgroupOf("/kubepods"), cgroupOf(POD), cgroupOf(`${POD}/x`)];
    expect(only("empty-pod-cgroup", snapshotOf({ cgroups: folder }))).toMatchObject([{ at: { cgroupPath: POD } }]);
    expect(only("empty-pod-cgroup", snapshotOf({ cgroups: folder, pods }))).toEqual([]);
    const alive = [cgroupOf(POD), cgroupOf(`${POD}/x`, {}, { pids: [7] })];
    expect(only("empty-pod-cgroup", snapshotOf({ cgroups: alive }))).toEqual([]);
  });
});

describe("findings", () => {
  it("is silent on an empty node and puts the worst first", () => {
    expect(findings(snapshotOf())).toEqual([]);
    const mixed = findings(
      snapshotOf({
        cgroups: [cgroupOf(POD)],
        pods: [podOf("a/a", { sandbox: { state: "dead", why: "" } }), podOf("a/b", { host: ["pid"] })],
      }),
    );
    expect(mixed.map((one) => one.severity)).toEqual(["critical", "warning", "info"]);
  });

  it("stays readable on a node with thousands of leaks", () => {
    const cgroups = Array.from({ length: 3000 }, (_, i) =>
      cgroupOf(`/kubepods/pod${String(i).padStart(8, "0")}-cf65-4581-981b-2a773fcca69c`),
    );
    const found = findings(snapshotOf({ cgroups }));
    expect(found).toHaveLength(101);
    expect(found.at(-1)!.title).toContain("2900 more");
  });
});
