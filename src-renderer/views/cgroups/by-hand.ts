import type { Snapshot } from "../../../src-shared/model.ts";

/** A path as one shell word: it came from a node, and a person will paste it. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Where a hierarchy is mounted; the usual place where the node did not say. */
export function mountOf(snapshot: Snapshot, controller: string): string {
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
    shellWord(`${mountOf(snapshot, controller)}${path === "/" ? "" : path}/${file}`);
  if (path === "/") return v2 ? ["systemd-cgls -l", `cat ${at("memory", "memory.pressure")}`] : ["systemd-cgls -l"];
  return v2
    ? [
        `cat ${at("memory", "memory.current")}`,
        `cat ${at("memory", "memory.max")}`,
        `cat ${at("memory", "memory.pressure")}`,
        `cat ${at("cpu", "cpu.max")}`,
      ]
    : [
        `cat ${at("memory", "memory.usage_in_bytes")}`,
        `cat ${at("memory", "memory.limit_in_bytes")}`,
        `cat ${at("cpu", "cpu.shares")}`,
        `cat ${at("cpu", "cpu.cfs_quota_us")}`,
      ];
}
