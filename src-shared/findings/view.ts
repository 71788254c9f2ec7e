/** What the rules look at: a snapshot with the ways through it that several of them need, made once. */
import { cgroupsOf } from "../cgroups/report.ts";
import { type CgroupTree, parentPath } from "../cgroups/tree.ts";
import { inert, shortId } from "../format.ts";
import { isLive, isZombie } from "../liveness.ts";
import { type Lookup, lookup } from "../lookup.ts";
import { type Container, type Pod, type Process, processId, type Snapshot } from "../model.ts";
import type { CgroupReport, Finding } from "../reports.ts";
import { type Unread, unread } from "../unread.ts";

export interface View {
  snapshot: Snapshot;
  tree: CgroupTree;
  reports: CgroupReport[];
  report: Map<string, CgroupReport>;
  find: Lookup;
  /** What could not be read: no rule concludes from its absence. */
  unread: Unread;
  /** The reading before, of the same boot and not younger; absent for the first. */
  before?: { tree: CgroupTree; report: Map<string, CgroupReport>; zombies: Set<string>; elapsedMs: number };
}

/** One thing that may be wrong or surprising. Pure; answers an empty list on a healthy node. */
export type Rule = (view: View) => Finding[];

export const viewOf = (snapshot: Snapshot, previous?: Snapshot): View => {
  const { tree, reports, byPath } = cgroupsOf(snapshot);
  return {
    snapshot,
    tree,
    reports,
    report: byPath,
    find: lookup(snapshot),
    unread: unread(snapshot),
    before: beforeOf(snapshot, previous),
  };
};

const beforeOf = (snapshot: Snapshot, previous: Snapshot | undefined): View["before"] => {
  if (!previous || previous.node.bootId !== snapshot.node.bootId) return undefined;
  const elapsedMs = Date.parse(snapshot.takenAt) - Date.parse(previous.takenAt);
  // The node's clock may count whole seconds: two readings can carry one time.
  if (!(elapsedMs >= 0)) return undefined;
  const { tree, byPath } = cgroupsOf(previous);
  return {
    tree,
    report: byPath,
    zombies: new Set(previous.processes.filter(isZombie).map(processId)),
    elapsedMs,
  };
};

/** "pod shop/web", for a sentence. */
export const podLabel = (pod: Pod | undefined): string => {
  if (!pod) return "no pod";
  const name = inert(pod.name, 100) || inert(pod.key, 100);
  return pod.namespace ? `pod ${inert(pod.namespace, 63)}/${name}` : `pod ${name}`;
};

export const containerLabel = (container: Container): string =>
  `container ${inert(container.name, 80) || shortId(container.id)}`;

export const processLabel = (process: Process): string => `pid ${process.pid} (${inert(process.comm, 32)})`;

/** Where a container is, from the outside in: "pod shop/web, container app". */
export const placeOf = (view: View, container: Container): string => {
  const pod = container.podKey === undefined ? undefined : view.find.pod(container.podKey);
  return pod ? `${podLabel(pod)}, ${containerLabel(container)}` : containerLabel(container);
};

/** Where a cgroup is: by pod and container where it has them, else by path. */
export const placeOfCgroup = (view: View, report: CgroupReport): string => {
  const container = report.containerId === undefined ? undefined : view.find.container(report.containerId);
  if (container) return placeOf(view, container);
  const pod = report.podKey === undefined ? undefined : view.find.pod(report.podKey);
  return pod ? podLabel(pod) : `cgroup ${inert(report.path, 200)}`;
};

/**
 * Whether the cgroup above is the same container's with the same limit: crun writes limits on the scope and in
 * <scope>/container, and one story should be told once, at the outer one.
 */
export const repeatsOuter = (view: View, report: CgroupReport, kind: keyof CgroupReport["limits"]): boolean => {
  const outer = view.report.get(parentPath(report.path) ?? "");
  return (
    report.containerId !== undefined &&
    outer?.containerId === report.containerId &&
    outer.limits[kind] !== undefined &&
    outer.limits[kind] === report.limits[kind]
  );
};

/** The point in the picture that belongs to a cgroup. */
export const atCgroup = (report: CgroupReport): Finding["at"] => ({
  cgroupPath: report.path,
  ...(report.podKey === undefined ? {} : { podKey: report.podKey }),
  ...(report.containerId === undefined ? {} : { containerId: report.containerId }),
});

/** Live processes of a container: no zombies. */
export const livePids = (view: View, container: Container): number[] =>
  container.pids.filter((pid) => isLive(view.find.process(pid)));

/** The first few of a list and how many more there are: evidence stays readable whatever a node has. */
export const truncate = (list: string[], max = 8): string[] =>
  list.length <= max ? list : [...list.slice(0, max), `and ${list.length - max} more`];
