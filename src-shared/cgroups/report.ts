/**
 * The cgroup tree as a person asks for it: one entry a path, parents before children, names first; what is set there,
 * what really holds, what is used. Each is concluded when it is asked for: a node has thousands of groups, a screen shows some.
 */

import type { Snapshot } from "../model.ts";
import type { CgroupReport } from "../reports.ts";
import { runSync } from "../sliced.ts";
import { effectiveAt, inheritsMemory, limitsAt, withoutMemory } from "./limits.ts";
import { marksOf } from "./marks.ts";
import { type Named, type Namer, namer } from "./names.ts";
import { type CgroupNode, type CgroupTree, controllersOf, missingIn, treeInSteps, v2File } from "./tree.ts";
import { defined, eventsAt, pressureAt, protectionAt, usageAt, weightAt } from "./usage.ts";

/**
 * All cgroups of a snapshot as plain values, or those of one pod (its own, its containers', its monitors'). Effective
 * limits take in ancestors in both cases. A key that no pod has gives an empty list.
 */
export const cgroupReports = (snapshot: Snapshot, podKey?: string): CgroupReport[] =>
  cgroupsOf(snapshot)
    .reports.filter((one) => podKey === undefined || one.podKey === podKey)
    .map(plain);

interface Cgroups {
  tree: CgroupTree;
  reports: CgroupReport[];
  byPath: Map<string, CgroupReport>;
}

/** Snapshots are values and never change, and several rooms ask about the same one: the work is done once. */
const known = new WeakMap<Snapshot, Cgroups>();

/** Tree and reports of a snapshot, shared by all who ask: not to be changed. Their parts are made when they are read. */
export const cgroupsOf = (snapshot: Snapshot): Cgroups => known.get(snapshot) ?? runSync(cgroupsInSteps(snapshot));

/** The same in steps, for a thread that draws; afterwards cgroupsOf has them. */
export function* cgroupsInSteps(snapshot: Snapshot): Generator<undefined, Cgroups> {
  const tree = yield* treeInSteps(snapshot);
  const source: Source = { tree, snapshot, byPath: new Map() };
  const reports = tree.nodes.map((node) => {
    const report = new Report(node, source);
    source.byPath.set(node.path, report);
    return report;
  });
  const made = { tree, reports, byPath: source.byPath };
  known.set(snapshot, made);
  return made;
}

interface Source {
  tree: CgroupTree;
  snapshot: Pick<Snapshot, "containers" | "pods">;
  byPath: Map<string, Report>;
  namer?: Namer;
}

class Report implements CgroupReport {
  readonly path: string;
  private readonly node: CgroupNode;
  private readonly source: Source;
  private readonly known: Partial<CgroupReport> = {};
  private named: Named | undefined;

  constructor(node: CgroupNode, source: Source) {
    this.path = node.path;
    this.node = node;
    this.source = source;
  }

  private get names(): Named {
    this.source.namer ??= namer(this.source.snapshot);
    this.named ??= this.source.namer(this.path);
    return this.named;
  }
  get name() {
    return this.names.name;
  }
  get podKey() {
    return this.names.podKey;
  }
  get containerId() {
    return this.names.containerId;
  }
  get qos() {
    return this.names.qos;
  }
  get controllers() {
    this.known.controllers ??= controllersOf(this.node);
    return this.known.controllers;
  }
  get limits() {
    this.known.limits ??= limitsAt(this.node);
    return this.known.limits;
  }
  get effective(): CgroupReport["effective"] {
    if (this.known.effective === undefined) {
      const { parent } = this.node;
      const above = parent && this.source.byPath.get(parent.path)?.effective;
      const inherited = above && parent && !inheritsMemory(parent) ? withoutMemory(above) : above;
      this.known.effective = effectiveAt(this.path, this.limits, inherited);
    }
    return this.known.effective;
  }
  get usage() {
    this.known.usage ??= usageAt(this.node);
    return this.known.usage;
  }
  get weight() {
    this.known.weight ??= weightAt(this.node);
    return this.known.weight;
  }
  get events() {
    this.known.events ??= eventsAt(this.node);
    return this.known.events;
  }
  get oomGroup() {
    return v2File(this.node, "memory.oom.group")?.trim() === "1" ? true : undefined;
  }
  get protection() {
    this.known.protection ??= protectionAt(this.node);
    return this.known.protection;
  }
  get pressure() {
    this.known.pressure ??= pressureAt(this.node);
    return this.known.pressure;
  }
  get missingIn() {
    const missing = missingIn(this.source.tree, this.node);
    return missing.length > 0 ? missing : undefined;
  }
  get marks() {
    this.known.marks ??= marksOf(this.source.tree, this.node, this.effective);
    return this.known.marks.length > 0 ? this.known.marks : undefined;
  }
}

/** As a program reads it: every part there, what is unknown absent. */
const plain = (report: CgroupReport): CgroupReport =>
  defined<CgroupReport>({
    path: report.path,
    name: report.name,
    podKey: report.podKey,
    containerId: report.containerId,
    qos: report.qos,
    controllers: report.controllers,
    limits: report.limits,
    effective: report.effective,
    usage: report.usage,
    weight: report.weight,
    events: report.events,
    oomGroup: report.oomGroup,
    protection: report.protection,
    pressure: report.pressure,
    missingIn: report.missingIn,
    marks: report.marks,
  });
