/** What a node tells of itself: its facts (`n`) and hierarchies (`h`) to the node of a reading. */
import { NAMESPACE_TYPES, type Privilege } from "../../src-shared/model.ts";
import type { Reading } from "../../src-shared/reading.ts";

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function nodeFacts(
  facts: ReadonlyMap<string, string>,
  hierarchies: ReadonlyMap<string, string>,
): Reading["node"] {
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
  if (facts.has("listed")) node.listed = number("listed", 0);
  if (facts.has("uptime")) node.uptimeSeconds = number("uptime", 0);
  for (const type of NAMESPACE_TYPES) {
    const inode = number(`ns.${type}`, 0);
    if (inode > 0) node.self[type] = inode;
  }
  for (const [key, value] of facts) if (key.startsWith("v.")) node.versions[key.slice(2)] = value;
  return node;
}

const privilegeOf = (text: string | undefined): Privilege => (text === "root" || text === "sudo" ? text : "user");
