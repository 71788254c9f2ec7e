/**
 * From a Snapshot to what the whole-node picture draws: one tile for every pod, for every container that is in no pod,
 * and for every namespace that neither touches. Nothing here has a position yet.
 */
import {
  type CgroupReport,
  type Container,
  type Finding,
  NAMESPACE_TYPES,
  type Namespace,
  type Pod,
  type Process,
  type SandboxState,
  type Severity,
  type Snapshot,
} from "../../../src-shared/model.ts";
import { openFiles } from "../../../src-shared/pods/namespaces.ts";

/** How one row sits in one namespace. */
export const CELL = { unknown: 0, private: 1, shared: 2, host: 3 } as const;

/** The picture leaves out user and time until it becomes a figure: nearly all have the host's. */
export const TILE_TYPES = NAMESPACE_TYPES.slice(0, 6);

export interface TileRow {
  name: string;
  kind: "sandbox" | "app" | "process";
  pid?: number;
  comm?: string;
  /** Processes of this row beyond the first: "pid comm". */
  more: { pid: number; comm: string; rssBytes: number }[];
  /** A CELL for each namespace type. */
  cells: number[];
}

export interface Tile {
  /** As in state/selection.ts: "pod:…", "container:…", "process:…", "ns:…". */
  key: string;
  kind: "pod" | "container" | "process" | "pin";
  name: string;
  group: string;
  /** Beside the pods, not among them: what belongs to no pod, where there are pods. */
  loose: boolean;
  rows: TileRow[];
  sandbox: SandboxState;
  /** Bits by place in NAMESPACE_TYPES: what the sandbox process holds for others, and what a pin holds. */
  held: number;
  pinned: number;
  /** Its own namespaces, for lighting up who else is in them. */
  inodes: number[];
  memory?: { usedBytes: number; limitBytes?: number };
  /** The greatest PSI "some" over the last 10 s, percent. */
  pressure?: number;
  severity?: Severity;
  /** Equal for tiles that look alike but for their name and bar. */
  shape: string;
}

export type Grouping = "namespace" | "runtime";

export interface TileSources {
  snapshot: Snapshot;
  reports: readonly CgroupReport[];
  findings: readonly Finding[];
  grouping: Grouping;
}

const WORSE: Record<Severity, number> = { critical: 3, warning: 2, info: 1 };

export function nodeTiles({ snapshot, reports, findings, grouping }: TileSources): Tile[] {
  const context = contextOf(snapshot);
  const members = containersByPod(snapshot);
  const byPath = new Map(reports.map((report) => [report.path, report]));
  const worst = worstByPod(findings);
  const tiles: Tile[] = [];
  for (const pod of snapshot.pods) {
    const tile = podTile(pod, members.get(pod.key) ?? [], context, grouping);
    tile.severity = worst.get(pod.key);
    tiles.push(measured(tile, pod.cgroupPath, byPath));
  }
  for (const container of snapshot.containers) {
    if (container.podKey !== undefined || container.pid === null) continue;
    const group = grouping === "runtime" ? container.runtime : "containers in no pod";
    const tile = blank(`container:${container.id}`, "container", container.name, group);
    fill(tile, [container], {}, context);
    tiles.push(measured(tile, container.cgroupPath, byPath));
  }
  tiles.push(...elsewhere(snapshot, context));
  return tiles;
}

interface Context {
  processes: Map<number, Process>;
  /** The node's own, by place in NAMESPACE_TYPES. */
  initial: (number | undefined)[];
  /** Namespaces with a pin; null where a type has none, so that most memberships are never looked up. */
  pinned: (Set<number> | null)[];
}

function contextOf(snapshot: Snapshot): Context {
  const processes = new Map<number, Process>();
  for (const process of snapshot.processes) processes.set(process.pid, process);
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
  return { processes, initial, pinned };
}

function containersByPod(snapshot: Snapshot): Map<string, Container[]> {
  const found = new Map<string, Container[]>();
  for (const container of snapshot.containers) {
    if (container.podKey === undefined) continue;
    const list = found.get(container.podKey);
    if (list) list.push(container);
    else found.set(container.podKey, [container]);
  }
  for (const list of found.values())
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

function podTile(pod: Pod, containers: Container[], context: Context, grouping: Grouping): Tile {
  const live = containers.filter((container) => container.pid !== null);
  const group = grouping === "runtime" ? pod.runtime : (pod.namespace ?? `${pod.runtime}, no namespace`);
  const tile = blank(`pod:${pod.key}`, "pod", pod.name, group);
  tile.sandbox = pod.sandbox.state;
  fill(tile, live, pod.namespaces, context);
  NAMESPACE_TYPES.forEach((type, column) => {
    const inode = pod.namespaces[type];
    if (inode === undefined) return;
    show(tile, inode, column, context);
    // A dropped or dead sandbox is drawn where it held: over what the pod still shares.
    if (pod.sandbox.state !== "process") tile.held |= 1 << column;
  });
  const pause = pod.sandbox.state === "process" ? tile.rows.find((row) => row.pid === pod.sandbox.pid) : undefined;
  pause?.cells.forEach((cell, column) => {
    if (cell === CELL.shared) tile.held |= 1 << column;
  });
  tile.shape = shapeOf(tile);
  return tile;
}

const blank = (key: string, kind: Tile["kind"], name: string, group: string): Tile => ({
  key,
  kind,
  name,
  group,
  loose: kind !== "pod",
  rows: [],
  sandbox: "none",
  held: 0,
  pinned: 0,
  inodes: [],
  shape: "",
});

/** A namespace that a tile shows, once. */
function show(tile: Tile, inode: number, column: number, context: Context): void {
  if (context.initial[column] === inode) return;
  if (context.pinned[column]?.has(inode)) tile.pinned |= 1 << column;
  if (!tile.inodes.includes(inode)) tile.inodes.push(inode);
}

/** Rows and cells of a tile: plain loops, since a node may have tens of thousands of memberships. */
function fill(tile: Tile, containers: Container[], shared: Pod["namespaces"], context: Context): void {
  const leaders = containers.map((container) => context.processes.get(container.pid!));
  tile.rows = containers.map((container, row) => ({
    name: container.name,
    kind: container.kind === "sandbox" ? "sandbox" : "app",
    pid: container.pid!,
    comm: leaders[row]?.comm,
    more: container.pids.length < 2 ? [] : others(container, context),
    cells: [],
  }));
  NAMESPACE_TYPES.forEach((type, column) => {
    for (let row = 0; row < leaders.length; row += 1) {
      const inode = leaders[row]?.namespaces[type];
      let cell: number = CELL.unknown;
      if (inode !== undefined) {
        if (context.initial[column] === inode) cell = CELL.host;
        else {
          show(tile, inode, column, context);
          const together =
            shared[type] === inode || leaders.some((other, at) => at !== row && other?.namespaces[type] === inode);
          cell = together ? CELL.shared : CELL.private;
        }
      }
      tile.rows[row]!.cells.push(cell);
    }
  });
  for (const { more } of tile.rows)
    for (const { pid } of more) {
      const namespaces = context.processes.get(pid)?.namespaces ?? {};
      NAMESPACE_TYPES.forEach((type, column) => {
        const inode = namespaces[type];
        if (inode !== undefined) show(tile, inode, column, context);
      });
    }
  tile.shape = shapeOf(tile);
}

function others(container: Container, context: Context): TileRow["more"] {
  const found: TileRow["more"] = [];
  for (const pid of container.pids) {
    const process = pid === container.pid ? undefined : context.processes.get(pid);
    if (process) found.push({ pid, comm: process.comm, rssBytes: process.rssBytes });
  }
  return found;
}

/** Namespaces that no pod and no container touches: one tile a leading process, one a lone pin. */
function elsewhere(snapshot: Snapshot, context: Context): Tile[] {
  const covered = new Set<number>();
  for (const { pid, pids } of snapshot.containers) {
    if (pid !== null) covered.add(pid);
    for (const one of pids) covered.add(one);
  }
  const ofPods = new Set<number>();
  for (const { sandbox, namespaces } of snapshot.pods) {
    if (sandbox.pid !== undefined) covered.add(sandbox.pid);
    for (const inode of Object.values(namespaces)) ofPods.add(inode);
  }
  const tiles = new Map<string, Tile>();
  for (const space of snapshot.namespaces) {
    if (space.initial || space.pids.some((pid) => covered.has(pid)) || ofPods.has(space.inode)) continue;
    const leader = space.pids.length > 0 ? context.processes.get(space.pids[0]!) : undefined;
    if (!leader && space.pins.length === 0 && openFiles(space).length === 0) continue;
    const key = leader ? `process:${leader.pid}:${leader.startTicks}` : `ns:${space.type}:${space.inode}`;
    const tile = tiles.get(key) ?? lone(key, leader, space, context);
    tiles.set(key, tile);
    tile.inodes.push(space.inode);
    if (space.pins.length > 0) tile.pinned |= 1 << NAMESPACE_TYPES.indexOf(space.type);
    tile.shape = shapeOf(tile);
  }
  return [...tiles.values()];
}

function lone(key: string, leader: Process | undefined, space: Namespace, context: Context): Tile {
  const name = leader?.comm ?? space.pins[0]?.path.split("/").pop() ?? `${space.type} ${space.inode}`;
  const tile = blank(key, leader ? "process" : "pin", name, leader ? "processes on their own" : "held by no process");
  const cells = NAMESPACE_TYPES.map((type, column) => {
    if (!leader) return type === space.type ? CELL.private : CELL.unknown;
    const inode = leader.namespaces[type];
    if (inode === undefined) return CELL.unknown;
    return context.initial[column] === inode ? CELL.host : CELL.private;
  });
  tile.rows = [{ name, kind: "process", pid: leader?.pid, comm: leader?.comm, more: [], cells }];
  return tile;
}

function measured(tile: Tile, path: string | undefined, reports: Map<string, CgroupReport>): Tile {
  const report = path === undefined ? undefined : reports.get(path);
  if (!report) return tile;
  const { memoryBytes } = report.usage;
  if (memoryBytes !== undefined)
    tile.memory = { usedBytes: memoryBytes, limitBytes: report.effective.memoryMaxBytes?.value };
  const stalls = Object.values(report.pressure ?? {}).map((psi) => psi.some?.avg10 ?? 0);
  if (stalls.length > 0) tile.pressure = Math.max(...stalls);
  return tile;
}

function shapeOf(tile: Tile): string {
  let shape = `${tile.sandbox}${tile.held}.${tile.pinned}`;
  for (const row of tile.rows) shape += `${row.kind[0]}${row.cells.join("")}`;
  return shape;
}
