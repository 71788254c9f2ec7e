import { describe, expect, it } from "vitest";
import type { OciConfig } from "../model.ts";
import { cgroupOf, containerOf, MiB, podOf, processOf, snapshotOf } from "../testing/snapshot.ts";
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

  it("is critical for a kill that the kernel log dates to the last minutes, in a first reading too", () => {
    const killed = (ago: number | undefined) => {
      const takenAt = "2026-11-28T03:00:00.000Z";
      const at0 = ago === undefined ? {} : { at: new Date(Date.parse(takenAt) - ago * 1000).toISOString() };
      const kill = { pid: 5, comm: "hog", limitCgroup: `${POD}/a`, line: "Memory cgroup out of memory", ...at0 };
      return only("near-memory-limit", at(20, 1, { takenAt, oomKills: [kill] }))[0]?.severity;
    };
    expect(killed(12)).toBe("critical");
    expect(killed(3600)).toBe("info");
    expect(killed(undefined)).toBe("info");
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

describe("OOM kills", () => {
  const counters = (own: number, all: number, oom = 0) => ({
    "memory.events.local": `oom ${oom}\noom_kill ${own}`,
    "memory.events": `oom ${oom}\noom_kill ${all}`,
  });
  const root = { ...max(4000), ...counters(0, 3) };

  it("are told at the group whose limit was hit, not at each that counts them", () => {
    const found = only(
      "near-memory-limit",
      snapshotOf({
        pods,
        containers,
        cgroups: [
          cgroupOf("/kubepods", root),
          cgroupOf(POD, { ...max(200), ...counters(0, 3) }),
          cgroupOf(`${POD}/a`, { ...max(100), ...counters(3, 3, 3) }),
        ],
      }),
    );
    expect(found).toMatchObject([
      { title: "3 processes were killed at this memory limit", at: { cgroupPath: `${POD}/a` } },
    ]);
    // The pod's limit hit, the victim in a container without a reason to be blamed.
    const above = only(
      "near-memory-limit",
      snapshotOf({
        pods,
        containers,
        cgroups: [
          cgroupOf(POD, { ...max(200), ...counters(0, 3, 1) }),
          cgroupOf(`${POD}/a`, { ...max(100), ...counters(3, 3) }),
        ],
      }),
    );
    expect(above).toMatchObject([{ at: { cgroupPath: POD } }]);
  });

  it("of a group that is gone are told below the nearest that lives, and not as its limit's", () => {
    const with3 = (own: number) => [
      cgroupOf("/kubepods", root),
      cgroupOf(POD, { ...max(200), ...counters(0, 3) }),
      cgroupOf(`${POD}/a`, { ...max(100), ...counters(own, own) }),
    ];
    const [one, ...more] = only("near-memory-limit", snapshotOf({ pods, containers, cgroups: with3(0) }));
    expect(one).toMatchObject({
      severity: "info",
      title: "3 processes were killed below here, in a group that is gone",
      at: { cgroupPath: POD },
    });
    expect(more).toEqual([]);
    // The container was made anew between two readings: what it had counted is the pod's now, and no news.
    const before = snapshotOf({
      pods,
      containers,
      cgroups: [
        cgroupOf("/kubepods", root),
        cgroupOf(POD, { ...max(200), ...counters(0, 3) }),
        cgroupOf(`${POD}/old`, { ...max(100), ...counters(3, 3, 3) }),
      ],
    });
    const after = snapshotOf({ ...later, pods, containers, cgroups: with3(0) });
    expect(only("near-memory-limit", after, before)).toMatchObject([{ severity: "info" }]);
    expect(
      only("near-memory-limit", after, {
        ...before,
        cgroups: before.cgroups
          .slice(0, 2)
          .map((group) => ({ ...group, files: { ...group.files, ...counters(0, 1) } })),
      }),
    ).toMatchObject([{ severity: "critical" }]);
  });

  it("of a node that ran out of memory are laid at no limit", () => {
    const found = only(
      "near-memory-limit",
      snapshotOf({ pods, containers, cgroups: [cgroupOf(`${POD}/a`, { ...max(100), ...counters(1, 1) })] }),
    );
    expect(found).toMatchObject([{ title: "1 process was killed here, at no limit of its own" }]);
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

  it("does not take a pod of containers without requests for the old formula", () => {
    const none = (id: string) => ({
      ...weighed(id, "1"),
      container: containerOf(id, {
        podKey: "containerd/p",
        cgroupPath: `/${id}`,
        oci: { path: "", namespaces: [], annotations: {}, resources: { cpu: { shares: 2 } } },
      }),
    });
    const [a, b, c] = [none("a"), none("b"), weighed("c", "100")];
    const snapshot = snapshotOf({
      pods,
      containers: [a.container, b.container, c.container],
      cgroups: [cgroupOf(POD, { "cpu.weight": "1" }), a.cgroup, b.cgroup, c.cgroup],
    });
    expect(only("two-weight-formulas", snapshot)).toEqual([]);
  });

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
        processes: [processOf(5)],
        containers: [containerOf("a", { podKey: "a/a", pids: [5] })],
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

describe("near-pids-limit", () => {
  const at = (used: number) =>
    snapshotOf({
      pods,
      containers,
      cgroups: [cgroupOf(`${POD}/a`, { "pids.max": "64", "pids.current": String(used) })],
    });

  it("warns from nine tenths on", () => {
    expect(only("near-pids-limit", at(57))).toEqual([]);
    expect(only("near-pids-limit", at(60))).toMatchObject([{ severity: "warning", at: { containerId: "a" } }]);
  });
});

describe("pressure", () => {
  const line = (full: number) =>
    `some avg10=90.00 avg60=90.00 avg300=1.00 total=5\nfull avg10=${full} avg60=${full} avg300=1.00 total=5`;
  const at = (memory: number, io: number) =>
    snapshotOf({
      pods,
      containers,
      cgroups: [
        cgroupOf(`${POD}/a`, { "memory.pressure": line(memory), "io.pressure": line(io), "cpu.pressure": line(99) }),
      ],
    });

  it("tells stalls by memory and disk, not cpu", () => {
    expect(findings(at(5, 5))).toEqual([]);
    expect(findings(at(40, 60)).map((one) => one.rule)).toEqual(["io-pressure", "memory-pressure"]);
  });
});

describe("split-hierarchies", () => {
  const at = (cpu: string) =>
    snapshotOf({
      node: { cgroupMode: "hybrid" },
      processes: [processOf(5, { cgroup: { v1: { memory: `${POD}/a`, cpu, devices: "/elsewhere" } } })],
      pods,
      containers: [containerOf("a", { podKey: "containerd/p", cgroupPath: `${POD}/a`, pids: [5] })],
      cgroups: ["memory", "cpu", "devices"].map((hierarchy) => cgroupOf(`${POD}/a`, {}, { hierarchy })),
    });

  it("finds a process that a limit does not reach; devices may differ", () => {
    expect(only("split-hierarchies", at(`${POD}/a`))).toEqual([]);
    expect(only("split-hierarchies", at(`${POD}/a/inner`))).toEqual([]);
    expect(only("split-hierarchies", at("/"))[0]?.evidence[1]).toBe("pid 5: cpu is /");
  });
});

describe("cgroup-rules", () => {
  const at = (controllers: string[], resources: Record<string, unknown>) =>
    snapshotOf({
      pods,
      containers: [
        containerOf("a", {
          podKey: "containerd/p",
          cgroupPath: `${POD}/a`,
          oci: { path: "/c.json", namespaces: [], annotations: {}, resources },
        }),
      ],
      cgroups: [cgroupOf(POD), cgroupOf(`${POD}/a`, {}, { controllers })],
    });

  it("warns only where a limit was asked for in vain", () => {
    expect(only("cgroup-missing-controller", at(["memory"], {}))).toEqual([]);
    expect(only("cgroup-missing-controller", at(["memory"], { memory: { limit: 5 } }))).toEqual([]);
    expect(only("cgroup-missing-controller", at(["pids"], { memory: { limit: 5 } }))[0]).toMatchObject({
      severity: "warning",
      evidence: [expect.any(String), "its OCI config asks for memory limits: /c.json"],
    });
  });

  it("finds an invalid domain and processes beside children of a pod", () => {
    const cgroups = [
      cgroupOf(POD, { "cgroup.type": "domain" }, { pids: [5] }),
      cgroupOf(`${POD}/a`),
      cgroupOf("/t", { "cgroup.type": "domain invalid" }),
      cgroupOf("/system.slice/x", {}, { pids: [7] }),
      cgroupOf("/system.slice/x/y"),
    ];
    const found = findings(snapshotOf({ pods, containers, cgroups })).map((one) => one.rule);
    expect(found).toEqual(["cgroup-inner-processes", "cgroup-invalid"]);
  });
});

describe("frozen", () => {
  it("is told on both versions, once a container", () => {
    const at = (file: string, text: string, hierarchy: string) =>
      only(
        "frozen",
        snapshotOf({
          pods,
          containers,
          cgroups: ["", "/inner"].map((more) => cgroupOf(`${POD}/a${more}`, { [file]: text }, { hierarchy })),
        }),
      ).length;
    expect(at("cgroup.events", "populated 1\nfrozen 1", "v2")).toBe(1);
    expect(at("freezer.state", "FROZEN", "freezer")).toBe(1);
    expect(at("cgroup.events", "populated 1\nfrozen 0", "v2")).toBe(0);
  });
});

describe("qos-mismatch and oom-score-adj", () => {
  const asked = (adjust: number, memory: number): OciConfig => ({
    path: "/config.json",
    namespaces: [],
    annotations: {},
    oomScoreAdj: adjust,
    resources: memory > 0 ? { memory: { limit: memory }, cpu: { shares: 2 } } : { cpu: { shares: 2 } },
  });
  const at = (adjust: number, memory: string, kubelet = true, oci = asked(adjust, Number(memory) || 0)) =>
    snapshotOf({
      node: kubelet ? { kubelet: { pid: 9 } } : {},
      processes: [processOf(5, { oomScoreAdj: adjust })],
      pods: [podOf("containerd/p", { qos: "Burstable", cgroupPath: POD })],
      containers: [containerOf("a", { podKey: "containerd/p", cgroupPath: `${POD}/a`, pid: 5, pids: [5], oci })],
      cgroups: [
        cgroupOf(POD),
        cgroupOf(
          `${POD}/a`,
          { "memory.max": memory, "cpu.max": "max 100000" },
          { controllers: ["cpu", "memory", "pids"] },
        ),
      ],
    });

  it("are silent where path, limits and formula agree", () => {
    expect(findings(at(985, "1000000"))).toEqual([]);
    expect(findings(at(-997, "1000000"))).toEqual([]);
    expect(findings(at(-999, "1000000"))).toEqual([]);
  });

  it("tell what does not fit the class", () => {
    expect(only("oom-score-adj", at(0, "1000000"))[0]?.title).toContain("between 2 and 999");
    expect(only("oom-score-adj", at(0, "1000000", false))).toEqual([]);
    expect(only("qos-mismatch", at(1000, "max"))[0]?.title).toContain("made as BestEffort");
    // Resized since: what holds now is not what the class came from.
    expect(only("qos-mismatch", at(985, "max", true, asked(985, 1_000_000)))).toEqual([]);
  });
});

describe("cgroup-v1", () => {
  it("is told once on v1 and hybrid nodes", () => {
    expect(findings(snapshotOf({ node: { cgroupMode: "v1" } }))).toMatchObject([
      { rule: "cgroup-v1", severity: "info" },
    ]);
  });
});
