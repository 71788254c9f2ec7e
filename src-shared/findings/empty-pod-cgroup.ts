/** A pod's cgroup with nothing in it and no pod to it. */

import { kubePath } from "../cgroups/qos.ts";
import { baseName, within } from "../cgroups/tree.ts";
import { bytes, inert } from "../format.ts";
import type { Finding } from "../reports.ts";
import { atCgroup, type Rule } from "./view.ts";

const PODMAN_POD = /^(?:machine|user)-libpod_pod_[0-9a-f]{64}\.slice$/;
const POD_FOLDER = /pod[0-9a-f_-]{32,36}(?:\.slice)?$/i;

export const emptyPodCgroup: Rule = (view): Finding[] => {
  // Who is in a group says each process's own cgroup.
  // ... and whose it is says a record.
  if (view.unread.processes || view.unread.cgroups > 0 || view.unread.records) return [];
  const populated = new Set<string>();
  for (const node of view.tree.nodes) {
    if (![...node.rows.values()].some((row) => row.pids.length > 0)) continue;
    for (let at: typeof node | undefined = node; at && !populated.has(at.path); at = at.parent) populated.add(at.path);
  }
  const claimed = [
    ...view.snapshot.pods.flatMap((pod) => (pod.cgroupPath ? [pod.cgroupPath] : [])),
    ...view.snapshot.containers.map((container) => container.cgroupPath),
  ].filter((path) => path !== "" && path !== "/");
  return view.reports.flatMap((report) => {
    const base = baseName(report.path);
    const isPod = PODMAN_POD.test(base) || (kubePath(report.path)?.level === "pod" && POD_FOLDER.test(base));
    if (!isPod || populated.has(report.path) || claimed.some((path) => within(path, report.path))) return [];
    return [
      {
        rule: "empty-pod-cgroup",
        severity: "info",
        title: "An empty pod cgroup was left behind",
        where: `cgroup ${inert(report.path, 300)}`,
        evidence: [
          `no process in it or below it, and no pod on this node names it`,
          ...(report.usage.memoryBytes ? [`it still holds ${bytes(report.usage.memoryBytes)} of memory`] : []),
        ],
        why: "Each cgroup costs the kernel about 150 kB, and what its last processes cached stays charged to it. With the systemd driver nobody removes the slice of a pod that was not the kubelet's.",
        todo: "A kubelet clears such cgroups within minutes; elsewhere: systemctl stop of the slice, or rmdir of the folder, deepest first.",
        link: "https://docs.kernel.org/admin-guide/cgroup-v2.html#organizing-processes-and-threads",
        at: atCgroup(report),
      } satisfies Finding,
    ];
  });
};
