/** Interfaces and routes of network namespaces, and which ends of wires belong together: rtnetlink(7), veth(4). */
import type { NetworkFacts } from "../model.ts";
import type { Reading } from "../reading.ts";
import { ipv6 } from "./network.ts";

type Interface = NonNullable<NetworkFacts["interfaces"]>[number];
type Route = NonNullable<NetworkFacts["routes"]>[number];
type Raw = NonNullable<Reading["interfaces"]>[number];

export interface Wires {
  interfaces: Interface[];
  routes: Route[];
}

/** By the inode of a network namespace; empty where none were read. */
export function wiresOf({ interfaces = [], routes = [] }: Reading): Map<number, Wires> {
  const found = new Map<number, Wires>();
  const at = new Map<string, Raw>();
  /** Veths by their index and that of their other end. */
  const ends = new Map<string, Raw[]>();
  for (const one of interfaces) {
    at.set(`${one.inode} ${one.index}`, one);
    if (one.kind !== "veth" || one.link === undefined) continue;
    const key = `${one.index} ${one.link}`;
    const others = ends.get(key);
    if (others) others.push(one);
    else ends.set(key, [one]);
  }
  for (const one of interfaces) {
    const wires = found.get(one.inode) ?? { interfaces: [], routes: [] };
    found.set(one.inode, wires);
    wires.interfaces.push(toInterface(one, at, ends));
  }
  for (const { inode, dev, to, via } of routes) {
    const name = at.get(`${inode} ${dev}`)?.name ?? `interface ${dev}`;
    found
      .get(inode)
      ?.routes.push({ to: destination(to), ...(via === undefined ? {} : { via: address(via) }), dev: name });
  }
  for (const wires of found.values()) wires.interfaces.sort((a, b) => a.index - b.index);
  return found;
}

function toInterface(one: Raw, at: ReadonlyMap<string, Raw>, ends: ReadonlyMap<string, Raw[]>): Interface {
  const { index, name, kind, mac, mtu, up, master } = one;
  const peer = peerOf(one, at, ends);
  return {
    index,
    name,
    ...(kind === undefined ? {} : { kind }),
    ...(mac === undefined ? {} : { mac }),
    mtu,
    up,
    ...(peer ? { peer } : {}),
    ...(master === undefined ? {} : { master: at.get(`${one.inode} ${master}`)?.name ?? `interface ${master}` }),
  };
}

/**
 * The kernel tells the namespace of an interface's link by a number that each namespace has of its own (IFLA_LINK_NETNSID);
 * where it is not the reader's, a veth is told by the one that points back. Two that do, since indexes can be chosen: the one
 * of which the kernel says that its other end is here, else it is not known which.
 */
function peerOf(one: Raw, at: ReadonlyMap<string, Raw>, ends: ReadonlyMap<string, Raw[]>): Interface["peer"] {
  if (one.link === undefined) return undefined;
  const index = one.link;
  const back =
    one.kind === "veth"
      ? (ends.get(`${index} ${one.index}`) ?? []).filter(
          (other) =>
            other !== one &&
            (one.linkNamespace === undefined || other.inode === one.linkNamespace) &&
            (other.linkNamespace === undefined || other.linkNamespace === one.inode),
        )
      : [];
  const sure = back.filter((other) => other.linkNamespace === one.inode);
  const [other, ...others] = sure.length > 0 ? sure : back;
  const namespace = one.linkNamespace ?? (others.length === 0 ? other?.inode : undefined);
  if (namespace === undefined) return { index };
  const name = at.get(`${namespace} ${index}`)?.name;
  return { namespace, index, ...(name === undefined ? {} : { name }) };
}

/** As ip-route(8) writes it: "default", a network, or a host without its length. */
function destination(to: string): string {
  const slash = to.lastIndexOf("/");
  const [host, bits] = [to.slice(0, slash), Number(to.slice(slash + 1))];
  if (bits === 0) return "default";
  const whole = host.includes(".") ? 32 : 128;
  return bits === whole ? address(host) : `${address(host)}/${bits}`;
}

const address = (text: string): string => (/^[0-9a-f]{32}$/.test(text) ? ipv6(text) : text);

/** /proc/PID/net/fib_trie has addresses without their interfaces: the one route to an address's own network names it. */
export function withInterfaces(
  addresses: NetworkFacts["addresses"],
  routes: readonly Route[],
): NetworkFacts["addresses"] {
  const direct = new Map<string, Set<string>>();
  for (const { to, via, dev } of routes) {
    if (via !== undefined || !to.includes("/")) continue;
    direct.set(to, (direct.get(to) ?? new Set<string>()).add(dev));
  }
  return addresses.map((one) => {
    if (one.interface !== "" || one.address.includes(":")) return one;
    const devs = direct.get(`${networkOf(one.address, one.prefix)}/${one.prefix}`);
    return devs?.size === 1 ? { ...one, interface: [...devs][0]! } : one;
  });
}

function networkOf(address: string, prefix: number): string {
  const size = 2 ** (32 - prefix);
  const base = Math.floor(address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) / size) * size;
  return [24, 16, 8, 0].map((bits) => Math.floor(base / 2 ** bits) % 256).join(".");
}
