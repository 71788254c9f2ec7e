import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { cgroupReports } from "../../../src-shared/cgroups/report.ts";
import { cgroupOf, containerOf, GiB, MiB, podOf, processOf, snapshotOf } from "../../../src-shared/testing/snapshot.ts";
import { Explained } from "./explained.tsx";

const snapshot = snapshotOf({
  processes: [processOf(10, { namespaces: { cgroup: 900 }, cgroup: { v2: "/kubepods/p/app" } })],
  pods: [podOf("containerd/p", { name: "web", cgroupPath: "/kubepods/p", qos: "Guaranteed" })],
  containers: [
    containerOf("c", { name: "app", podKey: "containerd/p", pid: 10, pids: [10], cgroupPath: "/kubepods/p/app" }),
  ],
  cgroups: [
    cgroupOf("/kubepods", { "memory.max": String(3 * GiB), "memory.current": String(GiB), "cpu.weight": "79" }),
    cgroupOf("/kubepods/p", {
      "memory.max": String(256 * MiB),
      "memory.current": String(200 * MiB),
      "memory.low": String(64 * MiB),
    }),
    cgroupOf(
      "/kubepods/p/app",
      { "cpu.weight": "39", "memory.high": "max", "memory.low": "0", "evil<b>": "x" },
      { pids: [10] },
    ),
  ],
});
const words = (path: string) =>
  renderToStaticMarkup(
    <Explained snapshot={snapshot} report={cgroupReports(snapshot).find((one) => one.path === path)!} />,
  ).replace(/<[^>]+>/g, " ");

describe("a cgroup explained", () => {
  it("says what is left, and what the container cannot see", () => {
    const app = words("/kubepods/p/app");
    expect(app).toContain("56 MiB");
    expect(app).toContain("its own cgroup namespace");
    expect(app).toMatch(/4 GiB\s+holds: 256 MiB\s*, from \/kubepods\/p: out of its sight/);
    expect(app).toContain("cpu.shares 999 to 1024");
    expect(app).toMatch(/cpu, linear\s+976m to 1000m/);
    expect(app).toContain("no counterpart: v1 cannot slow a group down");
  });

  it("says what the node keeps, on the kubelet's own folders only", () => {
    expect(words("/kubepods")).toMatch(/kept from pods\s+1 GiB/);
    expect(words("/kubepods/p")).not.toContain("kept from pods");
    expect(words("/kubepods/p")).toContain("Protected from reclaim");
  });
});
