/** Fields of records to values, and what a node tells of itself. */
import { NAMESPACE_TYPES, type NamespaceType, type Privilege } from "../../src-shared/model.ts";
import type { NamespaceLink, RawProcess, Reading } from "../../src-shared/reading.ts";
import { unescapeField } from "./wire.ts";

/** Order of the inodes in an `x` record. */
export const LINK_ORDER: readonly NamespaceLink[] = [
  "cgroup",
  "ipc",
  "mnt",
  "net",
  "pid",
  "pid_for_children",
  "time",
  "time_for_children",
  "user",
  "uts",
];

export const isType = (text: string | undefined): text is NamespaceType =>
  NAMESPACE_TYPES.includes(text as NamespaceType);

/** A whole number that is not negative. Throws RangeError. */
export function whole(text: string | undefined): number {
  if (text === undefined || !/^\d{1,16}$/.test(text)) throw new RangeError("not a whole number");
  return Number(text);
}

export function signed(text: string | undefined): number {
  if (text === undefined || !/^-?\d{1,16}$/.test(text)) throw new RangeError("not a number");
  return Number(text);
}

/** Name, value, name, value … */
export function pairs(fields: readonly string[], from: number): Record<string, string> {
  const out: Record<string, string> = {};
  for (let at = from; at + 1 < fields.length; at += 2) {
    // A field named __proto__ must stay a field.
    Object.defineProperty(out, unescapeField(fields[at]!), {
      value: unescapeField(fields[at + 1]!),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return out;
}

/** /proc/PID/cgroup: "4:memory:/path" to memory → path. cgroups(7). */
export function groupsOf(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const first = line.indexOf(":");
    const second = line.indexOf(":", first + 1);
    if (second > 0) out[line.slice(first + 1, second)] = line.slice(second + 1);
  }
  return out;
}

export function spacesOf(field: string): RawProcess["ns"] {
  const out: RawProcess["ns"] = {};
  field.split(",").forEach((inode, at) => {
    const link = LINK_ORDER[at];
    if (link && inode !== "") out[link] = whole(inode);
  });
  return out;
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const sortedBy = <T>(items: Iterable<T>, key: (item: T) => number): T[] =>
  [...items].sort((a, b) => key(a) - key(b));

export function nodeFacts(facts: Map<string, string>, hierarchies: Map<string, string>): Reading["node"] {
  const number = (key: string, otherwise: number) => {
    const value = Number(facts.get(key) ?? "");
    return Number.isFinite(value) && value > 0 ? value : otherwise;
  };
  const node: Reading["node"] = {
    hostname: facts.get("hostname") ?? "",
    kernel: facts.get("kernel") ?? "",
    os: facts.get("os") ?? "",
    bootId: facts.get("boot") ?? "",
    cpus: number("cpus", 1),
    memoryBytes: number("memory", 0) * 1024,
    pageSize: number("page", 4096),
    clockTicks: number("ticks", 100),
    privilege: privilegeOf(facts.get("privilege")),
    self: {},
    cgroupMounts: [...hierarchies]
      .map(([hierarchy, mountPoint]) => ({ hierarchy, mountPoint }))
      .sort((a, b) => compare(a.hierarchy, b.hierarchy)),
    versions: {},
  };
  if (facts.has("available")) node.availableBytes = number("available", 0) * 1024;
  if (facts.has("uptime")) node.uptimeSeconds = number("uptime", 0);
  for (const type of NAMESPACE_TYPES) {
    const inode = number(`ns.${type}`, 0);
    if (inode > 0) node.self[type] = inode;
  }
  for (const [key, value] of facts) if (key.startsWith("v.")) node.versions[key.slice(2)] = value;
  return node;
}

const privilegeOf = (text: string | undefined): Privilege => (text === "root" || text === "sudo" ? text : "user");
