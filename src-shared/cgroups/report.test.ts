import { describe, expect, it } from "vitest";
import { cgroupOf, containerOf, MiB, podOf, snapshotOf } from "../testing/snapshot.ts";
import { cgroupReports } from "./report.ts";

const UNLIMITED = "9223372036854771712";

const v2 = () =>
  snapshotOf({
    cgroups: [
      cgroupOf("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab.slice/cri-containerd-x.scope", {
        "cgroup.controllers": "cpu memory pids",
        "memory.max": "134217728",
        "memory.current": "70000000",
        "memory.stat": "anon 5\ninactive_file 20000000\nactive_file 3",
        "cpu.max": "50000 100000",
        "cpu.stat": "usage_usec 900\nthrottled_usec 77",
        "cpu.weight": "20",
        "pids.max": "max",
        "pids.current": "3",
        "memory.oom.group": "1",
        "memory.events": "low 0\nhigh 0\nmax 4\noom 2\noom_kill 1",
        "cpu.pressure":
          "some avg10=0.81 avg60=0.74 avg300=0.44 total=3026832\nfull avg10=0.27 avg60=0.23 avg300=0.15 total=1656116",
      }),
      cgroupOf("/", { "cpu.stat": "usage_usec 100" }),
      cgroupOf("/kubepods.slice", { "memory.max": "1073741824", "pids.max": "500" }),
      cgroupOf("/kubepods.slice/kubepods-burstable.slice", { "memory.max": "max", "cpu.max": "max 100000" }),
      cgroupOf("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab.slice", {
        "memory.max": "134217728",
        "memory.low": "1048576",
        "memory.min": "0",
        "cpu.max": "40000 100000",
      }),
      cgroupOf("/init.scope"),
    ],
    pods: [
      podOf("containerd/s1", {
        name: "web",
        namespace: "shop",
        qos: "Burstable",
        cgroupPath: "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab.slice",
        containers: ["x"],
      }),
    ],
    containers: [
      containerOf("x", {
        name: "app",
        podKey: "containerd/s1",
        cgroupPath: "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab.slice/cri-containerd-x.scope",
      }),
    ],
  });

describe("cgroupReports", () => {
  it("puts parents before children and keeps subtrees together", () => {
    expect(cgroupReports(v2()).map((one) => one.path.split("/").at(-1))).toEqual([
      "",
      "init.scope",
      "kubepods.slice",
      "kubepods-burstable.slice",
      "kubepods-burstable-podab.slice",
      "cri-containerd-x.scope",
    ]);
  });

  it("says what is set, what holds and by whom; a tie goes to the nearest", () => {
    const app = cgroupReports(v2()).at(-1)!;
    const pod = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab.slice";
    expect(app.limits).toEqual({ memoryMaxBytes: 128 * MiB, cpuMaxCores: 0.5 });
    expect(app.effective).toEqual({
      memoryMaxBytes: { value: 128 * MiB, setBy: `${pod}/cri-containerd-x.scope` },
      cpuMaxCores: { value: 0.4, setBy: pod },
      pidsMax: { value: 500, setBy: "/kubepods.slice" },
    });
  });

  it("reads usage, weight, events, protection and pressure", () => {
    const [pod, app] = cgroupReports(v2()).slice(-2);
    expect(app!.usage).toEqual({ memoryBytes: 70_000_000, workingSetBytes: 50_000_000, cpuUsec: 900, pids: 3 });
    expect(app!.weight).toEqual({ file: "cpu.weight", value: 20 });
    expect(app!.events).toEqual({ oom: 2, oomKill: 1, throttledUsec: 77 });
    expect(app!.pressure?.cpu?.full).toEqual({ avg10: 0.27, avg60: 0.23, avg300: 0.15, totalUsec: 1656116 });
    expect([pod!.oomGroup, app!.oomGroup]).toEqual([undefined, true]);
    expect(pod!.protection).toEqual({ lowBytes: MiB });
  });

  it("puts names first", () => {
    expect(cgroupReports(v2()).map((one) => [one.name, one.podKey, one.containerId, one.qos])).toEqual([
      ["node", undefined, undefined, undefined],
      ["init.scope", undefined, undefined, undefined],
      ["all pods", undefined, undefined, undefined],
      ["Burstable pods", undefined, undefined, "Burstable"],
      ["shop/web", "containerd/s1", undefined, "Burstable"],
      ["app", "containerd/s1", "x", "Burstable"],
    ]);
  });

  it("gives one pod's cgroups with limits from above it", () => {
    const reports = cgroupReports(v2(), "containerd/s1");
    expect(reports.map((one) => one.name)).toEqual(["shop/web", "app"]);
    expect(reports[0]!.effective.pidsMax?.setBy).toBe("/kubepods.slice");
    expect(cgroupReports(v2(), "containerd/none")).toEqual([]);
  });

  it("merges the v1 rows of one path and drops limits of 2^62 and more", () => {
    const path = "/kubepods/podx";
    const row = (hierarchy: string, files: Record<string, string>, at = path) => cgroupOf(at, files, { hierarchy });
    const reports = cgroupReports(
      snapshotOf({
        node: { cgroupMode: "v1" },
        cgroups: [
          row("memory", { "memory.limit_in_bytes": UNLIMITED, "memory.usage_in_bytes": "10" }, "/"),
          row("memory", { "memory.limit_in_bytes": "268435456", "memory.usage_in_bytes": "9" }, "/kubepods"),
          row("memory", {
            "memory.limit_in_bytes": UNLIMITED,
            "memory.memsw.limit_in_bytes": UNLIMITED,
            "memory.usage_in_bytes": "4096",
            "memory.stat": "inactive_file 1\nhierarchical_memory_limit 268435456\ntotal_inactive_file 96",
            "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3",
          }),
          row("cpu,cpuacct", {
            "cpu.cfs_quota_us": "150000",
            "cpu.cfs_period_us": "100000",
            "cpu.shares": "512",
            "cpuacct.usage": "5000999",
            "cpu.stat": "nr_periods 4\nnr_throttled 2\nthrottled_time 3000500",
          }),
          row("pids", { "pids.max": "max", "pids.current": "2" }),
          row("name=systemd", {}),
          row("freezer", {}, "/"),
        ],
      }),
    );
    expect(reports.map((one) => one.path)).toEqual(["/", "/kubepods", path]);
    expect(reports[2]).toEqual({
      path,
      name: "podx",
      controllers: ["cpu", "cpuacct", "memory", "pids"],
      limits: { cpuMaxCores: 1.5 },
      effective: {
        memoryMaxBytes: { value: 268435456, setBy: "/kubepods" },
        cpuMaxCores: { value: 1.5, setBy: path },
      },
      usage: { memoryBytes: 4096, workingSetBytes: 4000, cpuUsec: 5000, pids: 2 },
      weight: { file: "cpu.shares", value: 512 },
      events: { oomKill: 3, throttledUsec: 3000 },
      missingIn: ["freezer"],
    });
  });

  it("stops inheriting memory below a v1 parent without use_hierarchy", () => {
    const memory = (path: string, max: string, hierarchical: string) =>
      cgroupOf(path, { "memory.limit_in_bytes": max, "memory.use_hierarchy": hierarchical }, { hierarchy: "memory" });
    const reports = cgroupReports(
      snapshotOf({ cgroups: [memory("/", UNLIMITED, "1"), memory("/a", "4096", "0"), memory("/a/b", UNLIMITED, "0")] }),
    );
    expect(reports[2]!.effective).toEqual({});
  });

  it("marks members and sums on which hierarchies disagree", () => {
    const row = (hierarchy: string, pids: number[], files = {}) => cgroupOf("/a", files, { hierarchy, pids });
    const [report] = cgroupReports(
      snapshotOf({
        cgroups: [row("memory", [5, 6], { "memory.stat": "hierarchical_memory_limit 8192" }), row("cpu", [5])],
      }),
    );
    expect(report!.marks).toHaveLength(2);
    expect(report!.marks![0]).toContain("cpu lacks 1 process");
    expect(report!.marks![1]).toContain("8192");
  });

  it("keeps hostile folder names harmless", () => {
    const [report] = cgroupReports(snapshotOf({ cgroups: [cgroupOf("/evil\u001b[31m\\x2d\u202ename.slice")] }));
    expect(report!.name).toBe("evil-name");
    expect(report!.path).toBe("/evil\u001b[31m\\x2d\u202ename.slice");
  });
});
