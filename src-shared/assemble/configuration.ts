/**
 * The few settings of the runtimes' configuration files that decide about pause: CRI-O's drop_infra_ctr (crio.conf(5)),
 * containerd's sandboxer and sandbox image. Only `key = value` lines are read, in the order in which CRI-O reads its files.
 */
import type { RuntimeConfiguration, RuntimeName } from "../model.ts";
import { compareText } from "./namespaces.ts";

const WANTED: readonly { file: RegExp; runtime: RuntimeName; keys: readonly string[] }[] = [
  {
    file: /\/crio\/crio\.conf(\.d\/[^/]+)?$/,
    runtime: "cri-o",
    keys: ["drop_infra_ctr", "cgroup_manager", "pause_image", "namespaces_dir", "default_runtime", "infra_ctr_cpuset"],
  },
  {
    file: /\/(containerd\/)?config(-v3)?\.toml$/,
    runtime: "containerd",
    keys: [
      "sandboxer",
      "sandbox_image",
      "sandbox",
      "disable_pause_image_pull",
      "SystemdCgroup",
      "netns_mounts_under_state_dir",
    ],
  },
  { file: /\/containers\.conf(\.d\/[^/]+)?$/, runtime: "podman", keys: ["cgroup_manager", "runtime", "infra_image"] },
];
const LINE = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*(?:#.*)?$/;

/** The last word on each key: main file first, then drop-ins by name. */
export function runtimeConfiguration(
  files: Readonly<Record<string, string>>,
  paths: readonly string[],
): RuntimeConfiguration[] {
  const found = new Map<string, RuntimeConfiguration>();
  const inOrder = [...paths].sort((a, b) => Number(a.includes(".d/")) - Number(b.includes(".d/")) || compareText(a, b));
  for (const path of inOrder) {
    const wanted = WANTED.find((entry) => entry.file.test(path));
    if (!wanted) continue;
    for (const line of files[path]!.split("\n")) {
      const match = LINE.exec(line);
      if (!match || !wanted.keys.includes(match[1]!)) continue;
      const value = match[2]!.replace(/^"(.*)"$/, "$1").slice(0, 256);
      found.set(`${wanted.runtime} ${match[1]}`, { runtime: wanted.runtime, path, key: match[1]!, value });
    }
  }
  return [...found.values()];
}
