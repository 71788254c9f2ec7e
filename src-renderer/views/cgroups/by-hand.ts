import type { Snapshot } from "../../../src-shared/model.ts";
import { shellQuote } from "../../../src-shared/shell-quote.ts";

/** Where a hierarchy is mounted; the usual place where the node did not say. */
function mountOf(snapshot: Snapshot, controller: string): string {
  const v2 = snapshot.node.cgroupMode === "v2";
  const found = snapshot.node.cgroupMounts?.find(({ hierarchy }) =>
    v2 ? hierarchy === "v2" : hierarchy.split(",").includes(controller),
  );
  return found?.mountPoint ?? (v2 ? "/sys/fs/cgroup" : `/sys/fs/cgroup/${controller}`);
}

/** Commands that show on the node what the tree shows of one cgroup. */
export function commandsFor(snapshot: Snapshot, path: string): string[] {
  const v2 = snapshot.node.cgroupMode === "v2";
  const at = (controller: string, file: string) =>
    shellQuote(`${mountOf(snapshot, controller)}${path === "/" ? "" : path}/${file}`);
  // An old kernel, or one with psi=0, has no such file.
  const group = snapshot.cgroups.find((one) => one.path === path && one.hierarchy === "v2");
  const pressure = group?.files["memory.pressure"] === undefined ? [] : [`cat ${at("memory", "memory.pressure")}`];
  if (path === "/") return ["systemd-cgls -l", ...(v2 ? pressure : [])];
  return v2
    ? [
        `cat ${at("memory", "memory.current")}`,
        `cat ${at("memory", "memory.max")}`,
        ...pressure,
        `cat ${at("cpu", "cpu.max")}`,
      ]
    : [
        `cat ${at("memory", "memory.usage_in_bytes")}`,
        `cat ${at("memory", "memory.limit_in_bytes")}`,
        `cat ${at("cpu", "cpu.shares")}`,
        `cat ${at("cpu", "cpu.cfs_quota_us")}`,
      ];
}
