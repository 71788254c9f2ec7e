import { describe, expect, it } from "vitest";
import type { Pod } from "../model.ts";
import { namespaceOf, podOf, processOf, snapshotOf } from "../testing/snapshot.ts";
import { effectWords } from "./effect.ts";
import { networkAfterPause } from "./network.ts";
import { readiness } from "./readiness.ts";
import { whatIf } from "./what-if.ts";

/** A mode as the runtime's record says it, and whether the network outlives pause: one answer for every question. */
const MODES: readonly [string, Partial<Pod>, "yes" | "no" | "unknown"][] = [
  ["podman/p", { networkMode: "bridge" }, "no"],
  ["podman/p", { networkMode: "rootless" }, "no"],
  ["podman/p", { networkMode: "none" }, "yes"],
  ["podman/p", { networkMode: "ns:/run/netns/mine" }, "yes"],
  ["podman/p", { networkMode: "container" }, "yes"],
  ["podman/p", {}, "unknown"],
  ["docker/d", { networkMode: "default" }, "no"],
  ["docker/d", { networkMode: "none" }, "yes"],
  ["docker/d", { networkMode: "container:0123" }, "yes"],
  ["docker/d", { networkMode: "ns:/run/netns/mine" }, "no"],
  ["docker/d", { networkMode: "mynet", uid: "0e2f9b0a-0000-4000-8000-000000000001" }, "no"],
  ["docker/d", { networkMode: "none", uid: "0e2f9b0a-0000-4000-8000-000000000001" }, "yes"],
  ["docker/d", {}, "unknown"],
  ["containerd/c", { networkMode: "cni" }, "yes"],
  ["cri-o/c", { networkMode: "cni" }, "yes"],
  ["lab/l", {}, "yes"],
];

describe("whether a pod's network outlives pause", () => {
  it.each(MODES)("%s %j: %s, for readiness and what if alike", (key, more, survives) => {
    const pod = podOf(key, {
      ...more,
      namespaces: { net: 7 },
      sandbox: { state: "process", kind: "pause", pid: 10, why: "" },
    });
    const snapshot = snapshotOf({
      pods: [pod],
      processes: [processOf(10, { namespaces: { net: 7 } })],
      namespaces: [namespaceOf("net", 7, { pids: [10], pins: [{ path: "/run/netns/x", mountNamespace: 1 }] })],
    });
    const after = networkAfterPause(pod);
    expect(after.survives).toBe(survives);
    expect(readiness(snapshot).pods[0]!.reasons.includes(after.detail)).toBe(survives !== "yes");
    const lost = whatIf(snapshot, { kind: "sandbox", podKey: key }).dies.filter(({ kind }) => kind === "address");
    expect(lost.map(effectWords)).toEqual(survives === "yes" ? [] : [after.detail]);
  });

  it("is not asked of a pod that shares no network", () => {
    expect(networkAfterPause(podOf("podman/p", { networkMode: "bridge" })).survives).toBe("yes");
  });
});
