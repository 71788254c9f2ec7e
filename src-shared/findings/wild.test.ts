/** Findings about what nodes look like in the wild, from readings by hand; and that findings do not contradict each other. */
import { describe, expect, it } from "vitest";
import type { Scene } from "../../src-main/testing/scene.ts";
import {
  APP,
  colons,
  crashLoop,
  JOINER,
  MANIFEST,
  machine,
  restored,
  standIn,
  vpnPodman,
  vpnSplit,
} from "../../src-main/testing/situations.ts";
import { assemble } from "../assemble/assemble.ts";
import { readiness } from "../questions/readiness.ts";
import { whatIf } from "../questions/what-if.ts";
import { findings } from "./findings.ts";

const loud = (scene: Scene) => findings(assemble(scene.reading)).filter(({ severity }) => severity !== "info");

describe("groups with colons in their names", () => {
  it("are one finding: the pod's limits do not reach its containers", () => {
    const found = loud(colons());
    expect(found).toMatchObject([{ rule: "outside-pod-cgroup", where: "pod shop/web" }]);
    expect(found[0]!.todo).toContain("SystemdCgroup = true");
  });
});

describe("a pod in a machine (gVisor, Kata)", () => {
  it("has no stale paths, and its sandbox cannot go", () => {
    expect(loud(machine())).toEqual([]);
    const [answer] = readiness(assemble(machine().reading)).pods;
    expect(answer).toMatchObject({ verdict: "no", can: false });
    expect(answer!.reasons[0]).toContain("is the pod itself");
  });
});

describe("a VPN container that was restarted", () => {
  it("Docker: the pod is split, and the one cure is told once", () => {
    expect(assemble(vpnSplit().reading).pods).toMatchObject([
      { name: "vpn", disagree: ["net"], sandbox: { state: "process", kind: "init" } },
    ]);
    expect(loud(vpnSplit())).toMatchObject([
      { rule: "sandbox-disagreement", todo: expect.stringContaining("Restart the containers") },
    ]);
  });

  it("podman: no record makes a pod of it, and the one that was left behind is told", () => {
    expect(loud(vpnPodman())).toMatchObject([
      {
        rule: "left-behind",
        at: { containerId: JOINER },
        // What it says it has seen does not warn of the cure.
        evidence: expect.arrayContaining([expect.stringMatching(/is gone: podman writes the path anew/)]),
        todo: expect.stringContaining("Restart this container"),
      },
    ]);
  });
});

describe("a container that ends again and again", () => {
  it("is told with how it ended", () => {
    const [found] = loud(crashLoop(4, "2026-11-28T09:58:00Z"));
    expect(found).toMatchObject({ rule: "crash-loop", where: "pod web, container app" });
    expect(found!.evidence[1]).toBe("ended 2026-11-28T09:58:00.000Z, signal 9, killed for want of memory");
  });
  it("is not told of one that ended long ago, or seldom", () => {
    expect(loud(crashLoop(4, "2026-11-28T08:00:00Z"))).toEqual([]);
    expect(loud(crashLoop(1, "2026-11-28T09:58:00Z"))).toEqual([]);
  });
});

describe("a stand-in that outlived its pod", () => {
  it("is a leftover, and no guest in the node's namespaces", () => {
    expect(findings(assemble(standIn().reading))).toMatchObject([
      { rule: "stand-in-leftover", title: "A stand-in of ours outlived its pod", where: "pod web" },
    ]);
  });
});

describe("a container whose paths lead astray already", () => {
  it("is not said to come back where it ends", () => {
    const scene = colons();
    // The pause was ended and a stand-in of ours took its place: config.json still names the old pid.
    for (const process of scene.reading.processes) if (process.pid === 500) process.pid = 501;
    scene.file(MANIFEST, restored(501, 1500));
    const snapshot = assemble(scene.reading);
    const { sentence, cannotComeBack } = whatIf(snapshot, { kind: "container", id: APP });
    expect(sentence).toContain("app could not be started again");
    expect(cannotComeBack).toMatchObject([{ id: APP, why: { code: "new-sandbox" } }]);
  });
});
