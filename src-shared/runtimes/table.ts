/** The runtimes, and the questions that go to each of them in turn. */
import type { Process } from "../model.ts";
import { containerd } from "./containerd.ts";
import { crio } from "./crio.ts";
import { docker } from "./docker.ts";
import { lab } from "./lab.ts";
import { lxc } from "./lxc.ts";
import type { RuntimeName } from "./names.ts";
import { podman } from "./podman.ts";
import type { RuntimeRecord } from "./record.ts";
import type { Monitor, Runtime } from "./runtime.ts";

const TABLE: Readonly<Record<RuntimeName, Runtime>> = { "cri-o": crio, containerd, podman, docker, lxc, lab };

export const runtimes: readonly Runtime[] = Object.values(TABLE);
export const runtimeOf = (name: RuntimeName): Runtime => TABLE[name];

export function monitorOf(process: Process): Monitor | undefined {
  for (const runtime of runtimes) {
    const found = runtime.monitor?.(process);
    if (found) return found;
  }
  return undefined;
}

export function recordFromMonitor(id: string, monitor: Monitor): RuntimeRecord {
  const known = runtimeOf(monitor.runtime).recordOf?.(id, monitor);
  return { id, runtime: monitor.runtime, kind: "app", path: `/proc/${monitor.pid}/cmdline`, ...known };
}
