import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cgroupOf, containerOf, GiB, MiB, processOf, snapshotOf } from "../testing/snapshot.ts";
import { reportsByPath } from "./headroom.ts";
import { burstableAdjust, expectedAdjust, isExpected, requestFor } from "./oom-adjust.ts";
import { nextToDie, type OomCandidate, oomDomainOf, oomOrder, oomRanks, oomScoreOf } from "./oom-order.ts";
import { cgroupReports } from "./report.ts";

const member = (pid: number, v2: string, rss: number, adjust: number, more = {}) =>
  processOf(pid, { cgroup: { v2 }, rssBytes: rss * MiB, oomScoreAdj: adjust, ...more });

const node = (files: Record<string, string> = {}) =>
  snapshotOf({
    processes: [
      member(1, "/init.scope", 20, 0),
      processOf(2, { comm: "kthreadd", cmdline: [], rssBytes: 0 }),
      processOf(3, { ppid: 2, cmdline: [], rssBytes: 0 }),
      member(10, "/pod/a", 50, 985),
      member(11, "/pod/b", 90, 972),
      member(12, "/pod/b", 1, 972),
      member(13, "/other", 200, 0),
      member(14, "/other", 1, -1000),
      member(15, "/pod/b", 0, 972, { state: "Z" }),
    ],
    cgroups: [
      cgroupOf("/pod", { "memory.max": String(200 * MiB) }),
      cgroupOf("/pod/a"),
      cgroupOf("/pod/b", files),
      cgroupOf("/other"),
    ],
    containers: [containerOf("b", { podKey: "x/p", pids: [11, 12] })],
  });

describe("oomOrder", () => {
  it("weighs the node's processes against the node's memory", () => {
    const { order, spared, sizeBytes } = oomOrder(node());
    expect(order.map((one) => one.pid)).toEqual([10, 11, 12, 13]);
    expect(sizeBytes).toBe(4 * GiB);
    expect(spared.map((one) => one.pid)).toEqual([1, 14]);
    expect(order[0]!.points).toBe(50 * MiB + 985 * Math.floor((4 * GiB) / 4096 / 1000) * 4096);
  });

  it("weighs a pod's against its limit: there the bigger one goes first", () => {
    const { order, sizeBytes } = oomOrder(node(), "/pod");
    expect(sizeBytes).toBe(200 * MiB);
    expect(order.map((one) => one.pid)).toEqual([11, 10, 12]);
    expect(order[0]).toMatchObject({ containerId: "b", podKey: "x/p" });
    expect(order[0]!.why).toContain("90 MiB");
    expect(order[0]!.why).toContain("972 thousandths of the limit");
  });

  it("takes the whole group along where memory.oom.group says so", () => {
    const { order } = oomOrder(node({ "memory.oom.group": "1" }), "/pod");
    expect(order[0]!.group).toEqual({ path: "/pod/b", pids: [12] });
    expect(order[1]!.group).toBeUndefined();
  });

  it("says when v1 kills nobody", () => {
    const snapshot = snapshotOf({
      processes: [processOf(5, { cgroup: { v1: { memory: "/a", cpu: "/" } } })],
      cgroups: [
        cgroupOf(
          "/a",
          { "memory.limit_in_bytes": "1000000", "memory.oom_control": "oom_kill_disable 1\nunder_oom 0" },
          { hierarchy: "memory" },
        ),
      ],
    });
    expect(oomOrder(snapshot, "/a")).toMatchObject({ stops: true, sizeBytes: 1_000_000, order: [{ pid: 5 }] });
  });

  it("counts the swap that a limit allows", () => {
    const snapshot = snapshotOf({ cgroups: [cgroupOf("/a", { "memory.max": "1000", "memory.swap.max": "300" })] });
    expect(oomOrder(snapshot, "/a", 200).sizeBytes).toBe(1200);
    expect(oomOrder(snapshot, "/a", 1000).sizeBytes).toBe(1300);
    expect(oomOrder(snapshot, "/a").sizeBytes).toBe(1000);
  });

  it("knows where an out-of-memory can begin", () => {
    const reports = cgroupReports(node());
    expect(oomDomainOf(reports.find((one) => one.path === "/pod/a")!)).toBe("/pod");
    expect(oomDomainOf(reports.find((one) => one.path === "/other")!)).toBe("/");
  });

  it("looks for the level with least left: at one limit for both, a pod is fuller than its container", () => {
    const files = (used: number) => ({ "memory.max": String(200 * MiB), "memory.current": String(used * MiB) });
    const reports = cgroupReports(
      snapshotOf({ cgroups: [cgroupOf("/pod", files(150)), cgroupOf("/pod/a", files(90))] }),
    );
    const byPath = reportsByPath(reports);
    expect(oomDomainOf(byPath.get("/pod/a")!)).toBe("/pod/a");
    expect(oomDomainOf(byPath.get("/pod/a")!, byPath)).toBe("/pod");
  });

  it("computes what /proc/PID/oom_score shows", () => {
    expect(oomScoreOf(0, 4 * GiB)).toBe(666);
    expect(oomScoreOf(4 * GiB, 4 * GiB)).toBe(1333);
    expect(oomScoreOf(-2 * 4 * GiB, 4 * GiB)).toBe(0);
  });

  it("never puts fewer points before more", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ rss: fc.nat(4000), adjust: fc.integer({ min: -1000, max: 1000 }) }), { maxLength: 30 }),
        (list) => {
          const snapshot = snapshotOf({
            processes: list.map(({ rss, adjust }, i) => member(100 + i, "/a", rss, adjust)),
          });
          const { order, spared } = oomOrder(snapshot);
          expect(order.length + spared.length).toBe(list.length);
          for (let i = 1; i < order.length; i++) expect(order[i - 1]!.points).toBeGreaterThanOrEqual(order[i]!.points);
        },
      ),
    );
  });
});

describe("the kubelet's oom_score_adj", () => {
  it.each([
    [0, 999],
    [4 * MiB, 999],
    [1 * GiB, 750],
    [2 * GiB, 500],
    [4 * GiB, 3],
    [40 * GiB, 3],
  ])("a request of %d bytes on 4 GiB", (request, adjust) => expect(burstableAdjust(request, 4 * GiB)).toBe(adjust));

  it("tells classes apart", () => {
    expect(isExpected(expectedAdjust("Guaranteed", "app"), -998)).toBe(true);
    expect(isExpected(expectedAdjust("Guaranteed", "app"), 0)).toBe(false);
    expect(isExpected(expectedAdjust("BestEffort", "app"), 1000)).toBe(true);
    expect(isExpected(expectedAdjust("Burstable", "app"), 1000)).toBe(false);
    expect(isExpected(expectedAdjust("Burstable", "sandbox"), -998)).toBe(true);
  });

  it("gives back every request it came from", () => {
    fc.assert(
      fc.property(fc.nat(64 * 1024), fc.constantFrom(1, 2, 4, 15.6), (mib, gib) => {
        const capacity = Math.round(gib * GiB);
        const request = Math.min(mib * MiB, capacity);
        const range = requestFor(burstableAdjust(request, capacity), capacity)!;
        expect(range.from).toBeLessThanOrEqual(request);
        expect(range.to).toBeGreaterThanOrEqual(request);
      }),
    );
    expect(requestFor(1000, GiB)).toBeUndefined();
  });
});

describe("equal ones", () => {
  const order = (...points: number[]) => points.map((value, i) => ({ points: value * MiB, pid: i })) as OomCandidate[];

  it("are all named as the next to die, whoever stands first in this reading", () => {
    expect(nextToDie(order(24.2, 24, 9)).map(({ points }) => points)).toEqual([24.2 * MiB, 24 * MiB]);
    expect(nextToDie(order(26, 24))).toHaveLength(1);
    expect(nextToDie([])).toEqual([]);
  });

  it("keep their places whoever holds a little more just now", () => {
    const ranks = (list: OomCandidate[]) => oomRanks(list, (candidate) => candidate.pid);
    const [a, b, c] = order(24.2, 24, 9) as [OomCandidate, OomCandidate, OomCandidate];
    expect(ranks([a, b, c])).toEqual(ranks([{ ...b, points: b.points + MiB / 2 }, a, c]));
    expect([...ranks([a, b, c])]).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });
});
