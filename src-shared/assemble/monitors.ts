/**
 * Shims and conmons: who started a container, and what their own arguments say of it. Arguments can be read by any
 * user, so this is what is left where the runtimes' records cannot be read.
 */
import type { Process, RuntimeName } from "../model.ts";
import type { RuntimeRecord } from "./records/record.ts";

export interface Monitor {
  pid: number;
  kind: "shim" | "conmon";
  runtime: RuntimeName;
  /** conmon: the container's id. shim: the id of what it was started for; CRI starts one shim a pod, for its sandbox. */
  id: string;
  containerdNamespace?: string;
  /** conmon -n */
  name?: string;
}

export function monitorOf(process: Process): Monitor | undefined {
  const { cmdline, comm, pid } = process;
  const argument = (...names: string[]): string | undefined => {
    const at = cmdline.findIndex((word) => names.includes(word));
    return at > 0 ? cmdline[at + 1] : undefined;
  };
  if (comm.startsWith("containerd-shim")) {
    const id = argument("-id", "--id");
    const containerdNamespace = argument("-namespace", "--namespace");
    if (!id) return undefined;
    return {
      pid,
      kind: "shim",
      runtime: containerdNamespace === "moby" ? "docker" : "containerd",
      id,
      containerdNamespace,
    };
  }
  if (comm === "conmon") {
    const id = argument("-c", "--cid");
    if (!id) return undefined;
    const name = argument("-n", "--name");
    const libpod = cmdline.some((word) => word.includes("libpod")) || !name?.startsWith("k8s_");
    return { pid, kind: "conmon", runtime: libpod ? "podman" : "cri-o", id, name };
  }
  return undefined;
}

/** What a monitor's arguments tell of a container that no record names. */
export function recordFromMonitor(id: string, monitor: Monitor): RuntimeRecord {
  const record: RuntimeRecord = { id, runtime: monitor.runtime, kind: "app", path: `/proc/${monitor.pid}/cmdline` };
  if (monitor.kind === "shim") {
    if (monitor.containerdNamespace !== "k8s.io") return record;
    record.pod = { sandboxId: monitor.id };
    if (monitor.id === id) record.kind = "sandbox";
    return record;
  }
  record.name = monitor.name;
  // CRI-O internal/lib/sandbox: k8s_<container>_<pod>_<namespace>_<uid>_<attempt>; POD is the infra container.
  const parts = monitor.name?.split("_") ?? [];
  if (monitor.runtime === "cri-o" && parts.length === 6) {
    record.name = parts[1];
    record.kind = parts[1] === "POD" ? "sandbox" : "app";
    record.pod = { name: parts[2], namespace: parts[3], uid: parts[4] };
  }
  return record;
}
