/** A pod's wires: from its own interface over the other end and its bridge to where the node's default route leaves. */
import { inert } from "../format.ts";
import { lookup } from "../lookup.ts";
import type { NetworkFacts, Pod, Snapshot } from "../model.ts";
import { ownNetwork } from "./own-networks.ts";

type Interface = NonNullable<NetworkFacts["interfaces"]>[number];

export interface Wire {
  /** In the pod. */
  inside: Interface;
  /** The other end, or the parent; absent: not known where it is. */
  outside?: { namespace: number; interface: Interface };
  /** What the other end hangs on. */
  master?: Interface;
  /** The interface by which the default route of the other end's namespace leaves. */
  uplink?: Interface;
  /** A veth that leads nowhere: why, in words, and the bridge that its pod's packets are sent to. */
  loose?: { why: string; bridge?: string };
}

interface Ways {
  byIndex: Map<number, Interface>;
  byName: Map<string, Interface>;
  /** Directly reached: hosts by address, networks with the longest prefix first. IPv4 alone: each pod with a bridge has one. */
  hosts: Map<string, string>;
  networks: { from: number; size: number; dev: string }[];
  leaves?: string;
}

/** A node has as many interfaces, and perhaps routes, as pods, and each pod asks. */
const known = new WeakMap<NetworkFacts, Ways>();
function waysOf(facts: NetworkFacts): Ways {
  const before = known.get(facts);
  if (before) return before;
  const { interfaces = [], routes = [] } = facts;
  const direct = routes.filter(({ via, to }) => via === undefined && ipv4(to.split("/")[0]!) !== undefined);
  const made: Ways = {
    byIndex: new Map(interfaces.map((one) => [one.index, one])),
    byName: new Map(interfaces.map((one) => [one.name, one])),
    hosts: new Map(direct.flatMap(({ to, dev }) => (to.includes("/") ? [] : [[to, dev]]))),
    networks: direct
      .filter(({ to }) => to.includes("/"))
      .map(({ to, dev }) => {
        const [network = "", bits = "32"] = to.split("/");
        return { from: ipv4(network)!, size: 2 ** (32 - Number(bits)), dev };
      })
      .sort((one, other) => one.size - other.size),
    leaves: routes.find(({ to, via }) => to === "default" && via !== undefined)?.dev,
  };
  known.set(facts, made);
  return made;
}

function ipv4(text: string): number | undefined {
  const parts = text.split(".").map(Number);
  return parts.length === 4 && parts.every((part) => part >= 0 && part < 256)
    ? parts.reduce((sum, part) => sum * 256 + part, 0)
    : undefined;
}

/** Undefined: they were not read, or the pod has not one network of its own. The loopback is no wire. */
export function wiresOfPod(snapshot: Snapshot, pod: Pod): Wire[] | undefined {
  const find = lookup(snapshot);
  const network = ownNetwork(snapshot, pod);
  if (network === undefined) return undefined;
  const own = find.namespace("net", network)?.network?.interfaces;
  return own?.flatMap((inside) => {
    if (inside.name === "lo" || inside.peer?.namespace === network) return [];
    const wire: Wire = { inside };
    const { namespace, index } = inside.peer ?? {};
    const there = namespace === undefined ? undefined : find.namespace("net", namespace)?.network;
    const ways = there && waysOf(there);
    const outside = index === undefined ? undefined : ways?.byIndex.get(index);
    if (namespace === undefined || outside === undefined) return [wire];
    wire.outside = { namespace, interface: outside };
    wire.master = ways?.byName.get(outside.master ?? "");
    wire.uplink = ways?.byName.get(ways.leaves ?? "");
    const loose = ways && inside.kind === "veth" && inside.up ? cutOff(pod.ips, outside, ways) : undefined;
    if (loose) wire.loose = loose;
    return [wire];
  });
}

/** In words; a network that Podglass does not understand (no bridge on the way to the pod) is not called cut off. */
function cutOff(ips: readonly string[], end: Interface, ways: Ways): Wire["loose"] {
  const down = end.up ? undefined : `${inert(end.name, 20)} is down`;
  for (const ip of ips) {
    const number = ipv4(ip);
    if (number === undefined) continue;
    const dev =
      ways.hosts.get(ip) ?? ways.networks.find(({ from, size }) => number >= from && number < from + size)?.dev;
    const way = ways.byName.get(dev ?? "");
    if (way?.kind !== "bridge" || way.name === end.name) continue;
    if (down) return { why: down, bridge: way.name };
    if (way.name === end.master) continue;
    const why = `packets for ${ip} go to the bridge ${inert(way.name, 20)}, and ${inert(end.name, 20)} is ${end.master === undefined ? "on no bridge" : `on ${inert(end.master, 20)}`}`;
    return { why, bridge: way.name };
  }
  return down ? { why: down } : undefined;
}
