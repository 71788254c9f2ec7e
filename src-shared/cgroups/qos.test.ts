import { describe, expect, it } from "vitest";
import { type ContainerLimits, kubePath, qosFromLimits } from "./qos.ts";

const UID = "b18a4031-cf65-4581-981b-2a773fcca69c";
const SLICE = UID.replaceAll("-", "_");

describe("the class in a path", () => {
  it.each([
    ["/kubepods", { level: "pods" }],
    ["/kubepods.slice", { level: "pods" }],
    ["/kubepods/burstable", { level: "class", qos: "Burstable" }],
    ["/kubepods.slice/kubepods-besteffort.slice", { level: "class", qos: "BestEffort" }],
    [`/kubepods/pod${UID}`, { level: "pod", qos: "Guaranteed", uid: UID }],
    [`/kubepods/burstable/pod${UID}/abc`, { level: "pod", qos: "Burstable", uid: UID }],
    [`/kubepods.slice/kubepods-pod${SLICE}.slice`, { level: "pod", qos: "Guaranteed", uid: UID }],
    [
      `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod${SLICE}.slice/x.scope`,
      { level: "pod", qos: "BestEffort", uid: UID },
    ],
    [`/kind/kubepods/burstable/pod${UID}`, { level: "pod", qos: "Burstable", uid: UID }],
    [
      "/kubepods/pod0123456789abcdef0123456789abcdef",
      { level: "pod", qos: "Guaranteed", uid: "0123456789abcdef0123456789abcdef" },
    ],
    ["/system.slice/kubelet.service", undefined],
    ["/kubepods/other", undefined],
    ["/machine.slice/machine-libpod_pod_abc.slice", undefined],
    ["/", undefined],
  ])("%s", (path, found) => expect(kubePath(path)).toEqual(found));
});

describe("the class that limits look like", () => {
  const one = (more: Partial<ContainerLimits>): ContainerLimits => ({ name: "a", ...more });
  const whole = { memoryMaxBytes: 5, cpuMaxCores: 0.5, cpuShares: 512, oomScoreAdj: -997 };

  it.each([
    [[], undefined],
    [[one({})], "BestEffort"],
    [[one({ cpuShares: 2, oomScoreAdj: 1000 })], "BestEffort"],
    [[one({ memoryMaxBytes: 5 })], "Burstable"],
    [[one({ cpuShares: 512 })], "Burstable"],
    [[one({ oomScoreAdj: 985 })], "Burstable"],
    [[one(whole)], "Guaranteed"],
    [[one({ ...whole, oomScoreAdj: undefined, cpuShares: undefined })], "Guaranteed"],
    [[one({ ...whole, cpuMaxCores: 0.25, cpuShares: 256 }), one(whole)], "Guaranteed"],
    [[one({ ...whole, cpuShares: 100 })], "Burstable"],
    [[one(whole), one({ memoryMaxBytes: 5 })], "Burstable"],
    [[one({ memoryMaxBytes: 5, oomScoreAdj: -997 })], undefined],
  ])("%j", (containers, qos) => expect(qosFromLimits(containers as ContainerLimits[])).toBe(qos));
});
