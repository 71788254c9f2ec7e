/**
 * A namespace path in a container's OCI config that no longer leads where the container is. /proc/PID/ns/TYPE follows
 * the pid, and pids are reused: the next container of the pod would join a stranger. A pinned path cannot be reused so.
 */
import { inert } from "../format.ts";
import type { Container, Process } from "../model.ts";
import { checkPaths, type PathCheck } from "../questions/oci-paths.ts";
import type { Finding, Severity } from "../reports.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { placeOf, processLabel, type Rule, type View } from "./view.ts";

export const staleNamespacePath: Rule = (view): Finding[] =>
  view.snapshot.containers.flatMap((container) => {
    // What is in a machine is not in the node's namespaces, and a path that is written anew at each start leads nobody astray.
    const pod = container.podKey === undefined ? undefined : view.find.pod(container.podKey);
    if (pod?.sandbox.kind === "vm" || runtimeOf(container.runtime).writesPathsAnew) return [];
    return checkPaths(view.snapshot, container).flatMap((check) => {
      const stale = check.actual === undefined ? undefined : judge(view, container, check);
      return stale ? [finding(view, container, check, stale)] : [];
    });
  });

interface Stale {
  severity: Severity;
  title: string;
  evidence: string;
}

function judge(view: View, container: Container, { reason, kind, path, leadsTo }: PathCheck): Stale | undefined {
  const shown = inert(path ?? "", 200);
  // The path is right and the container is elsewhere: that is a split pod, and sandbox-disagreement tells it.
  const pod = container.podKey === undefined ? undefined : view.find.pod(container.podKey);
  if (pod?.disagree?.includes(kind) && "owner" in reason && reason.owner?.podKey === pod.key) return undefined;
  switch (reason.code) {
    case "process-gone":
      return {
        severity: "warning",
        title: "A container's namespace path leads to a process that is gone",
        evidence: `there is no process ${reason.pid} now; the kernel may give that pid to anything that starts next`,
      };
    case "stranger":
      return {
        severity: "critical",
        title: "A container's namespace path leads into a foreign namespace, another pod's or the node's",
        evidence: `${processLabel(reason.process)} of ${whose(view, reason)} is in ${kind}:[${leadsTo}]`,
      };
    case "not-of-pod":
      return {
        severity: "warning",
        title: "A container's namespace path leads through a process that is not its pod's",
        evidence: `${processLabel(reason.process)} belongs to ${whose(view, reason)}`,
      };
    case "reused":
      return {
        severity: "warning",
        title: "A container's namespace path leads through a process that is younger than the container",
        evidence: `${processLabel(reason.process)} started at tick ${reason.process.startTicks}, the container at ${view.find.process(container.pid!)!.startTicks}: the pid was reused`,
      };
    case "pin-other":
      return {
        severity: "critical",
        title: "A container's pinned path holds another namespace than the one it is in",
        evidence: `${shown} is ${reason.inodes.map((inode) => `${kind}:[${inode}]`).join(", ")}`,
      };
    case "pin-gone":
      return {
        severity: "warning",
        title: "A container's pinned namespace path is no longer a pin",
        evidence: `nothing is mounted at ${shown}: the next container of the pod cannot join it`,
      };
    default:
      return undefined;
  }
}

const whose = (view: View, { process, owner }: { process: Process; owner?: Container }): string =>
  owner ? placeOf(view, owner) : `cgroup ${inert(process.cgroup.v2 ?? process.cgroup.v1?.memory ?? "unknown", 200)}`;

const finding = (view: View, container: Container, check: PathCheck, stale: Stale): Finding => ({
  rule: "stale-namespace-path",
  severity: stale.severity,
  title: stale.title,
  where: placeOf(view, container),
  evidence: [
    `the OCI config of ${inert(container.name, 80)} asks for ${check.kind} at ${inert(check.path ?? "", 200)}; it is in ${check.kind}:[${check.actual}]`,
    stale.evidence,
  ],
  why: "A runtime that restarts this container, or starts another in this pod, opens that path as it stands then. If the pid was given to somebody else meanwhile, the container joins a stranger's namespace: another pod's network, or the node's own.",
  todo: "Do not start containers in this pod; make the pod anew. Runtimes that pin namespaces (CRI-O's pinns) do not have this hole.",
  link: "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#namespaces",
  at: {
    containerId: container.id,
    ...(container.podKey === undefined ? {} : { podKey: container.podKey }),
    ...(check.actual === undefined ? {} : { namespace: { type: check.kind, inode: check.actual } }),
  },
});
