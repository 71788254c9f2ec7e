/** All wires of a node in groups: by what the other end of each hangs on. What the picture and the table of wires show. */
import { lookup } from "../lookup.ts";
import type { NetworkFacts, Pod, Snapshot } from "../model.ts";
import { compareText } from "../order.ts";
import { ownNetwork, ownNetworks } from "./own-networks.ts";
import { type Wire, wiresOfPod } from "./wires.ts";

type Interface = NonNullable<NetworkFacts["interfaces"]>[number];

/** One end in a pod; a pod with several wires has several. */
export interface Plug {
  /** Names it among all. */
  key: string;
  pod: Pod;
  /** Absent for a pod without a wire of its own. */
  inside?: Interface;
  address?: string;
  end?: Interface;
  loose?: string;
}

export interface WireGroup {
  key: string;
  kind: "bridge" | "parent" | "routed" | "program" | "unknown" | "node" | "none" | "split" | "unread";
  /** An interface's name, or in words why there is none. */
  name: string;
  says: string;
  /** The key of the uplink by which the group's packets leave the node. */
  uplink?: string;
  plugs: Plug[];
}

export interface WirePlan {
  uplinks: { key: string; name: string; says: string }[];
  groups: WireGroup[];
}

const ORDER: WireGroup["kind"][] = [
  "bridge",
  "parent",
  "routed",
  "node",
  "program",
  "unknown",
  "none",
  "split",
  "unread",
];
const WORDS = {
  routed: ["no bridge", "each is routed by the node"],
  program: ["a program", "carries the packets of a tun or tap, as slirp4netns and pasta do"],
  unknown: ["not known where", "the other end was not found"],
  node: ["the node's own network", "no wall and no wire"],
  none: ["no wire", "a network of its own with nothing but a loopback"],
  split: ["no common network", "its containers are in networks of their own"],
  unread: ["not read", "interfaces take root and a deep reading"],
} as const;

export function wirePlan(snapshot: Snapshot): WirePlan {
  const find = lookup(snapshot);
  const groups = new Map<string, WireGroup>();
  const uplinks = new Map<string, WirePlan["uplinks"][number]>();
  const facts = (inode: number | undefined) =>
    inode === undefined ? undefined : find.namespace("net", inode)?.network;
  const uplinkOf = (inode: number, one: Interface | undefined): string | undefined => {
    if (!one) return undefined;
    const key = `${inode} ${one.name}`;
    if (!uplinks.has(key))
      uplinks.set(key, { key, name: one.name, says: addressOf(facts(inode), one.name) ?? one.kind ?? "the way out" });
    return key;
  };
  const own = snapshot.namespaces.find(({ type, initial }) => type === "net" && initial);
  const leaves = own?.network?.routes?.find(({ to, via }) => to === "default" && via !== undefined)?.dev;
  const way =
    own &&
    uplinkOf(
      own.inode,
      own.network?.interfaces?.find(({ name }) => name === leaves),
    );
  const put = (key: string, made: Omit<WireGroup, "key" | "plugs">, plug: Plug): void => {
    const group = groups.get(key) ?? { key, ...made, plugs: [] };
    groups.set(key, group);
    group.plugs.push(plug);
  };
  const plain = (kind: keyof typeof WORDS, plug: Plug, uplink?: string): void =>
    put(
      `${kind} ${uplink ?? ""}`,
      { kind, name: WORDS[kind][0], says: WORDS[kind][1], ...(uplink ? { uplink } : {}) },
      plug,
    );
  const hang = (wire: Wire, plug: Plug): void => {
    const { inside, outside, master, loose } = wire;
    if (!outside) {
      plain(inside.kind === "tun" && !inside.peer ? "program" : "unknown", plug);
      return;
    }
    const { namespace } = outside;
    const uplink = uplinkOf(namespace, wire.uplink);
    const on = loose?.bridge ?? master?.name;
    const parent = inside.kind !== "veth";
    if (on === undefined && !parent) {
      plain("routed", plug, uplink);
      return;
    }
    const name = on ?? outside.interface.name;
    const says = parent ? `parent of ${inside.kind ?? "another"}` : (addressOf(facts(namespace), name) ?? "bridge");
    put(
      `${namespace} ${name}`,
      { kind: parent ? "parent" : "bridge", name, says, ...(uplink ? { uplink } : {}) },
      plug,
    );
  };
  for (const pod of snapshot.pods) {
    if (pod.host.includes("net")) {
      plain("node", { key: pod.key, pod }, way);
      continue;
    }
    const wires = wiresOfPod(snapshot, pod);
    if (!wires || wires.length === 0)
      plain(wires ? "none" : (ownNetworks(snapshot, pod)?.length ?? 0) > 1 ? "split" : "unread", { key: pod.key, pod });
    for (const wire of wires ?? []) {
      const { inside, outside, loose } = wire;
      const address =
        addressOf(facts(ownNetwork(snapshot, pod)), inside.name) ?? (wires!.length === 1 ? pod.ips[0] : undefined);
      hang(wire, {
        key: `${pod.key} ${inside.index}`,
        pod,
        inside,
        ...(address === undefined ? {} : { address }),
        ...(outside ? { end: outside.interface } : {}),
        ...(loose ? { loose: loose.why } : {}),
      });
    }
  }
  return {
    uplinks: [...uplinks.values()],
    groups: [...groups.values()].sort(
      (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || compareText(a.name, b.name),
    ),
  };
}

const addressOf = (facts: NetworkFacts | undefined, name: string): string | undefined => {
  const found = facts?.addresses.find((one) => one.interface === name && one.scope === "global");
  return found && `${found.address}/${found.prefix}`;
};

/** "eth0 in the pod, 10.244.0.5/24; veth1a2b here, on cni0, out by ens3": a wire in words. */
export function plugWords({ inside, address, end, loose }: Plug, group: WireGroup, plan: WirePlan): string {
  const out = plan.uplinks.find(({ key }) => key === group.uplink)?.name;
  if (!inside) return `${group.name}: ${group.says}`;
  return [
    `${inside.name} in the pod${address ? `, ${address}` : ""}${inside.up ? "" : ", down"}`,
    end ? `${end.name} outside` : "",
    loose ? `loose: ${loose}` : `on ${group.name}`,
    out && !loose ? `out by ${out}` : "",
  ]
    .filter(Boolean)
    .join("; ");
}
