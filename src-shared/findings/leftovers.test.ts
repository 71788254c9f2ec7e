import { describe, expect, it } from "vitest";
import { namespaceOf, podOf, snapshotOf } from "../testing/snapshot.ts";
import { findings } from "./findings.ts";

const only = (rule: string, more: Parameters<typeof snapshotOf>[0]) =>
  findings(snapshotOf(more)).filter((one) => one.rule === rule);
const group = (path: string, pids: number[] = []) => ({ hierarchy: "v2", path, pids, files: {} });

describe("what Podglass left behind", () => {
  it("finds a lab pod that was left half made, and no pod that is whole", () => {
    const cgroups = [group("/podglass-lab/web"), group("/podglass-lab/web/c1", [7])];
    expect(only("lab-leftover", { cgroups })).toMatchObject([
      { where: "cgroup /podglass-lab/web", severity: "warning" },
    ]);
    expect(only("lab-leftover", { cgroups })[0]!.evidence).toContain("processes in it: 7");
    expect(only("lab-leftover", { cgroups, pods: [podOf("lab/web")] })).toEqual([]);
  });

  it("finds a stand-in that is nobody's sandbox", () => {
    const cgroups = [group("/kubepods/pod1/podglass-pause", [9])];
    expect(only("stand-in-leftover", { cgroups })).toMatchObject([{ at: { pid: 9 } }]);
    const pods = [podOf("containerd/a", { sandbox: { state: "process", pid: 9, why: "" } })];
    expect(only("stand-in-leftover", { cgroups, pods })).toEqual([]);
  });

  it("finds a copy of an unmounted pin, and none while the pin is there", () => {
    const path = "/run/podglass/pins/00112233aabbccdd/net";
    const mounts = [namespaceOf("mnt", 1, { initial: true, pids: [1] }), namespaceOf("mnt", 5, { pids: [50] })];
    const copy = namespaceOf("net", 900, { pins: [{ path, mountNamespace: 5 }] });
    const [found] = only("pin-copy", { namespaces: [...mounts, copy] });
    expect(found).toMatchObject({ where: "net:[900]", todo: expect.stringContaining("nsenter -t 50 -m umount") });
    const both = namespaceOf("net", 900, {
      pins: [
        { path, mountNamespace: 1 },
        { path, mountNamespace: 5 },
      ],
    });
    expect(only("pin-copy", { namespaces: [...mounts, both] })).toEqual([]);
  });
});
