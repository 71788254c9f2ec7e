/**
 * From a Snapshot to what the whole-node picture draws: one tile for every pod, for every container that is in no pod,
 * and for every namespace that neither touches. Nothing here has a position yet.
 */
import {
  type CgroupReport,
  type Container,
  type Finding,
  NAMESPACE_TYPES,
  type NamespaceType,
  type Pod,
  type Process,
  type SandboxState,
  type Severity,
  type Snapshot,
} from "../../../src-shared/model.ts";

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
  key: string;
  kind: "pod" | "container" | "process" | "pin";
  name: string;
  group: string;
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

const bit = (type: NamespaceType) => 1 << NAMESPACE_TYPES.indexOf(type);
const WORSE: Record<Severity, number> = { critical: 3, warning: 2, info: 1 };

export function nodeTiles({ snapshot, reports, findings, grouping }: TileSources): Tile[] {
  const processes = new Map(snapshot.processes.map((process) => [process.pid, process]));
  const initial = new Set<number>();
  const pins = new Set<number>();
  for (const space of snapshot.namespaces) {
    if (space.initial) initial.add(space.inode);
    if (space.pins.length > 0) pins.add(space.inode);
  }
  const members = containersByPod(snapshot);
  const seen = new Set<number>();
  const context: Context = { processes, initial, pins, seen };
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
    const row = containerRow(container, context, new Set());
    const group = grouping === "runtime" ? container.runtime : "containers in no pod";
    const tile = plain(`container/${container.id}`, "container", container.name, group, [row], context, [container]);
    tiles.push(measured(tile, container.cgroupPath, byPath));
  }
  tiles.push(...elsewhere(snapshot, context));
  return tiles;
}

interface Context {
  processes: Map<number, Process>;
  initial: Set<number>;
  pins: Set<number>;
  /** Inodes that a tile already shows. */
  seen: Set<number>;
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
  const counts = new Map<number, number>();
  for (const container of live)
    for (const inode of Object.values(context.processes.get(container.pid!)?.namespaces ?? {}))
      counts.set(inode, (counts.get(inode) ?? 0) + 1);
  const shared = new Set(Object.values(pod.namespaces));
  for (const [inode, count] of counts) if (count > 1 && !context.initial.has(inode)) shared.add(inode);
  const rows = live.map((container) => containerRow(container, context, shared));
  const group = grouping === "runtime" ? pod.runtime : (pod.namespace ?? `${pod.runtime}, no namespace`);
  const tile = plain(pod.key, "pod", pod.name, group, rows, context, live);
  tile.sandbox = pod.sandbox.state;
  const pause = pod.sandbox.pid === undefined ? undefined : context.processes.get(pod.sandbox.pid);
  for (const type of NAMESPACE_TYPES) {
    const inode = pod.namespaces[type];
    if (inode !== undefined) {
      context.seen.add(inode);
      tile.inodes.push(inode);
      if (context.pins.has(inode)) tile.pinned |= bit(type);
    }
    const paused = pause?.namespaces[type];
    if (paused !== undefined && shared.has(paused)) tile.held |= bit(type);
    // A dropped or dead sandbox is drawn where it held: over what the pod still shares.
    else if (pod.sandbox.state !== "process" && inode !== undefined) tile.held |= bit(type);
  }
  tile.shape = shapeOf(tile);
  return tile;
}

function plain(
  key: string,
  kind: Tile["kind"],
  name: string,
  group: string,
  rows: TileRow[],
  context: Context,
  containers: Container[],
): Tile {
  const inodes = new Set<number>();
  let pinned = 0;
  for (const container of containers) {
    for (const pid of container.pids) {
      const namespaces = context.processes.get(pid)?.namespaces ?? {};
      for (const type of NAMESPACE_TYPES) {
        const inode = namespaces[type];
        if (inode === undefined || context.initial.has(inode)) continue;
        inodes.add(inode);
        context.seen.add(inode);
        if (context.pins.has(inode)) pinned |= bit(type);
      }
    }
  }
  const tile: Tile = { key, kind, name, group, rows, sandbox: "none", held: 0, pinned, inodes: [...inodes], shape: "" };
  tile.shape = shapeOf(tile);
  return tile;
}

function containerRow(container: Container, context: Context, shared: Set<number>): TileRow {
  const process = context.processes.get(container.pid!);
  const more = container.pids
    .filter((pid) => pid !== container.pid)
    .map((pid) => context.processes.get(pid))
    .filter((found) => found !== undefined)
    .map(({ pid, comm, rssBytes }) => ({ pid, comm, rssBytes }));
  return {
    name: container.name,
    kind: container.kind === "sandbox" ? "sandbox" : "app",
    pid: container.pid!,
    comm: process?.comm,
    more,
    cells: cellsOf(process, context.initial, shared),
  };
}

function cellsOf(process: Process | undefined, initial: Set<number>, shared: Set<number>): number[] {
  return NAMESPACE_TYPES.map((type) => {
    const inode = process?.namespaces[type];
    if (inode === undefined) return CELL.unknown;
    if (initial.has(inode)) return CELL.host;
    return shared.has(inode) ? CELL.shared : CELL.private;
  });
}

/** Namespaces that no pod and no container touches: one tile a leading process, one a lone pin. */
function elsewhere(snapshot: Snapshot, context: Context): Tile[] {
  const tiles = new Map<string, Tile>();
  for (const space of snapshot.namespaces) {
    if (space.initial || context.seen.has(space.inode)) continue;
    const leader = space.pids.length > 0 ? context.processes.get(space.pids[0]!) : undefined;
    if (!leader && space.pins.length === 0 && space.fds.length === 0) continue;
    const key = leader ? `process/${leader.pid}:${leader.startTicks}` : `pin/${space.type}:${space.inode}`;
    let tile = tiles.get(key);
    if (!tile) {
      const cells = leader
        ? cellsOf(leader, context.initial, new Set())
        : NAMESPACE_TYPES.map((type) => (type === space.type ? CELL.private : CELL.unknown));
      const name = leader ? leader.comm : (space.pins[0]?.path.split("/").pop() ?? `${space.type} ${space.inode}`);
      const row: TileRow = leader
        ? { name, kind: "process", pid: leader.pid, comm: leader.comm, more: [], cells }
        : { name, kind: "process", more: [], cells };
      const group = leader ? "processes on their own" : "held by no process";
      tile = {
        key,
        kind: leader ? "process" : "pin",
        name,
        group,
        rows: [row],
        sandbox: "none",
        held: 0,
        pinned: 0,
        inodes: [],
        shape: "",
      };
      tiles.set(key, tile);
    }
    tile.inodes.push(space.inode);
    if (space.pins.length > 0) tile.pinned |= bit(space.type);
    tile.shape = shapeOf(tile);
  }
  return [...tiles.values()];
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

const shapeOf = (tile: Tile): string =>
  `${tile.sandbox[0]}${tile.sandbox[1]}${tile.held}.${tile.pinned}/${tile.rows.map((row) => row.kind[0] + row.cells.join("")).join(",")}`;
