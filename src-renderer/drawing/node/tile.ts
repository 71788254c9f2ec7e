/**
 * One tile of the whole-node picture. What a far look needs is told at once; rows and memberships are made when a tile
 * is looked at, since a node may have tens of thousands of them and a screen shows some.
 */
import { worstStall } from "../../../src-shared/cgroups/stall.ts";

import type { Lookup } from "../../../src-shared/lookup.ts";
import {
  type Container,
  NAMESPACE_TYPES,
  type Namespace,
  type NamespaceInodes,
  type NamespaceType,
  type Pod,
  type Process,
  type SandboxState,
} from "../../../src-shared/model.ts";
import type { CgroupReport, Severity } from "../../../src-shared/reports.ts";
import { itemKey } from "../item-key.ts";

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
  /** As in item-key.ts. */
  readonly key: string;
  readonly kind: "pod" | "container" | "process" | "pin";
  readonly name: string;
  readonly group: string;
  /** Beside the pods, not among them: what belongs to no pod, where there are pods. */
  readonly loose: boolean;
  readonly sandbox: SandboxState;
  readonly severity?: Severity;
  readonly rows: TileRow[];
  /** Bits by place in NAMESPACE_TYPES: what the sandbox process holds for others, and what a pin holds. */
  readonly held: number;
  readonly pinned: number;
  /** Its own namespaces, for lighting up who else is in them. */
  readonly inodes: number[];
  readonly memory?: { usedBytes: number; limitBytes?: number };
  /** The greatest PSI "some" over the last 10 s, percent. */
  readonly pressure?: number;
  /** Equal for tiles that look alike but for their name and bar. */
  readonly shape: string;
  /** Rows and shape are made: asking for them takes no time. */
  readonly ready: boolean;
}

/** What all tiles of a snapshot look things up in. */
export interface Context {
  readonly process: Lookup["process"];
  /** The node's own, by place in NAMESPACE_TYPES. */
  initial: (number | undefined)[];
  /** Namespaces with a pin; null where a type has none, so that most memberships are never looked up. */
  pinned: (Set<number> | null)[];
  reports: ReadonlyMap<string, CgroupReport>;
}

interface Inside {
  rows: TileRow[];
  inodes: number[];
}

const NOTHING_READ: Pick<Tile, "memory" | "pressure"> = {};

/** A pod, or a container that is in none. */
export class MemberTile implements Tile {
  readonly key: string;
  readonly kind: "pod" | "container";
  readonly name: string;
  readonly group: string;
  readonly loose: boolean;
  readonly sandbox: SandboxState;
  readonly severity?: Severity;
  private readonly pod: Pod | undefined;
  private readonly containers: readonly Container[];
  private readonly path: string | undefined;
  private readonly context: Context;
  private bits: { held: number; pinned: number } | undefined;
  private inside: Inside | undefined;
  private looks: string | undefined;
  private read: Pick<Tile, "memory" | "pressure"> | undefined;

  constructor(
    of: { pod: Pod } | { container: Container },
    containers: readonly Container[],
    group: string,
    context: Context,
    severity?: Severity,
  ) {
    const pod = "pod" in of ? of.pod : undefined;
    this.key = "pod" in of ? itemKey.pod(of.pod.key) : itemKey.container(of.container.id);
    this.kind = pod ? "pod" : "container";
    this.name = "pod" in of ? of.pod.name : of.container.name;
    this.path = "pod" in of ? of.pod.cgroupPath : of.container.cgroupPath;
    this.sandbox = pod?.sandbox.state ?? "none";
    this.loose = pod === undefined;
    this.group = group;
    this.severity = severity;
    this.pod = pod;
    this.containers = containers;
    this.context = context;
  }

  get held(): number {
    this.bits ??= this.hold();
    return this.bits.held;
  }
  get pinned(): number {
    this.bits ??= this.hold();
    return this.bits.pinned;
  }
  get rows(): TileRow[] {
    this.inside ??= this.fill();
    return this.inside.rows;
  }
  get inodes(): number[] {
    this.inside ??= this.fill();
    return this.inside.inodes;
  }
  get shape(): string {
    this.looks ??= shapeOf(this);
    return this.looks;
  }
  get ready(): boolean {
    return this.looks !== undefined;
  }
  get memory(): Tile["memory"] {
    if (this.read === undefined) this.read = this.reading();
    return this.read.memory;
  }
  get pressure(): number | undefined {
    if (this.read === undefined) this.read = this.reading();
    return this.read.pressure;
  }

  private reading(): Pick<Tile, "memory" | "pressure"> {
    const report = this.path === undefined ? undefined : this.context.reports.get(this.path);
    if (report === undefined) return NOTHING_READ;
    const usedBytes = report.usage.memoryBytes;
    return {
      memory: usedBytes === undefined ? undefined : { usedBytes, limitBytes: report.effective.memoryMaxBytes?.value },
      pressure: worstStall(report.pressure)?.percent,
    };
  }

  private leaders(): (Process | undefined)[] {
    return this.containers.map(({ pid }) => this.context.process(pid!));
  }

  /** What is held from outside its members: by pause, or by pins. Plain loops: from some way off all tiles need it. */
  private hold(): { held: number; pinned: number } {
    const { initial, pinned: pins } = this.context;
    const shared: NamespaceInodes = this.pod?.namespaces ?? {};
    const leaders = this.leaders();
    const pause =
      this.sandbox === "process" ? this.containers.findIndex(({ pid }) => pid === this.pod?.sandbox.pid) : -1;
    let held = 0;
    let pinned = 0;
    for (let column = 0; column < NAMESPACE_TYPES.length; column += 1) {
      const type = NAMESPACE_TYPES[column]!;
      const own = shared[type];
      const inode = leaders[pause]?.namespaces[type];
      // A dropped or dead sandbox is drawn where it held: over what the pod still shares.
      if (this.sandbox !== "process") held |= own === undefined ? 0 : 1 << column;
      else if (
        inode !== undefined &&
        inode !== initial[column] &&
        (inode === own || alike(leaders, type, inode, pause))
      )
        held |= 1 << column;
      const some = pins[column];
      if (some && (this.isPinned(own, column) || this.anyPinned(leaders, type, own, column))) pinned |= 1 << column;
    }
    return { held, pinned };
  }

  private isPinned(inode: number | undefined, column: number): boolean {
    const { initial, pinned } = this.context;
    return inode !== undefined && inode !== initial[column] && pinned[column]?.has(inode) === true;
  }

  private anyPinned(
    leaders: readonly (Process | undefined)[],
    type: NamespaceType,
    own: number | undefined,
    column: number,
  ): boolean {
    for (const leader of leaders) {
      const inode = leader?.namespaces[type];
      if (inode !== own && this.isPinned(inode, column)) return true;
    }
    const { process } = this.context;
    for (const { pids } of this.containers)
      if (pids.length > 1)
        for (const pid of pids) if (this.isPinned(process(pid)?.namespaces[type], column)) return true;
    return false;
  }

  private fill(): Inside {
    const { context } = this;
    const shared: NamespaceInodes = this.pod?.namespaces ?? {};
    const leaders = this.leaders();
    const inodes = new Set<number>();
    const show = (inode: number | undefined, column: number) => {
      if (inode !== undefined && inode !== context.initial[column]) inodes.add(inode);
    };
    const rows = this.containers.map(
      (container, row): TileRow => ({
        name: container.name,
        kind: container.kind === "sandbox" ? "sandbox" : "app",
        pid: container.pid!,
        comm: leaders[row]?.comm,
        more: container.pids.length < 2 ? [] : others(container, context),
        cells: [],
      }),
    );
    NAMESPACE_TYPES.forEach((type, column) => {
      leaders.forEach((leader, row) => {
        const inode = leader?.namespaces[type];
        show(inode, column);
        let cell: number = CELL.unknown;
        if (inode !== undefined && inode === context.initial[column]) cell = CELL.host;
        else if (inode !== undefined) {
          const together =
            shared[type] === inode || leaders.some((other, at) => at !== row && other?.namespaces[type] === inode);
          cell = together ? CELL.shared : CELL.private;
        }
        rows[row]!.cells.push(cell);
      });
      for (const { more } of rows) for (const { pid } of more) show(context.process(pid)?.namespaces[type], column);
      show(shared[type], column);
    });
    return { rows, inodes: [...inodes] };
  }
}

function alike(leaders: readonly (Process | undefined)[], type: NamespaceType, inode: number, but: number): boolean {
  for (let at = 0; at < leaders.length; at += 1) if (at !== but && leaders[at]?.namespaces[type] === inode) return true;
  return false;
}

function others(container: Container, context: Context): TileRow["more"] {
  const found: TileRow["more"] = [];
  for (const pid of container.pids) {
    const process = pid === container.pid ? undefined : context.process(pid);
    if (process) found.push({ pid, comm: process.comm, rssBytes: process.rssBytes });
  }
  return found;
}

/** Namespaces that no pod and no container touches: those that one process leads, or a single one held by a pin or an fd. */
export function loneTile(
  key: string,
  leader: Process | undefined,
  spaces: readonly Namespace[],
  context: Context,
): Tile {
  const [first] = spaces;
  const name = leader?.comm ?? first?.pins[0]?.path.split("/").pop() ?? (first ? `${first.type} ${first.inode}` : key);
  const cells = NAMESPACE_TYPES.map((type, column) => {
    if (!leader) return type === first?.type ? CELL.private : CELL.unknown;
    const inode = leader.namespaces[type];
    if (inode === undefined) return CELL.unknown;
    return context.initial[column] === inode ? CELL.host : CELL.private;
  });
  const pins = spaces.filter((space) => space.pins.length > 0);
  const tile = {
    key,
    kind: leader ? ("process" as const) : ("pin" as const),
    name,
    group: leader ? "processes on their own" : "held by no process",
    loose: true,
    rows: [{ name, kind: "process" as const, pid: leader?.pid, comm: leader?.comm, more: [], cells }],
    sandbox: "none" as const,
    held: 0,
    pinned: pins.reduce((bits, space) => bits | (1 << NAMESPACE_TYPES.indexOf(space.type)), 0),
    inodes: spaces.map(({ inode }) => inode),
  };
  return { ...tile, shape: shapeOf(tile), ready: true };
}

function shapeOf(tile: Pick<Tile, "sandbox" | "held" | "pinned" | "rows">): string {
  let shape = `${tile.sandbox}${tile.held}.${tile.pinned}`;
  for (const row of tile.rows) shape += `${row.kind[0]}${row.cells.join("")}`;
  return shape;
}
