/**
 * What curves are drawn of: a few numbers of each cgroup at each reading. A level is what it says; a counter only grows
 * while its cgroup lives, and a curve shows how fast.
 */
import { cgroupsOf } from "../cgroups/report.ts";
import type { Container, Pod, Snapshot } from "../model.ts";
import type { CgroupReport } from "../reports.ts";

interface Metric {
  kind: "level" | "counter";
  /** undefined: not known. Whole numbers: bytes, microseconds, processes, kills, thousandths of a core. */
  of(report: CgroupReport): number | undefined;
}

const thousandths = (value: number | undefined) => (value === undefined ? undefined : Math.round(value * 1000));

/** Their order is that of a block in a file: new ones come last. */
export const METRICS = {
  memory: { kind: "level", of: ({ usage }) => usage.memoryBytes },
  /** memory.high: from here on it is slowed. The one that holds. */
  memoryHigh: { kind: "level", of: ({ effective }) => effective.memoryHighBytes?.value },
  /** What is set at the group itself, and what really holds there. */
  memoryMax: { kind: "level", of: ({ limits }) => limits.memoryMaxBytes },
  memoryHolds: { kind: "level", of: ({ effective }) => effective.memoryMaxBytes?.value },
  workingSet: { kind: "level", of: ({ usage }) => usage.workingSetBytes },
  cpuUsec: { kind: "counter", of: ({ usage }) => usage.cpuUsec },
  /** The quota that holds, in thousandths of a core. */
  cpuMax: { kind: "level", of: ({ effective }) => thousandths(effective.cpuMaxCores?.value) },
  throttledUsec: { kind: "counter", of: ({ events }) => events?.throttledUsec },
  pids: { kind: "level", of: ({ usage }) => usage.pids },
  pidsMax: { kind: "level", of: ({ effective }) => effective.pidsMax?.value },
  /** PSI, time in which some or all waited (Documentation/accounting/psi.rst). */
  cpuSome: { kind: "counter", of: ({ pressure }) => pressure?.cpu?.some?.totalUsec },
  cpuFull: { kind: "counter", of: ({ pressure }) => pressure?.cpu?.full?.totalUsec },
  memorySome: { kind: "counter", of: ({ pressure }) => pressure?.memory?.some?.totalUsec },
  memoryFull: { kind: "counter", of: ({ pressure }) => pressure?.memory?.full?.totalUsec },
  ioSome: { kind: "counter", of: ({ pressure }) => pressure?.io?.some?.totalUsec },
  ioFull: { kind: "counter", of: ({ pressure }) => pressure?.io?.full?.totalUsec },
  oomKills: { kind: "counter", of: ({ events }) => events?.oomKill },
  /** Of containers and pods; nothing counts them for a group: see groupsAt. */
  restarts: { kind: "counter", of: () => undefined },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

/** Whose curves: a path, and of which pod and container it was the group. */
export interface GroupName {
  path: string;
  pod?: string;
  /** By its name: a restarted container is another group of the same name. */
  container?: string;
}

export interface GroupNow extends GroupName {
  /** In the order of METRIC_NAMES; NaN: not known. */
  values: number[];
}

/** The group of a whole node: no path in cgroupfs is empty. */
export const NODE_GROUP = "";

/** What each group of a snapshot is at, and the node as a whole. */
export function groupsAt(snapshot: Snapshot): GroupNow[] {
  const { reports, byPath } = cgroupsOf(snapshot);
  const containers = new Map(snapshot.containers.map((one) => [one.cgroupPath, one]));
  const pods = new Map(snapshot.pods.flatMap((one) => (one.cgroupPath ? [[one.cgroupPath, one] as const] : [])));
  const byId = new Map(snapshot.containers.map((one) => [one.id, one]));
  const groups = reports.map((report): GroupNow => {
    const container = containers.get(report.path);
    const pod = pods.get(report.path);
    return {
      path: report.path,
      ...(report.podKey === undefined ? {} : { pod: report.podKey }),
      ...(container === undefined ? {} : { container: container.name || container.id }),
      values: valuesOf(report, pod ? restartsOf(pod, byId) : container?.restartCount),
    };
  });
  return [{ path: NODE_GROUP, values: nodeValues(snapshot, byPath.get("/")) }, ...groups];
}

const valuesOf = (report: CgroupReport, restarts?: number): number[] =>
  METRIC_NAMES.map((name) => (name === "restarts" ? restarts : METRICS[name].of(report)) ?? Number.NaN);

/** NaN-free only where each container of the pod says how often it was restarted. */
function restartsOf(pod: Pod, byId: ReadonlyMap<string, Container>): number | undefined {
  const each = pod.containers.map((id) => byId.get(id)?.restartCount);
  return each.length > 0 && each.every((one) => one !== undefined)
    ? (each as number[]).reduce((sum, one) => sum + one, 0)
    : undefined;
}

/** The root of a hierarchy has no limits and, on v2, no memory: the node's own figures stand there. */
function nodeValues({ node, processes }: Snapshot, root: CgroupReport | undefined): number[] {
  const memory = node.availableBytes === undefined ? undefined : node.memoryBytes - node.availableBytes;
  const own: Partial<Record<MetricName, number>> = {
    memory,
    memoryHolds: node.memoryBytes,
    cpuMax: node.cpus * 1000,
    pids: processes.length,
  };
  const ofRoot = (name: MetricName) => (root === undefined ? undefined : METRICS[name].of(root));
  return METRIC_NAMES.map((name) => own[name] ?? ofRoot(name) ?? Number.NaN);
}
