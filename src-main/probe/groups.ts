/** Control groups of a node and what their files say. A group that did not change stays the same object. */
import { RECORDS, type Wire } from "../../src-shared/fields.ts";
import type { RawCgroup } from "../../src-shared/reading.ts";
import { noRoom, type Room, Table } from "./bounds.ts";
import { decode, put, tailOf } from "./codec.ts";
import { compare } from "./node-facts.ts";
import { unescapeField } from "./wire.ts";

interface Group {
  raw: RawCgroup;
  files: number;
  /** The frame in which `raw` was made: within it files are added in place, so that no record costs more than itself. */
  frame: number;
}

export class Groups {
  private readonly groups: Table<string, Group>;
  private files = 0;
  private frame = 0;

  constructor(room: Room) {
    this.groups = new Table(room, "C");
  }

  begin(): void {
    this.frame += 1;
  }

  /** Throws RangeError, NoRoomError. */
  set(parts: readonly string[], size: number): void {
    this.give(decode("C", parts), size);
  }

  /** Throws NoRoomError. */
  give({ group, hierarchy, path }: Wire<"C">, size: number): void {
    this.delete(group);
    this.groups.set(group, { raw: { hierarchy, path, files: {} }, files: 0, frame: this.frame }, size);
  }

  delete(group: string): void {
    this.files -= this.groups.get(group)?.files ?? 0;
    this.groups.delete(group);
  }

  clear(): void {
    this.groups.clear();
    this.files = 0;
  }

  /** Throws RangeError where the group is not known, NoRoomError. */
  add(parts: readonly string[]): void {
    const { group } = decode("f", parts);
    const { from, count } = tailOf("f", parts);
    for (let pair = 0; pair < count; pair++)
      this.file(group, unescapeField(parts[from + 2 * pair]!), unescapeField(parts[from + 2 * pair + 1]!));
  }

  /** Throws RangeError where the group is not known, NoRoomError. */
  file(group: string, name: string, text: string): void {
    const one = this.fresh(group);
    const { files } = one.raw;
    const before = Object.hasOwn(files, name) ? files[name] : undefined;
    if (before === undefined) {
      if (one.files >= RECORDS.f.tail.most) noRoom(`more than ${RECORDS.f.tail.most} files in a group`);
      if (this.files >= RECORDS.f.most) noRoom(`more than ${RECORDS.f.most} files of groups`);
    }
    try {
      this.groups.resize(group, text.length - (before?.length ?? -name.length));
    } catch (error) {
      this.forget(group, one, name);
      throw error;
    }
    put(files, name, text);
    if (before !== undefined) return;
    one.files += 1;
    this.files += 1;
  }

  /** Throws RangeError where the group is not known. */
  remove(group: string, name: string): void {
    this.forget(group, this.fresh(group), name);
  }

  private forget(group: string, one: Group, name: string): void {
    if (!Object.hasOwn(one.raw.files, name)) return;
    this.groups.resize(group, -name.length - one.raw.files[name]!.length);
    delete one.raw.files[name];
    one.files -= 1;
    this.files -= 1;
  }

  private fresh(group: string): Group {
    const one = this.groups.get(group);
    if (!one) throw new RangeError("files without their group");
    if (one.frame === this.frame) return one;
    const files: Record<string, string> = {};
    for (const name in one.raw.files) put(files, name, one.raw.files[name]!);
    one.raw = { ...one.raw, files };
    one.frame = this.frame;
    return one;
  }

  all(): RawCgroup[] {
    const found: RawCgroup[] = [];
    for (const { raw } of this.groups.values()) found.push(raw);
    return found.sort((a, b) => compare(a.hierarchy, b.hierarchy) || compare(a.path, b.path));
  }
}
