/** What a sandbox process is: one that only waits, a program of its own, or the pod itself. For every runtime alike. */
import type { Process, SandboxKind } from "../model.ts";

/** Programs that do nothing but wait and reap. */
const WAITS: ReadonlySet<string> = new Set(["pause", "podman-pause", "catatonit", "sleep"]);

/**
 * gVisor's sandbox is its kernel (google/gvisor runsc/sandbox), Kata's a hypervisor (kata-containers
 * src/runtime/virtcontainers): ending it ends every container. comm has 15 characters (proc_pid_comm(5)).
 */
const MACHINES = /^(runsc|qemu-|cloud-hyperviso|firecracker|dragonball|stratovirt)/;
const MACHINE_SHIMS = /^containerd-shim-(runsc|kata|gvisor)/;

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** @param monitor the process that started it, where it is seen */
export function sandboxKind(process: Process, monitor: Process | undefined): SandboxKind {
  if (MACHINES.test(process.comm) || MACHINES.test(baseName(process.cmdline[0] ?? ""))) return "vm";
  if (monitor && MACHINE_SHIMS.test(baseName(monitor.cmdline[0] ?? ""))) return "vm";
  return WAITS.has(process.comm) ? "pause" : "init";
}

/** gVisor's file server, one a container: it sits in the container's group, in namespaces of its own that say nothing of it. */
export const isGofer = ({ comm, cmdline }: Process): boolean =>
  comm.startsWith("runsc-gofer") || (cmdline[0] ?? "").startsWith("runsc-gofer");

/** A low-level runtime that is about to become the container's own program (runc libcontainer/init_linux.go, crun). */
export const isBeingMade = ({ comm }: Process): boolean =>
  comm.startsWith("runc:[") || comm === "runc" || comm === "crun";
