/**
 * A namespace path in a container's OCI config that no longer leads where the container is. /proc/PID/ns/TYPE follows
 * the pid, and pids are reused: the next container of the pod would join a stranger. A pinned path cannot be reused so.
 */

import { inert } from "../format.ts";
import { isLive } from "../liveness.ts";
import type { Container, Finding, NamespaceType, Process, Severity } from "../model.ts";
import { ociType } from "../runtimes/oci.ts";
import { placeless } from "../unread.ts";
import { livePids, placeOf, processLabel, type Rule, type View } from "./view.ts";

interface Stale {
  severity: Severity;
  title: string;
  evidence: string[];
}

export const staleNamespacePath: Rule = (view): Finding[] => {
  const pinned = pinsByPath(view);
  return view.snapshot.containers.flatMap((container) => {
    const member = view.process.get(container.pid ?? livePids(view, container)[0] ?? -1);
    if (!isLive(member)) return [];
    return (container.ociNamespaces ?? []).flatMap(({ type, path }) => {
      const kind = ociType(type);
      if (!kind || !path) return [];
      const stale = check(view, container, member, kind, path, pinned);
      return stale ? [finding(view, container, kind, member.namespaces[kind], stale)] : [];
    });
  });
};

/** Inodes by place: "type mountNamespace path". */
type Pinned = Map<string, number[]>;

const pinsByPath = (view: View): Pinned => {
  const found: Pinned = new Map();
  for (const { type, inode, pins } of view.snapshot.namespaces) {
    for (const pin of pins) {
      const place = `${type} ${pin.mountNamespace} ${canonical(pin.path)}`;
      found.set(place, [...(found.get(place) ?? []), inode]);
    }
  }
  return found;
};

const check = (
  view: View,
  container: Container,
  member: Process,
  type: NamespaceType,
  path: string,
  pinned: Pinned,
): Stale | undefined => {
  const wanted = member.namespaces[type];
  if (wanted === undefined) return undefined;
  const asked = `the OCI config of ${inert(container.name, 80)} asks for ${type} at ${inert(path, 200)}; it is in ${type}:[${wanted}]`;
  const pid = /^\/proc\/(\d+)\/(?:task\/\d+\/)?ns\/[a-z_]+$/.exec(path)?.[1];
  return pid === undefined
    ? checkPin(view, container, pinned, type, path, wanted, asked)
    : checkProcess(view, container, member, type, Number(pid), wanted, asked);
};

const checkProcess = (
  view: View,
  container: Container,
  member: Process,
  type: NamespaceType,
  pid: number,
  wanted: number,
  asked: string,
): Stale | undefined => {
  const target = view.process.get(pid);
  if (!isLive(target)) {
    if (!target && view.unread.processes) return undefined;
    return {
      severity: "warning",
      title: "A container's namespace path leads to a process that is gone",
      evidence: [asked, `there is no process ${pid} now; the kernel may give that pid to anything that starts next`],
    };
  }
  const found = target.namespaces[type];
  const owner = view.containerOf.get(pid);
  // Whose it is says its cgroup, and the record that names the pod of that.
  const unknown = owner ? owner.podKey === undefined && view.unread.records : placeless(target) || view.unread.records;
  const stranger = !unknown && (owner?.podKey === undefined || owner.podKey !== container.podKey);
  const whose = owner ? placeOf(view, owner) : `cgroup ${inert(cgroupOf(target), 200)}`;
  // The path is right and the container is elsewhere: that is a split pod, and sandbox-disagreement tells it.
  if (!unknown && !stranger && view.pod.get(container.podKey ?? "")?.disagree?.includes(type)) return undefined;
  if (found !== undefined && found !== wanted) {
    return {
      severity: "critical",
      title: "A container's namespace path leads into a stranger's namespace",
      evidence: [asked, `${processLabel(target)} of ${whose} is in ${type}:[${found}]`],
    };
  }
  // In the same namespace by now: still not the process that was meant, if it is not the pod's or came later.
  if (stranger && container.podKey !== undefined) {
    return {
      severity: "warning",
      title: "A container's namespace path leads through a process that is not its pod's",
      evidence: [asked, `${processLabel(target)} belongs to ${whose}`],
    };
  }
  if (!unknown && target.startTicks > member.startTicks && owner?.id !== container.id) {
    return {
      severity: "warning",
      title: "A container's namespace path leads through a process that is younger than the container",
      evidence: [
        asked,
        `${processLabel(target)} started at tick ${target.startTicks}, the container at ${member.startTicks}: the pid was reused`,
      ],
    };
  }
  return undefined;
};

/** A pin is judged where the container's monitor sees it; where that mount namespace was not read, not at all. */
const checkPin = (
  view: View,
  container: Container,
  pinned: Pinned,
  type: NamespaceType,
  path: string,
  wanted: number,
  asked: string,
): Stale | undefined => {
  if (!path.startsWith("/") || path.startsWith("/proc/") || view.unread.pins) return undefined;
  const monitor = container.monitorPid === undefined ? undefined : view.process.get(container.monitorPid);
  const mountNamespace = monitor?.namespaces.mnt;
  if (mountNamespace === undefined || !view.initial.has(`mnt:${mountNamespace}`)) return undefined;
  const inodes = pinned.get(`${type} ${mountNamespace} ${canonical(path)}`) ?? [];
  if (inodes.includes(wanted)) return undefined;
  if (inodes.length > 0) {
    return {
      severity: "critical",
      title: "A container's pinned path holds another namespace than the one it is in",
      evidence: [asked, ...inodes.map((inode) => `${inert(path, 200)} is ${type}:[${inode}]`)],
    };
  }
  return {
    severity: "warning",
    title: "A container's pinned namespace path is no longer a pin",
    evidence: [asked, `nothing is mounted at ${inert(path, 200)}: the next container of the pod cannot join it`],
  };
};

/** /var/run is a link to /run on every systemd distribution; configs and mountinfo say either. */
const canonical = (path: string): string => path.replace(/^\/var\/run\//, "/run/");

const cgroupOf = (process: Process): string => process.cgroup.v2 ?? process.cgroup.v1?.memory ?? "unknown";

const finding = (
  view: View,
  container: Container,
  type: NamespaceType,
  inode: number | undefined,
  stale: Stale,
): Finding => ({
  rule: "stale-namespace-path",
  severity: stale.severity,
  title: stale.title,
  where: placeOf(view, container),
  evidence: stale.evidence,
  why: "A runtime that restarts this container, or starts another in this pod, opens that path as it stands then. If the pid was given to somebody else meanwhile, the container joins a stranger's namespace: another pod's network, or the node's own.",
  todo: "Do not start containers in this pod; make the pod anew. Runtimes that pin namespaces (CRI-O's pinns) do not have this hole.",
  link: "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#namespaces",
  at: {
    containerId: container.id,
    ...(container.podKey === undefined ? {} : { podKey: container.podKey }),
    ...(inode === undefined ? {} : { namespace: { type, inode } }),
  },
});
