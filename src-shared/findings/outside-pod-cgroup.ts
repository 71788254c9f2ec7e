/**
 * A pod whose own group does not hold its containers: its limits and its weight do not reach them. So it is where a kubelet
 * uses systemd's slices and runc was not told to (containerd's SystemdCgroup = false, its default), and with --cgroups=split.
 */
import { within } from "../cgroups/tree.ts";
import { inert } from "../format.ts";
import type { Finding } from "../reports.ts";
import { containerLabel, livePids, podLabel, type Rule, truncate } from "./view.ts";

export const outsidePodCgroup: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) => {
    const home = pod.cgroupPath;
    if (home === undefined || home === "/") return [];
    const outside = view.find
      .containersOf(pod.key)
      .filter((one) => livePids(view, one).length > 0 && one.cgroupPath !== "" && !within(one.cgroupPath, home));
    if (outside.length === 0) return [];
    const colons = outside.some(({ cgroupPath }) => /\.slice:[a-z-]+:[0-9a-f]{64}/.test(cgroupPath));
    return [
      {
        rule: "outside-pod-cgroup",
        severity: "warning",
        title: "The pod's cgroup does not hold its containers",
        where: podLabel(pod),
        evidence: [
          `the pod's group is ${inert(home, 300)}`,
          ...truncate(outside.map((one) => `${containerLabel(one)} is in ${inert(one.cgroupPath, 400)}`)),
        ],
        why: "Limits and weights count along the path from the root. What is set for the pod (its memory limit, its share of the processor, its place among the QoS classes) does not reach containers that are elsewhere.",
        todo: colons
          ? "Let the runtime use systemd's cgroup driver as the kubelet does (containerd: SystemdCgroup = true for the runc runtime), and make the pod anew."
          : "Make the containers below the pod's group (podman: not --cgroups=split), or set limits on the containers themselves.",
        link: "https://kubernetes.io/docs/setup/production-environment/container-runtimes/#cgroup-drivers",
        at: { podKey: pod.key, cgroupPath: home },
      } satisfies Finding,
    ];
  });
