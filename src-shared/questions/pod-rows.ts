import { type Stall, worstStall } from "../cgroups/stall.ts";
import { lookup } from "../lookup.ts";
import type { NamespaceType, Pod, SandboxState, Snapshot } from "../model.ts";
import { NAMESPACE_TYPES } from "../model.ts";
import type { CgroupReport, Finding, LimitAt, Severity } from "../reports.ts";
import { type Users, usersOf } from "../walls/users.ts";
import { pauseCost } from "./cost.ts";

/** shared: in the pod. host: the node's where a pod has its own as a rule. usual: the node's, as nearly always. unread: no right to know. split: what the pod should share is not one for all of its members. */
export type Place = "shared" | "host" | "usual" | "private" | "unread" | "split";

export interface PodRow {
  key: string;
  pod: Pod;
  name: string;
  namespace: string;
  runtime: string;
  sandbox: SandboxState;
  qos: string;
  strip: Record<NamespaceType, Place>;
  /** Bytes; absent where the pod has no cgroup that could be read. */
  memory?: number;
  limit?: LimitAt;
  /** The limit is the pod's own, not an ancestor's. */
  limitHere: boolean;
  containers: number;
  /** Whose its users are: `hostUsers` in the field's own words. */
  users: Users;
  worst?: Severity;
  findings: Finding[];
  /** What it waits for most. */
  pressure?: Stall;
  /** What its pause process costs, in bytes of its proportional share; absent where there is none or the node did not tell that. */
  cost?: number;
  /** It has just gone from the node. */
  gone: boolean;
  /** Where pods of several nodes stand in one table: the node's id and label. */
  node?: { id: string; label: string };
}

/** Types which a pod has from the node in the usual case. */
const USUAL: ReadonlySet<NamespaceType> = new Set(["user", "time"]);

function stripOf(pod: Pod, read: (type: NamespaceType) => boolean): PodRow["strip"] {
  const strip = {} as PodRow["strip"];
  for (const type of NAMESPACE_TYPES)
    strip[type] =
      pod.namespaces[type] !== undefined
        ? "shared"
        : pod.host.includes(type)
          ? USUAL.has(type)
            ? "usual"
            : "host"
          : pod.disagree?.includes(type)
            ? "split"
            : read(type) && !pod.unread?.includes(type)
              ? "private"
              : "unread";
  return strip;
}

/** The pod's own cgroup; where a runtime makes none for the pod, its containers' together. */
function memoryOf(
  pod: Pod,
  reports: ReadonlyMap<string, CgroupReport>,
  byContainer: ReadonlyMap<string, CgroupReport>,
): Pick<PodRow, "memory" | "limit" | "limitHere" | "pressure"> {
  const own = pod.cgroupPath === undefined ? undefined : reports.get(pod.cgroupPath);
  if (own?.usage.memoryBytes !== undefined) {
    const limit = own.effective.memoryMaxBytes;
    return {
      memory: own.usage.memoryBytes,
      limit,
      limitHere: limit?.setBy === own.path,
      pressure: worstStall(own.pressure),
    };
  }
  let memory: number | undefined;
  for (const id of [...pod.containers, pod.sandbox.id ?? ""]) {
    const used = byContainer.get(id)?.usage.memoryBytes;
    if (used !== undefined) memory = (memory ?? 0) + used;
  }
  return { memory, limitHere: false };
}

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

export function podRows(
  snapshot: Snapshot,
  reports: ReadonlyMap<string, CgroupReport>,
  findings: ReadonlyMap<string, Finding[]>,
  gone: readonly Pod[] = [],
): PodRow[] {
  const byContainer = new Map<string, CgroupReport>();
  for (const report of reports.values())
    if (report.containerId !== undefined && !byContainer.has(report.containerId))
      byContainer.set(report.containerId, report);
  const find = lookup(snapshot);
  const known = new Set(snapshot.namespaces.map(({ type }) => type));
  // A type that some member shows, or that this kernel does not have at all, was read.
  const readIn = (pod: Pod) => {
    const pids = pod.containers.flatMap((id) => find.container(id)?.pids ?? []);
    if (pod.sandbox.pid !== undefined) pids.push(pod.sandbox.pid);
    const members = pids.flatMap((pid) => find.process(pid) ?? []);
    const hidden = members.length > 0 && members.every(({ namespaces }) => Object.keys(namespaces).length === 0);
    return (type: NamespaceType) =>
      !hidden &&
      (!known.has(type) || members.length === 0 || members.some(({ namespaces }) => namespaces[type] !== undefined));
  };
  const row = (pod: Pod, isGone: boolean): PodRow => {
    const found = findings.get(pod.key) ?? [];
    const worst = found.map(({ severity }) => severity).sort((a, b) => RANK[a] - RANK[b])[0];
    return {
      key: pod.key,
      pod,
      name: pod.name,
      namespace: pod.namespace ?? "",
      runtime: pod.runtime,
      sandbox: pod.sandbox.state,
      qos: pod.qos ?? "",
      strip: stripOf(pod, readIn(pod)),
      ...memoryOf(pod, reports, byContainer),
      containers: pod.containers.length,
      users: usersOf(snapshot, pod),
      worst,
      findings: found,
      cost: isGone ? undefined : costOf(snapshot, pod),
      gone: isGone,
    };
  };
  const here = new Set(snapshot.pods.map(({ key }) => key));
  return [
    ...snapshot.pods.map((pod) => row(pod, false)),
    ...gone.filter(({ key }) => !here.has(key)).map((pod) => row(pod, true)),
  ];
}

function costOf(snapshot: Snapshot, pod: Pod): number | undefined {
  const { pause, pssBytes, pssUnread } = pauseCost(snapshot, pod);
  return pause && pssUnread === 0 ? pssBytes : undefined;
}

const sameRow = (a: PodRow, b: PodRow): boolean =>
  a.pod === b.pod &&
  a.memory === b.memory &&
  a.limit?.value === b.limit?.value &&
  a.limitHere === b.limitHere &&
  a.pressure?.what === b.pressure?.what &&
  a.pressure?.percent === b.pressure?.percent &&
  a.cost === b.cost &&
  a.node?.label === b.node?.label &&
  a.worst === b.worst &&
  a.gone === b.gone &&
  a.users === b.users &&
  a.findings.length === b.findings.length &&
  a.findings[0]?.title === b.findings[0]?.title &&
  NAMESPACE_TYPES.every((type) => a.strip[type] === b.strip[type]);

/** The rows, each as it was where it says the same as before: only the others are drawn again. */
export function keepRows(before: readonly PodRow[], rows: PodRow[]): PodRow[] {
  const known = new Map(before.map((row) => [row.key, row]));
  const kept = rows.map((row) => {
    const was = known.get(row.key);
    return was !== undefined && sameRow(was, row) ? was : row;
  });
  return kept.length === before.length && kept.every((row, i) => row === before[i]) ? (before as PodRow[]) : kept;
}
