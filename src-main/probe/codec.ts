/** Between a record's fields as they stand on the wire and their values, by the table of src-shared/fields.ts. */
import {
  type Field,
  LINK_ORDER,
  RECORDS,
  type RecordName,
  type Values,
  type Wire,
  type WireRecord,
} from "../../src-shared/fields.ts";
import { NAMESPACE_TYPES, type NamespaceType } from "../../src-shared/model.ts";
import { noRoom } from "./bounds.ts";
import { escapeField, unescapeField } from "./wire.ts";

const isType = (text: string): text is NamespaceType => NAMESPACE_TYPES.includes(text as NamespaceType);

const refuse = (what: string): never => {
  throw new RangeError(what);
};

/** By hand: a node of 20,000 processes has half a million numbers, and a pattern for each takes three times as long. */
function whole(text: string): number {
  const { length } = text;
  if (length === 0 || length > 16) return refuse("not a whole number");
  let value = 0;
  for (let at = 0; at < length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return refuse("not a whole number");
    value = value * 10 + digit;
  }
  // Sixteen digits may be beyond what sums are exact for.
  return length < 16 ? value : Number(text);
}

/** Arguments, a NUL behind each. */
export const argsOf = (joined: string): string[] => (joined === "" ? [] : joined.replace(/\0$/, "").split("\0"));

/** Lines of a /proc/PID/cgroup. */
export function groupsOf(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const first = line.indexOf(":");
    const second = line.indexOf(":", first + 1);
    if (second > 0) put(out, line.slice(first + 1, second), line.slice(second + 1));
  }
  return out;
}

/** Each throws RangeError where no probe would write that. */
export const parsed: { [A in keyof Values]: (text: string) => Values[A] } = {
  whole,
  signed: (text) => (/^-?\d{1,16}$/.test(text) ? Number(text) : refuse("not a number")),
  seconds: (text) => (/^\d{1,16}(\.\d{1,9})?$/.test(text) ? Number(text) : refuse("not a time")),
  kB: (text) => whole(text) * 1024,
  word: (text) => unescapeField(text),
  text: (text) => unescapeField(text),
  args: (text) => argsOf(unescapeField(text)),
  pids: (text) => text.split(",").map(whole),
  links(text) {
    const out: Values["links"] = {};
    for (const [at, inode] of text.split(",", LINK_ORDER.length).entries()) {
      const link = LINK_ORDER[at];
      if (link && inode !== "") out[link] = whole(inode);
    }
    return out;
  },
  groups: (text) => groupsOf(unescapeField(text)),
  type: (text) => (isType(text) ? text : refuse("not a type of namespace")),
  flag: (text) => (text === "0" || text === "1" ? text === "1" : refuse("neither 0 nor 1")),
  hex: (text) => (/^[0-9a-f]{1,32}$/.test(text) ? text : refuse("not hexadecimal")),
  seccomp(text) {
    const mode = whole(text);
    return mode === 0 || mode === 1 || mode === 2 ? mode : refuse("not a seccomp mode");
  },
};

const number = (value: number): string => String(value);
const WRITE: { [A in keyof Values]: (value: Values[A]) => string } = {
  whole: number,
  signed: number,
  seconds: number,
  kB: (bytes) => String(Math.round(bytes / 1024)),
  word: escapeField,
  text: escapeField,
  args: (args) => escapeField(args.map((arg) => `${arg}\0`).join("")),
  pids: (pids) => pids.join(","),
  links: (links) => LINK_ORDER.map((link) => links[link] ?? "").join(","),
  groups: (groups) =>
    escapeField(
      Object.entries(groups)
        .map(([name, path], at) => `${at}:${name}:${path}`)
        .join("\n"),
    ),
  type: (type) => type,
  flag: (flag) => (flag ? "1" : "0"),
  hex: (hex) => hex,
  seccomp: number,
};

/** What is worked out of the table once, not for each record. */
const columns = <T>(of: (fields: readonly Field[]) => T): Record<RecordName, T> =>
  Object.fromEntries(Object.entries(RECORDS).map(([name, { fields }]) => [name, of(fields)])) as Record<RecordName, T>;
const typeAt = columns((fields) => fields.findIndex((field) => field.as === "type"));
const readers = columns((fields) => fields.map(({ name, as, or, since }) => ({ name, read: parsed[as], or, since })));

/** Of a type of namespace that is newer than this Podglass: such a record is passed over. */
export function ofUnknownType(name: RecordName, parts: readonly string[]): boolean {
  const at = typeAt[name];
  return at >= 0 && /^[a-z_]+$/.test(parts[at + 1] ?? "") && !isType(parts[at + 1]!);
}

/** What a record of that name says. Throws RangeError where a field is not what a probe writes, or is missing. */
export function decode<K extends RecordName>(name: K, parts: readonly string[]): Wire<K> {
  const out: Record<string, unknown> = {};
  const fields = readers[name];
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at]!;
    const text = parts[at + 1];
    if (text === undefined) {
      if (field.since === undefined) throw new RangeError(`${name} without ${field.name}`);
      continue;
    }
    if (text !== "-" || field.or === undefined) out[field.name] = field.read(text);
    else if (field.or === "null") out[field.name] = null;
  }
  return out as Wire<K>;
}

/** The fields of a record, without its name. */
export function encode<K extends RecordName>(name: K, value: Wire<K>): string[] {
  const fields: readonly Field[] = RECORDS[name].fields;
  const given = value as Record<string, unknown>;
  return fields.map((field) => {
    const one = given[field.name];
    if (one === undefined || one === null) return "-";
    const text = (WRITE[field.as] as (value: unknown) => string)(one);
    // A text that is a dash itself is not the one that stands for nothing.
    return text === "-" && field.or ? "\\055" : text;
  });
}

/** Where what repeats begins in a record, and how often it does. Throws NoRoomError where that is more than can be. */
export function tailOf(name: RecordName, parts: readonly string[]): { from: number; count: number } {
  const { fields, tail }: WireRecord = RECORDS[name];
  const from = fields.length + 1;
  const count = Math.max(0, tail?.each === "pair" ? (parts.length - from) >> 1 : parts.length - from);
  if (tail && count > tail.most) noRoom(`more than ${tail.most} ${tail.name} in a record "${name}"`);
  return { from, count };
}

/** A field named __proto__ must stay a field. */
export function put(into: Record<string, string>, name: string, value: string): void {
  if (name !== "__proto__") into[name] = value;
  else Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true });
}

/** What repeats in a record of names and values. Throws NoRoomError. */
export function pairs(name: RecordName, parts: readonly string[]): Record<string, string> {
  const out: Record<string, string> = {};
  const { from, count } = tailOf(name, parts);
  for (let at = from; at < from + 2 * count; at += 2)
    put(out, unescapeField(parts[at]!), unescapeField(parts[at + 1]!));
  return out;
}
