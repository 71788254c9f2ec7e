/**
 * What iproute2, lsns, getpcaps, capsh and /proc say of a node's wires, listeners and walls, held against a snapshot. Each
 * difference is a sentence; none: the snapshot says what they say.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { lookup } from "../../src-shared/lookup.ts";
import type { Namespace, NetworkFacts, Process, Snapshot } from "../../src-shared/model.ts";
import { endpoint, listenersOf } from "../../src-shared/questions/listeners.ts";
import { CAPABILITIES, capabilityNames } from "../../src-shared/walls/capabilities.ts";

/** Of `ip -d -j link`. */
export interface Link {
  ifindex: number;
  ifname: string;
  mtu: number;
  flags: string[];
  address?: string;
  master?: string;
  /** In the same namespace; in another: link_index and the number that this namespace has for that one. */
  link?: string | null;
  link_index?: number;
  link_netnsid?: number;
  linkinfo?: { info_kind?: string };
}
type Interface = NonNullable<NetworkFacts["interfaces"]>[number];

/** A network namespace from inside. */
interface Inside {
  inode: number;
  links: Link[];
  routes: string[];
  /** "tcp 0.0.0.0:80 11,12" */
  listens: string[];
  /** The inode of a namespace by the number that this one has for it: NETNSID of lsns(8). */
  numbers: Map<number, number>;
}

/** @param enter what nsenter(1) needs to be in it */
function inside(inode: number, enter: readonly string[]): Inside {
  const ask = (...args: string[]) => execFileSync("nsenter", [...enter, ...args], { encoding: "utf8" });
  const routes = (family: string) =>
    (JSON.parse(ask("ip", family, "-j", "route") || "[]") as Record<string, unknown>[]).flatMap((one) => {
      const hops = (one.nexthops as Record<string, unknown>[] | undefined) ?? [one];
      return hops.map(({ gateway, via, dev }) =>
        [one.dst, gateway ?? (via as { host?: string } | undefined)?.host ?? "", dev].join(" "),
      );
    });
  return {
    inode,
    links: JSON.parse(ask("ip", "-d", "-j", "link")) as Link[],
    routes: [...routes("-4"), ...routes("-6")].sort(),
    listens: ask("ss", "-Hlntup").trim().split("\n").filter(Boolean).map(listening).sort(),
    numbers: new Map(
      ask("lsns", "-rn", "-t", "net", "-o", "NETNSID,NS")
        .trim()
        .split("\n")
        .flatMap((line) => {
          const [number, namespace] = line.split(" ").map(Number);
          return Number.isInteger(number) ? [[number!, namespace!] as const] : [];
        }),
    ),
  };
}

/** A line of ss -Hlntup: protocol, state, queues, local address, peer, processes. */
function listening(line: string): string {
  const [protocol = "", , , , where = ""] = line.split(/\s+/);
  const pids = new Set([...line.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid)));
  // An address with its interface; "*": IPv6 that takes IPv4 too, which /proc does not tell.
  const place = where.replace(/%[^:\]]*/, "").replace(/^\*:/, "[::]:");
  return `${protocol} ${place} ${[...pids].sort((a, b) => a - b)}`;
}

/** How to be in a namespace: by a process of it, or by the mount that pins it; undefined: by neither. */
function wayInto({ inode, pids, pins }: Namespace): string[] | undefined {
  if (pids[0] !== undefined) return ["-t", String(pids[0]), "-n"];
  const line = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .find((one) => one.includes(` net:[${inode}] `));
  const place = line?.split(" ")[4];
  return place === undefined || pins.length === 0 ? undefined : [`--net=${place}`];
}

/** @param inodes of network namespaces; their other ends are looked up wherever they are */
export function wireDifferences(snapshot: Snapshot, inodes: readonly number[]): string[] {
  const find = lookup(snapshot);
  const known = new Map<number, Inside | undefined>();
  const of = (inode: number): Inside | undefined => {
    if (!known.has(inode)) {
      const space = find.namespace("net", inode);
      const way = space && wayInto(space);
      try {
        known.set(inode, way && inside(inode, way));
      } catch {
        // What another's wire leads to may have ended meanwhile; of one that is asked for it is told below.
        known.set(inode, undefined);
      }
    }
    return known.get(inode);
  };
  return inodes.flatMap((inode) => {
    const there = of(inode);
    const facts = find.namespace("net", inode)?.network;
    if (!there) return [`net:[${inode}] cannot be entered`];
    if (!facts?.interfaces) return [`the interfaces of net:[${inode}] were not read`];
    const ends = new Map(there.links.map((link) => [link.ifindex, endOf(link, there, of)]));
    // lsns tells the number of a namespace that has a process, and one may end meanwhile: the tools know no more then.
    const known = facts.interfaces.map((one) => {
      const end = ends.get(one.index);
      if (!one.peer || !end || end.name !== undefined) return one;
      return {
        ...one,
        peer: end.namespace === undefined ? { index: one.peer.index } : { ...one.peer, name: undefined },
      };
    });
    const links = there.links.map((link) => told(link, ends.get(link.ifindex)));
    const differ = compare(`interfaces of net:[${inode}]`, known.map(plain), links);
    const routes = (facts.routes ?? []).map(({ to, via, dev }) => `${to} ${via ?? ""} ${dev}`).sort();
    return [
      ...differ,
      ...compare(`routes of net:[${inode}]`, routes, there.routes),
      ...compare(`listeners of net:[${inode}]`, listens(snapshot, inode), there.listens),
    ];
  });
}

const plain = (one: Interface): string =>
  JSON.stringify([one.index, one.name, one.kind, one.mac, one.mtu, one.up, one.master, one.peer]);

const told = (link: Link, end: Interface["peer"]): string =>
  JSON.stringify([
    link.ifindex,
    link.ifname,
    link.linkinfo?.info_kind,
    link.address?.length === 17 ? link.address : undefined,
    link.mtu,
    link.flags.includes("UP"),
    link.master,
    end,
  ]);

function endOf(link: Link, there: Inside, of: (inode: number) => Inside | undefined): Interface["peer"] {
  if (typeof link.link === "string") {
    const { ifindex } = there.links.find(({ ifname }) => ifname === link.link)!;
    return { namespace: there.inode, index: ifindex, name: link.link };
  }
  if (link.link_index === undefined || link.link_index === 0) return undefined;
  const namespace = there.numbers.get(link.link_netnsid ?? -1);
  if (namespace === undefined) return { index: link.link_index };
  const name = of(namespace)?.links.find(({ ifindex }) => ifindex === link.link_index)?.ifname;
  return { namespace, index: link.link_index, ...(name === undefined ? {} : { name }) };
}

const listens = (snapshot: Snapshot, inode: number): string[] =>
  (listenersOf(snapshot, inode) ?? [])
    .map((one) => {
      const pids = one.who?.map(({ process }) => process.pid).sort((a, b) => a - b);
      return `${one.protocol.slice(0, 3)} ${endpoint(one)} ${pids ?? ""}`;
    })
    .sort();

/** What a process may do. Its own words of /proc, and what getpcaps(8) and capsh(1) make of them. */
export function powerDifferences(snapshot: Snapshot, pids: readonly number[]): string[] {
  const find = lookup(snapshot);
  return pids.flatMap((pid) => {
    const said = find.process(pid)?.security;
    if (!said) return [`what ${pid} may do was not read`];
    return compare(`what ${pid} may do`, [ours(said)], [theirs(pid)]);
  });
}

const words = (map: string | undefined): string =>
  map
    ?.trim()
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n ?/g, "; ") ?? "";
const named = (hex: string): string[] => capabilityNames(hex).map((name) => `cap_${name.toLowerCase()}`);

const ours = (said: NonNullable<Process["security"]>): string =>
  JSON.stringify({
    effective: named(said.capEff),
    bounding: named(said.capBnd),
    seccomp: said.seccomp,
    noNewPrivs: said.noNewPrivs,
    label: said.label,
    uids: words(said.uidMap),
    gids: words(said.gidMap),
  });

function theirs(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)$`, "m").exec(status)![1]!;
  const decoded = execFileSync("capsh", [`--decode=${field("CapBnd")}`], { encoding: "utf8" });
  return JSON.stringify({
    effective: effective(execFileSync("getpcaps", [String(pid)], { encoding: "utf8" })),
    bounding: decoded.trim().split("=")[1]!.split(",").filter(Boolean),
    seccomp: Number(field("Seccomp")),
    noNewPrivs: field("NoNewPrivs") === "1",
    label: labelOf(pid),
    uids: words(readFileSync(`/proc/${pid}/uid_map`, "utf8")),
    gids: words(readFileSync(`/proc/${pid}/gid_map`, "utf8")),
  });
}

/** None where no security module is there to be asked: EINVAL. */
function labelOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/attr/current`, "utf8").replace(/[\0\n]+$/, "") || undefined;
  } catch {
    return undefined;
  }
}

/** "123: =ep cap_sys_resource-ep": clauses one after the other, cap_text_formats(7). A name's bit is its place in our list. */
function effective(text: string): string[] {
  const all = CAPABILITIES.map((name) => `cap_${name.toLowerCase()}`);
  const has = new Set<string>();
  for (const clause of text.trim().split(/\s+/).slice(1)) {
    const [, names = "", operations = ""] = /^([a-z_,]*)(.*)$/.exec(clause)!;
    const which = names === "" || names === "all" ? all : names.split(",");
    for (const [, sign, flags] of operations.matchAll(/([=+-])([eip]*)/g)) {
      if (sign === "=") for (const name of which) has.delete(name);
      if (!flags!.includes("e")) continue;
      for (const name of which) sign === "-" ? has.delete(name) : has.add(name);
    }
  }
  return all.filter((name) => has.has(name));
}

/** Who owns each namespace and what is above it, as lsns(8) has it of those that have a process. */
export function ownerDifferences(snapshot: Snapshot, inodes: readonly number[]): string[] {
  const find = lookup(snapshot);
  const wanted = new Set(inodes);
  const lines = execFileSync("lsns", ["-rn", "-o", "NS,TYPE,PNS,ONS"], { encoding: "utf8" }).trim().split("\n");
  return lines.flatMap((line) => {
    const [inode = "", type = "", parent, owner] = line.split(" ");
    if (!wanted.has(Number(inode))) return [];
    const space = find.namespace(type as Namespace["type"], Number(inode));
    // 0: none that lsns can see.
    const say = (above: unknown, of: unknown) => `parent ${above || "none"}, owner ${of || "none"}`;
    const ours = say(space?.parent, type === "user" ? undefined : space?.owner);
    return compare(`${type}:[${inode}]`, [ours], [say(Number(parent), type === "user" ? 0 : Number(owner))]);
  });
}

function compare(what: string, said: readonly string[], there: readonly string[]): string[] {
  const [ours, theirs] = [new Set(said), new Set(there)];
  return [
    ...said.filter((one) => !theirs.has(one)).map((one) => `${what}: only Podglass says ${one}`),
    ...there.filter((one) => !ours.has(one)).map((one) => `${what}: only the node's tools say ${one}`),
  ];
}
