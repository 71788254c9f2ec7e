/**
 * Probe outputs of two cgroup v2 nodes, recorded in virtual machines: bookworm (kernel 6.1, runc 1.1, crun 1.8) and
 * modern (kernel 7.2, containerd 2.1, runc 1.3.6, crun 1.28). Beside each lies what `grep -rH ""` said of its limit
 * files in the same minute. In printed-broken things were broken on purpose: see its test.
 */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { oomOrder, oomScoreOf } from "../../src-shared/cgroups/oom-order.ts";
import { cgroupReports } from "../../src-shared/cgroups/report.ts";
import { formulasFor } from "../../src-shared/cgroups/weights.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import { requestedShares } from "../../src-shared/findings/two-weight-formulas.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { type PRINTED, recordedTexts } from "../testing/recorded.ts";
import { parseProbeText } from "./parse.ts";

type Printed = (typeof PRINTED)[number];
const snapshotOf = async (name: Printed): Promise<Snapshot> =>
  assemble(await parseProbeText(Readable.from([Buffer.from(recordedTexts(name)["probe.txt"]!)])));

/** "./a/b/memory.max:max" to its path, file and value. */
const said = (name: Printed) =>
  recordedTexts(name)
    ["cat.txt"]!.split("\n")
    .flatMap((line) => {
      const match = /^\.(\/.+|)\/([a-z.]+):(.*)$/.exec(line);
      return match ? [{ path: match[1] || "/", file: match[2]!, value: match[3]! }] : [];
    })
    // The login that ran grep is not the one that ran the probe.
    .filter((one) => !one.path.includes("/session-"));

describe.each(["printed-bookworm-v2", "printed-modern-v2"] as const)("%s", (name) => {
  it("has each limit as cat says it", async () => {
    const snapshot = await snapshotOf(name);
    const reports = new Map(cgroupReports(snapshot).map((one) => [one.path, one]));
    const lines = said(name);
    expect(lines.length).toBeGreaterThan(300);
    for (const { path, file, value } of lines) {
      const report = reports.get(path);
      const number = value === "max" ? undefined : Number(value);
      const [quota, period] = value.split(" ").map(Number);
      const limits = report?.limits;
      const shown: Record<string, unknown> = {
        "memory.max": limits?.memoryMaxBytes,
        "memory.high": limits?.memoryHighBytes,
        "memory.swap.max": limits?.swapMaxBytes,
        "pids.max": limits?.pidsMax,
        "cpu.weight": report?.weight?.value,
        "cpu.max": limits?.cpuMaxCores,
      };
      const expected = file === "cpu.max" ? (Number.isNaN(quota) ? undefined : quota! / period!) : number;
      expect({ path, file, shown: shown[file] }).toEqual({ path, file, shown: expected });
    }
  });

  it("names a limit from above for whoever has none of its own", async () => {
    const snapshot = await snapshotOf(name);
    const web = snapshot.pods.find((pod) => pod.name === "web")!;
    const app = cgroupReports(snapshot, web.key).find((one) => one.name === "app")!;
    expect(app.limits.memoryMaxBytes).toBeUndefined();
    expect(app.effective.memoryMaxBytes).toEqual({ value: 268435456, setBy: web.cgroupPath });
    expect(app.effective.cpuMaxCores).toEqual({ value: 1, setBy: web.cgroupPath });
  });

  it("computes the scores that the kernel shows in /proc/PID/oom_score", async () => {
    const snapshot = await snapshotOf(name);
    const { order, sizeBytes } = oomOrder(snapshot);
    const scores = new Map(snapshot.processes.map((one) => [one.pid, one.oomScore]));
    const off = order.filter((one) => Math.abs(oomScoreOf(one.points, sizeBytes) - scores.get(one.pid)!) > 1);
    expect(order.length).toBeGreaterThan(20);
    expect(off).toEqual([]);
  });

  it("has weights by one formula, and that its runtimes' own", async () => {
    const snapshot = await snapshotOf(name);
    const reports = new Map(cgroupReports(snapshot).map((one) => [one.path, one]));
    const pairs = snapshot.containers.flatMap((one) => {
      const shares = requestedShares(one);
      const weight = reports.get(one.cgroupPath)?.weight?.value;
      return shares !== undefined && weight !== undefined && one.runtime === "containerd" ? [{ shares, weight }] : [];
    });
    expect(pairs.some((one) => one.shares === 512)).toBe(true);
    const formula = name === "printed-modern-v2" ? "quadratic" : "linear";
    for (const { shares, weight } of pairs) expect(formulasFor(shares, weight)).toContain(formula);
  });
});

describe("printed-broken", () => {
  it("shows what was broken there", async () => {
    const snapshot = await snapshotOf("printed-broken");
    const found = findings(snapshot);
    const about = (rule: string) => found.filter((one) => one.rule === rule);
    // One weight written as the old formula would have it.
    expect(about("two-weight-formulas")).toHaveLength(1);
    // memory taken out of a pod's subtree_control, under a container that asks for a limit.
    expect(about("cgroup-missing-controller")[0]).toMatchObject({
      severity: "warning",
      where: "pod lab/hostnet, container agent",
    });
    // A child made under a container's processes; a threaded subtree with an invalid sibling.
    expect(about("cgroup-inner-processes")[0]?.at?.podKey).toBeDefined();
    expect(about("cgroup-invalid")[0]?.at?.cgroupPath).toBe("/pgt/x");
    // A hog at 24 MiB and a loop at 0.05 cores.
    expect(about("throttled")).toHaveLength(1);
    expect(about("near-memory-limit")).toHaveLength(1);
    expect(about("near-memory-limit")[0]!.evidence.join("\n")).toContain("kernel log: ");
    expect(snapshot.oomKills).toMatchObject([{ comm: "tail", at: expect.stringMatching(/^2026-/) }]);
    const kill = snapshot.oomKills![0]!;
    expect(snapshot.cgroups.map((one) => one.path)).toContain(kill.limitCgroup);
    expect(kill.cgroup).toBe(`${kill.limitCgroup}/container`);
  });
});

describe("printed-kubelet", () => {
  it("holds oom_score_adj against the formula where a process named kubelet runs, and nowhere else", async () => {
    const rule = (snapshot: Snapshot) => findings(snapshot).filter((one) => one.rule === "oom-score-adj");
    const snapshot = await snapshotOf("printed-kubelet");
    expect(snapshot.node.kubelet?.pid).toBeGreaterThan(0);
    expect(rule(snapshot).map((one) => [one.severity, one.where])).toEqual([
      ["info", "pod lab/hostnet, container agent"],
      ["info", "pod lab/shared, container orphans"],
      ["info", "pod lab/shared, container zombies"],
    ]);
    expect(rule(await snapshotOf("printed-modern-v2"))).toEqual([]);
  });
});
