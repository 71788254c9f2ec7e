/**
 * How much of one node is kept, and how much it may say at once. All that a node says is hostile in size too: beyond
 * these bounds what it says is left out and said to be (a gap), or it is not listened to any longer (TooMuchError).
 */
import { RECORDS, type RecordName } from "../../src-shared/fields.ts";

export interface Bounds {
  /** Characters of texts kept of one node. A node of 20,000 processes and 2,000 containers takes some 40 million. */
  kept: number;
  /** Bytes and lines of one frame. */
  frameBytes: number;
  frameLines: number;
  /** Records of one frame that are damaged, and those that are left out, before it is given up. */
  refused: number;
  /** mountinfo lines of all mount namespaces together. */
  mounts: number;
  /** How many times fewer records of each kind are kept than `most` in src-shared/fields.ts says. */
  fewer: number;
}

export const BOUNDS: Bounds = {
  kept: 96 * 1024 * 1024,
  frameBytes: 256 * 1024 * 1024,
  frameLines: 2_000_000,
  refused: 100_000,
  mounts: 300_000,
  fewer: 1,
};

/** The node says more than any has to say: nothing more is read of it. The message is the end of a sentence. */
export class TooMuchError extends Error {
  override name = "TooMuchError";
}

/** A record that does not fit into what is kept of one node. */
export class NoRoomError extends Error {
  override name = "NoRoomError";
}

const known = new Map<string, NoRoomError>();

/** Throws NoRoomError: one object for each reason, since a stack for each of 100,000 records takes seconds. */
export function noRoom(why: string): never {
  const error = known.get(why) ?? new NoRoomError(why);
  known.set(why, error);
  throw error;
}

const beyond = (most: number, name: RecordName): string => `more than ${most} records "${name}"`;

/** What all of one node's records share: how many characters are kept. */
export class Room {
  used = 0;
  bounds = BOUNDS;

  /** Throws NoRoomError where that many more do not fit. */
  take(characters: number): void {
    const { kept } = this.bounds;
    if (this.used + characters > kept) noRoom(`more than ${kept / 1024 / 1024} MiB of text`);
    this.used += characters;
  }
}

const mostOf = (name: RecordName, { bounds }: Room): number => Math.floor(RECORDS[name].most / bounds.fewer);

/** Records of one kind by their key. */
export class Table<K, V> {
  private readonly room: Room;
  private readonly name: RecordName;
  private readonly kept = new Map<K, { value: V; size: number }>();

  constructor(room: Room, name: RecordName) {
    this.room = room;
    this.name = name;
  }

  get size(): number {
    return this.kept.size;
  }

  get(key: K): V | undefined {
    return this.kept.get(key)?.value;
  }

  has(key: K): boolean {
    return this.kept.has(key);
  }

  /** What was there goes in any case: an old value would be shown as if it still held. Throws NoRoomError. */
  set(key: K, value: V, size: number): void {
    const before = this.kept.get(key);
    if (before === undefined) {
      const most = mostOf(this.name, this.room);
      if (this.kept.size >= most) noRoom(beyond(most, this.name));
      this.room.take(size);
      this.kept.set(key, { value, size });
      return;
    }
    this.room.used -= before.size;
    before.size = 0;
    try {
      this.room.take(size);
    } catch (error) {
      this.kept.delete(key);
      throw error;
    }
    before.size = size;
    before.value = value;
  }

  /** The same record, grown or shrunk by so many characters. Throws NoRoomError where it may not grow so far. */
  resize(key: K, by: number): void {
    const one = this.kept.get(key);
    if (one === undefined) return;
    this.room.take(by);
    one.size += by;
  }

  delete(key: K): void {
    this.room.used -= this.kept.get(key)?.size ?? 0;
    this.kept.delete(key);
  }

  clear(): void {
    for (const { size } of this.kept.values()) this.room.used -= size;
    this.kept.clear();
  }

  *entries(): Generator<[K, V]> {
    for (const [key, { value }] of this.kept) yield [key, value];
  }

  *values(): Generator<V> {
    for (const { value } of this.kept.values()) yield value;
  }
}

/** Records of one kind that have no key: a frame tells all of them or none. */
export class List<V> {
  values: V[] = [];
  private readonly room: Room;
  private readonly name: RecordName;
  private size = 0;

  constructor(room: Room, name: RecordName) {
    this.room = room;
    this.name = name;
  }

  /** Throws NoRoomError. */
  add(value: V, size: number): void {
    const most = mostOf(this.name, this.room);
    if (this.values.length >= most) noRoom(beyond(most, this.name));
    this.room.take(size);
    this.size += size;
    this.values.push(value);
  }

  clear(): void {
    this.room.used -= this.size;
    this.size = 0;
    this.values = [];
  }
}
