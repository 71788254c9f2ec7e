/**
 * Curves of a few minutes in few bytes: for each group what changed, from reading to reading. Most groups of a node are
 * idle and cost nothing. A block stands alone, so that old ones can go.
 */
import { Bytes, BytesReader } from "./bytes.ts";
import { type GroupName, type GroupNow, METRIC_NAMES } from "./metrics.ts";

/** The first byte of a block's bytes: what else is there is not for us. */
const EDITION = 1;
/** A block of more readings or groups is not one of ours. */
const MOST_TIMES = 10_000;
const MOST_GROUPS = 200_000;

interface Written extends GroupName {
  bytes: Bytes;
  /** As of the last reading; NaN: not known. */
  values: number[];
  /** The reading of the last entry, and that at which it was seen last. */
  at: number;
  seen: number;
  gone: boolean;
}

/** One group of a block: its values, reading by reading. */
export interface GroupBlock extends GroupName {
  bytes: Uint8Array;
}

export interface Block {
  /** Of its readings, milliseconds since the epoch, ascending. */
  times: number[];
  groups: GroupBlock[];
}

/**
 * Takes readings. An entry of a group: how many readings later than the entry before, a bit for each value that changed,
 * and for each by how much (zigzag, one more; 0: it is not known any more). No bit at all: the group is gone.
 */
export class BlockWriter {
  readonly #times: number[] = [];
  readonly #groups = new Map<string, Written>();

  get readings(): number {
    return this.#times.length;
  }

  /** @param atMs later than the reading before */
  add(atMs: number, groups: readonly GroupNow[]): void {
    const at = this.#times.length;
    this.#times.push(Math.round(atMs));
    for (const now of groups) {
      const { path, pod, container } = now;
      let group = this.#groups.get(path);
      // The kernel takes a path again for another container: its curves are its own.
      if (group === undefined) {
        group = { path, pod, container, bytes: new Bytes(), values: UNKNOWN, at: 0, seen: at, gone: true };
        this.#groups.set(path, group);
      }
      if (group.pod !== pod || group.container !== container) Object.assign(group, { pod, container });
      changed(group, now.values, at);
    }
    for (const group of this.#groups.values())
      if (group.seen !== at && !group.gone) {
        group.bytes.number(at - group.at);
        group.bytes.number(0);
        Object.assign(group, { at, gone: true, values: UNKNOWN });
      }
  }

  get block(): Block {
    return {
      times: [...this.#times],
      groups: [...this.#groups.values()].map(({ path, pod, container, bytes }) => ({
        path,
        pod,
        container,
        bytes: bytes.taken,
      })),
    };
  }
}

const UNKNOWN: number[] = METRIC_NAMES.map(() => Number.NaN);

function changed(group: Written, values: readonly number[], at: number): void {
  group.seen = at;
  let bits = 0;
  const next: number[] = [];
  for (let i = 0; i < UNKNOWN.length; i++) {
    const value = sound(values[i]);
    next.push(value);
    if (!Object.is(value, group.values[i])) bits |= 1 << i;
  }
  // A group that came and of which nothing is known is as one that is not there.
  if (bits === 0) return;
  group.bytes.number(at - group.at);
  group.bytes.number(bits);
  for (let i = 0; i < UNKNOWN.length; i++) {
    if ((bits & (1 << i)) === 0) continue;
    const value = next[i] as number;
    if (Number.isNaN(value)) group.bytes.number(0);
    else group.bytes.number(zigzag(value - (group.values[i] || 0)) + 1);
  }
  Object.assign(group, { values: next, at, gone: false });
}

/** What could not be kept exactly is not known: a v1 limit near 2^63 is none. */
const sound = (value: number | undefined): number =>
  value !== undefined && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 51 ? value : Number.NaN;

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** As it stands in a file and goes to a window; `wanted` leaves out groups. */
export function packBlock({ times, groups }: Block, wanted: (group: GroupName) => boolean = () => true): Uint8Array {
  const bytes = new Bytes();
  bytes.number(EDITION);
  bytes.number(times.length);
  let before = 0;
  for (const time of times) {
    bytes.number(zigzag(time - before));
    before = time;
  }
  const chosen = groups.filter(wanted);
  bytes.number(chosen.length);
  for (const { path, pod = "", container = "", bytes: own } of chosen) {
    for (const text of [path, pod, container]) bytes.text(text);
    bytes.bytes(own);
  }
  return bytes.taken;
}

/** Throws RangeError where these are not a block's bytes. */
export function unpackBlock(packed: Uint8Array): Block {
  const bytes = new BytesReader(packed);
  if (bytes.number() !== EDITION) throw new RangeError("curves of another edition");
  const times: number[] = [];
  const readings = bytes.numberUpTo(MOST_TIMES);
  for (let i = 0, time = 0; i < readings; i++) {
    time += unzigzag(bytes.number());
    times.push(time);
  }
  const groups: GroupBlock[] = [];
  for (let left = bytes.numberUpTo(MOST_GROUPS); left > 0; left--) {
    const [path, pod, container] = [bytes.text(), bytes.text(), bytes.text()];
    groups.push({
      path,
      ...(pod === "" ? {} : { pod }),
      ...(container === "" ? {} : { container }),
      bytes: bytes.bytes(),
    });
  }
  return { times, groups };
}

/**
 * A group's values at each of so many readings, a list each in the order of METRIC_NAMES; NaN: not known, or no such
 * group then. Throws RangeError.
 */
export function valuesIn({ bytes: packed }: GroupBlock, readings: number): Float64Array[] {
  const lists = METRIC_NAMES.map(() => new Float64Array(readings).fill(Number.NaN));
  const values = [...UNKNOWN];
  const bytes = new BytesReader(packed);
  let at = 0;
  const upTo = (end: number) => {
    for (let i = 0; i < lists.length; i++) if (!Number.isNaN(values[i])) lists[i]?.fill(values[i] as number, at, end);
    at = end;
  };
  while (!bytes.ended) {
    const next = at + bytes.numberUpTo(readings);
    if (next >= readings) throw new RangeError("curves of a reading that is not there");
    upTo(next);
    const bits = bytes.number();
    if (bits === 0) values.fill(Number.NaN);
    for (let i = 0; bits >= 2 ** i; i++) {
      if (Math.floor(bits / 2 ** i) % 2 === 0) continue;
      const by = bytes.number();
      // A value that a newer Podglass added is passed over.
      if (i < values.length) values[i] = by === 0 ? Number.NaN : (values[i] || 0) + unzigzag(by - 1);
    }
  }
  upTo(readings);
  return lists;
}
