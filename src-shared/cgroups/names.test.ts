import { describe, expect, it } from "vitest";
import { containerOf, podOf } from "../testing/snapshot.ts";
import { namer } from "./names.ts";

const [a, b, s] = ["a", "b", "5"].map((digit) => digit.repeat(64)) as [string, string, string];
const slice = "/machine.slice/machine-libpod_pod_x.slice";
const nameOf = namer({
  containers: [
    containerOf(a, { name: "web", podKey: "podman/x", cgroupPath: `${slice}/libpod-${a}.scope` }),
    containerOf(b, {
      name: "infra",
      kind: "sandbox",
      podKey: "podman/x",
      cgroupPath: `${slice}/libpod-${b}.scope/container`,
    }),
    containerOf("lone", { name: "evil\u001b[31m", cgroupPath: "/docker/lone" }),
  ],
  pods: [
    podOf("podman/x", { name: "shop", cgroupPath: slice }),
    podOf("cri-o/y", {
      name: "dropped",
      namespace: "ns",
      sandbox: { id: s, state: "dropped", why: "" },
      cgroupPath: "/kubepods/podq",
    }),
    podOf("docker/1", { cgroupPath: "/common" }),
    podOf("docker/2", { cgroupPath: "/common" }),
  ],
});

describe("names of cgroups", () => {
  it.each([
    ["/", "node", undefined, undefined],
    [slice, "shop", "podman/x", undefined],
    [`${slice}/libpod-${a}.scope`, "web", "podman/x", a],
    [`${slice}/libpod-${a}.scope/container`, "container", "podman/x", a],
    [`${slice}/libpod-${b}.scope`, "infra (sandbox)", "podman/x", b],
    [`${slice}/libpod-${b}.scope/container`, "infra (sandbox)", "podman/x", b],
    [`${slice}/libpod-conmon-${a}.scope`, "conmon of web", "podman/x", undefined],
    [`/kubepods/podq/crio-${s}`, "ns/dropped (dropped sandbox)", "cri-o/y", undefined],
    ["/docker/lone", "evil", undefined, "lone"],
    ["/common", "common", undefined, undefined],
    ["/kubepods.slice", "all pods", undefined, undefined],
    ["/kubepods/besteffort", "BestEffort pods", undefined, undefined],
    [`/docker/${"c".repeat(64)}`, "container cccccccccccc", undefined, undefined],
    ["/system.slice/dev-disk\\x2dby.mount", "dev-disk-by.mount", undefined, undefined],
    ["/system.slice", "system", undefined, undefined],
  ])("%s", (path, name, podKey, containerId) => {
    const found = nameOf(path);
    expect([found.name, found.podKey, found.containerId]).toEqual([name, podKey, containerId]);
  });
});
