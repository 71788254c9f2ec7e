/**
 * From a Snapshot to what the whole-node picture draws: one tile for every pod, for every container that is in no pod,
 * and for every namespace that neither touches. Nothing here has a position yet.
 */

import { openFiles } from "../../../src-shared/assemble/namespaces.ts";
import { lookup } from "../../../src-shared/lookup.ts";
import {
  type Container,
  NAMESPACE_TYPES,
  type Namespace,
  type Process,
  type Snapshot,
} from "../../../src-shared/model.ts";
import type { CgroupReport, Finding, Severity } from "../../../src-shared/reports.ts";
import { runSync } from "../../../src-shared/sliced.ts";
import { itemKey } from "../item-key.ts";
import { type Context, loneTile, MemberTile, type Tile } from "./tile.ts";

export type Grouping = "namespace" | "runtime";

export interface TileSources {
  snapshot: Snapshot;
  /** By path. Empty: bars come later. */
  reports: ReadonlyMap<string, CgroupReport>;
  findings: readonly Finding[];
  grouping: Grouping;
}

/** Items between two steps. */
const PER_STEP = 5000;

const WORSE: Record<Severity, number> = { critical: 3, warning: 2, info: 1 };

/** Pods alone, without what is in them: what a first look at a large node shows, in plain blocks, while the rest is made. */
export function podTiles({ snapshot, findings, grouping }: Omit<TileSources, "reports">): Tile[] {
  const nothing: Context = { process: () => undefined, initial: [], pinned: [], reports: new Map() };
  return podsOf(snapshot, new Map(), worstByPod(findings), grouping, nothing);
}

export const nodeTiles = (sources: TileSources): Tile[] => runSync(tilesInSteps(sources));

export function* tilesInSteps({ snapshot, reports, findings, grouping }: TileSources): Generator<undefined, Tile[]> {
  const context = contextOf(snapshot, reports);
  yield;
  const members = yield* containersByPod(snapshot);
  const tiles = podsOf(snapshot, members, worstByPod(findings), grouping, context);
  yield;
  for (const container of snapshot.containers) {
    if (container.podKey !== undefined || container.pid === null) continue;
    const group = grouping === "runtime" ? container.runtime : "containers in no pod";
    tiles.push(new MemberTile({ container }, [container], group, context));
  }
  const loose = yield* elsewhere(snapshot, context);
  return [...tiles, ...loose];
}

const podsOf = (
  snapshot: Snapshot,
  members: ReadonlyMap<string, Container[]>,
  worst: ReadonlyMap<string, Severity>,
  grouping: Grouping,
  context: Context,
): Tile[] =>
  snapshot.pods.map((pod) => {
    const group = grouping === "runtime" ? pod.runtime : (pod.namespace ?? `${pod.runtime}, no namespace`);
    return new MemberTile({ pod }, members.get(pod.key) ?? [], group, context, worst.get(pod.key));
  });

function contextOf(snapshot: Snapshot, reports: Context["reports"]): Context {
  const initial: Context["initial"] = NAMESPACE_TYPES.map(() => undefined);
  const pinned: Context["pinned"] = NAMESPACE_TYPES.map(() => null);
  for (const space of snapshot.namespaces) {
    if (!space.initial && space.pins.length === 0) continue;
    const column = NAMESPACE_TYPES.indexOf(space.type);
    if (space.initial) initial[column] = space.inode;
    else {
      const set = pinned[column] ?? new Set<number>();
      pinned[column] = set.add(space.inode);
    }
  }
  return {
    process: lookup(snapshot).process,
    initial,
    pinned,
    reports,
  };
}

/** Live ones, the sandbox first. */
function* containersByPod(snapshot: Snapshot): Generator<undefined, Map<string, Container[]>> {
  const found = new Map<string, Container[]>();
  let done = 0;
  for (const container of snapshot.containers) {
    if (++done % PER_STEP === 0) yield;
    if (container.podKey === undefined || container.pid === null) continue;
    const list = found.get(container.podKey);
    if (list) list.push(container);
    else found.set(container.podKey, [container]);
  }
  for (const list of found.values())
    if (list.length > 1)
      list.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
  return found;
}

const rank = (container: Container) => (container.kind === "sandbox" ? 0 : 1);

function worstByPod(findings: readonly Finding[]): Map<string, Severity> {
  const worst = new Map<string, Severity>();
  for (const finding of findings) {
    const key = finding.at?.podKey;
    if (key === undefined) continue;
    const before = worst.get(key);
    if (before === undefined || WORSE[finding.severity] > WORSE[before]) worst.set(key, finding.severity);
  }
  return worst;
}

/** Namespaces that no pod and no container touches: one tile a leading process, one a lone pin. */
function* elsewhere(snapshot: Snapshot, context: Context): Generator<undefined, Tile[]> {
  const covered = new Set<number>();
  let done = 0;
  for (const { pid, pids } of snapshot.containers) {
    if (++done % PER_STEP === 0) yield;
    if (pid !== null) covered.add(pid);
    for (const one of pids) covered.add(one);
  }
  const ofPods = new Set<number>();
  for (const { sandbox, namespaces } of snapshot.pods) {
    if (sandbox.pid !== undefined) covered.add(sandbox.pid);
    for (const type in namespaces) ofPods.add(namespaces[type as Namespace["type"]]!);
  }
  const found = new Map<string, { leader: Process | undefined; spaces: Namespace[] }>();
  for (const space of snapshot.namespaces) {
    if (++done % PER_STEP === 0) yield;
    if (space.initial || ofPods.has(space.inode) || space.pids.some((pid) => covered.has(pid))) continue;
    const leader = space.pids.length > 0 ? context.process(space.pids[0]!) : undefined;
    if (!leader && space.pins.length === 0 && openFiles(space).length === 0) continue;
    const key = leader ? itemKey.process(leader) : itemKey.namespace(space);
    const known = found.get(key);
    if (known) known.spaces.push(space);
    else found.set(key, { leader, spaces: [space] });
  }
  return [...found].map(([key, { leader, spaces }]) => loneTile(key, leader, spaces, context));
}

/**
 * Keys of the tiles that are in one of these namespaces. Straight through the snapshot: asked for when a pointer rests
 * on a tile, which is seldom beside how often an index of all memberships would have to be made.
 */
export function tilesIn(snapshot: Snapshot, tiles: ReadonlyMap<string, Tile>, inodes: readonly number[]): Set<string> {
  const wanted = new Set(inodes);
  const pids = new Set<number>();
  for (const space of snapshot.namespaces) if (wanted.has(space.inode)) for (const pid of space.pids) pids.add(pid);
  const found = new Set<string>();
  for (const { id, podKey, pid, pids: own } of snapshot.containers)
    if ((pid !== null && pids.has(pid)) || own.some((one) => pids.has(one)))
      found.add(podKey === undefined ? itemKey.container(id) : itemKey.pod(podKey));
  for (const { key, namespaces } of snapshot.pods)
    for (const type in namespaces) if (wanted.has(namespaces[type as Namespace["type"]]!)) found.add(itemKey.pod(key));
  for (const tile of tiles.values())
    if ((tile.kind === "process" || tile.kind === "pin") && tile.inodes.some((inode) => wanted.has(inode)))
      found.add(tile.key);
  return found;
}
