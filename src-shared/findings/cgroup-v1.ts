/** A node that still counts with cgroup v1. */
import { inert } from "../format.ts";
import type { Finding } from "../reports.ts";
import type { Rule } from "./view.ts";

export const cgroupV1: Rule = ({ snapshot }): Finding[] =>
  snapshot.node.cgroupMode === "v2"
    ? []
    : [
        {
          rule: "cgroup-v1",
          severity: "info",
          title: `This node uses cgroup ${snapshot.node.cgroupMode === "hybrid" ? "v1 (hybrid)" : "v1"}`,
          where: `node ${inert(snapshot.node.hostname, 64)}`,
          evidence: (snapshot.node.cgroupMounts ?? [])
            .filter((mount) => mount.hierarchy !== "v2")
            .map((mount) => `${inert(mount.hierarchy, 80)} at ${inert(mount.mountPoint, 200)}`)
            .slice(0, 16),
          why: "Kubelets from v1.35 refuse to start on cgroup v1 unless told otherwise, systemd 258 has no support for it, crun is about to drop it. memory.high, protection, oom.group and pressure per pod are v2's alone.",
          todo: "Boot with systemd.unified_cgroup_hierarchy=1 (and without cgroup_no_v1) where the distribution allows; newer ones do by themselves.",
          link: "https://kubernetes.io/docs/concepts/architecture/cgroups/",
          at: { cgroupPath: "/" },
        },
      ];
