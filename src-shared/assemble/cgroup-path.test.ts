import { describe, expect, it } from "vitest";
import { cgroupOwner } from "./cgroup-path.ts";

const ID = "0123456789abcdef".repeat(4);
const POD = "fedcba9876543210".repeat(4);
const UID = "11111111-2222-3333-4444-555555555555";
const FLAT = UID.replaceAll("-", "_");

describe("whose cgroup is it", () => {
  it.each([
    // kubelet, systemd driver, all three classes; kind prefixes every part of the slice
    [
      `/kubepods.slice/kubepods-pod${FLAT}.slice/cri-containerd-${ID}.scope`,
      { runtime: "containerd", podUid: UID, qos: "Guaranteed" },
    ],
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${FLAT}.slice/crio-${ID}.scope/container`,
      { runtime: "cri-o", podUid: UID, qos: "Burstable" },
    ],
    [
      `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod${FLAT}.slice/cri-containerd-${ID}.scope`,
      { runtime: "containerd", podUid: UID, qos: "BestEffort" },
    ],
    // cgroupfs driver; a static pod's uid has no dashes
    [`/kubepods/burstable/pod${UID}/${ID}`, { podUid: UID, qos: "Burstable" }],
    [
      `/kubepods/besteffort/pod${POD.slice(0, 32)}/crio-${ID}`,
      { runtime: "cri-o", podUid: POD.slice(0, 32), qos: "BestEffort", mark: true },
    ],
    [`/system.slice/docker-${ID}.scope`, { runtime: "docker" }],
    [`/docker/${ID}/init.scope`, { runtime: "docker" }],
    [`/machine.slice/libpod-${ID}.scope`, { runtime: "podman" }],
    [`/machine.slice/machine-libpod_pod_${POD}.slice/libpod-${ID}.scope/container`, { runtime: "podman", podId: POD }],
    [
      `/user.slice/user-1000.slice/user@1000.service/user.slice/user-libpod_pod_${POD}.slice/libpod-${ID}.scope`,
      { runtime: "podman", podId: POD },
    ],
    [`/libpod_parent/${POD}/libpod-${ID}`, { runtime: "podman", podId: POD }],
    [`/mine/${POD}/libpod-${ID}`, { runtime: "podman", podId: POD }],
    [`/system.slice/unit.service/libpod-payload-${ID}`, { runtime: "podman" }],
  ])("%s", (path, wanted) => {
    const owner = cgroupOwner(path);
    expect(owner).toMatchObject({ ...wanted, containerId: ID });
    expect(owner.monitor).toBeUndefined();
    expect(path.startsWith(owner.containerPath!)).toBe(true);
    expect(owner.containerPath).toMatch(new RegExp(`${ID}(\\.scope)?$`));
  });

  it.each([
    `/kubepods.slice/crio-conmon-${ID}.scope`,
    `/machine.slice/machine-libpod_pod_${POD}.slice/libpod-conmon-${ID}.scope`,
  ])("a monitor's own group is not the container's: %s", (path) => {
    expect(cgroupOwner(path)).toMatchObject({ monitor: true, containerId: ID });
  });

  it.each([
    "/",
    "",
    "/init.scope",
    "/user.slice",
    `/libpod_parent/${POD}/conmon`,
    `/mine/${POD}/conmon`,
    "/system.slice/docker-abc.scope",
    `/docker/${ID.slice(0, 63)}`,
    `/kubepods/pod${UID}`,
  ])("nobody's: %s", (path) => expect(cgroupOwner(path).containerId).toBeUndefined());
});
