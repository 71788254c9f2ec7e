/** Mount tables of a node: raw lines as they come, parsed between two steps of other work. A table may have 100,000 lines. */
import type { RawMount, Reading } from "../../src-shared/reading.ts";
import { noRoom, type Room, Table } from "./bounds.ts";
import { decode, tailOf } from "./codec.ts";
import { parseMount } from "./mount.ts";
import { unescapeField } from "./wire.ts";

interface MountTable {
  mountNamespace: number;
  pid: number;
  /** As they came, until they are parsed. */
  lines: readonly string[];
  mounts: RawMount[];
  count: number;
}

const LINES_PER_STEP = 500;

/**
 * One text for the many that are alike. Each container has a copy of nearly the whole table: with 200 pods and their pins
 * tens of thousands of lines, which differ in their numbers alone, and a part of a line holds all of the line in memory.
 */
class Alike {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, string[]>();

  text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const own = Buffer.from(text, "utf8").toString("utf8");
    this.#texts.set(own, own);
    return own;
  }

  list(list: string[]): string[] {
    const key = `${list.length} ${list.join(" ")}`;
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const own = list.map((text) => this.text(text));
    this.#lists.set(key, own);
    return own;
  }

  of(mount: RawMount): RawMount {
    mount.root = this.text(mount.root);
    mount.mountPoint = this.text(mount.mountPoint);
    mount.fstype = this.text(mount.fstype);
    mount.source = this.text(mount.source);
    mount.propagation = this.list(mount.propagation);
    return mount;
  }
}

export class Mounts {
  private readonly tables: Table<number, MountTable>;
  private readonly room: Room;
  private lines = 0;

  constructor(room: Room) {
    this.room = room;
    this.tables = new Table(room, "M");
  }

  /** Throws RangeError, NoRoomError. */
  set(parts: readonly string[], size: number): void {
    const { mountNamespace, pid } = decode("M", parts);
    const { from, count } = tailOf("M", parts);
    this.delete(mountNamespace);
    const { mounts } = this.room.bounds;
    if (this.lines + count > mounts) noRoom(`more than ${mounts} mounts`);
    this.tables.set(mountNamespace, { mountNamespace, pid, lines: parts.slice(from), mounts: [], count }, size);
    this.lines += count;
  }

  delete(mountNamespace: number): void {
    this.lines -= this.tables.get(mountNamespace)?.count ?? 0;
    this.tables.delete(mountNamespace);
  }

  clear(): void {
    this.tables.clear();
    this.lines = 0;
  }

  /** Parses what is not parsed yet. */
  *compute(): Generator<undefined> {
    let done = 0;
    const alike = new Alike();
    for (const table of this.tables.values()) {
      if (table.lines.length === 0) continue;
      for (const line of table.lines) {
        const mount = parseMount(unescapeField(line));
        if (mount) table.mounts.push(alike.of(mount));
        if (++done % LINES_PER_STEP === 0) yield;
      }
      table.lines = [];
    }
  }

  all(): Reading["mounts"] {
    for (const _ of this.compute());
    return [...this.tables.values()]
      .map(({ mountNamespace, pid, mounts }) => ({ mountNamespace, pid, mounts }))
      .sort((a, b) => a.mountNamespace - b.mountNamespace);
  }
}
