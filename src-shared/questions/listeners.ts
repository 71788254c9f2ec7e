/** Who listens where: the sockets of a network namespace with the processes and containers that have them open. */
import { lookup } from "../lookup.ts";
import type { Container, NetworkFacts, Pod, Process, Snapshot } from "../model.ts";
import { compareText } from "../order.ts";
import { ownNetwork } from "./own-networks.ts";

type Socket = NetworkFacts["listeners"][number];

export interface Listening extends Pick<Socket, "protocol" | "address" | "port"> {
  /** [] is nobody: a socket of the kernel's own. Undefined: not known. */
  who?: { process: Process; container?: Container }[];
}

/** Of one namespace; sockets that share an address and a port (SO_REUSEPORT) are one. Undefined: its sockets were not read. */
export function listenersOf(snapshot: Snapshot, inode: number): Listening[] | undefined {
  const find = lookup(snapshot);
  const places = new Map<string, Socket[]>();
  // A quick reading leaves tables of sockets out.
  if (snapshot.deep === false) return undefined;
  const sockets = find.namespace("net", inode)?.network?.listeners;
  for (const one of sockets ?? []) {
    const place = `${one.protocol} ${one.address} ${one.port}`;
    const same = places.get(place);
    if (same) same.push(one);
    else places.set(place, [one]);
  }
  return (
    sockets &&
    [...places.values()].map((same) => {
      const { protocol, address, port } = same[0]!;
      const pids = new Set(same.flatMap((one) => one.pids ?? []));
      const who = [...pids].flatMap((pid) => {
        const process = find.process(pid);
        const container = find.containerOfPid(pid);
        return process ? [{ process, ...(container ? { container } : {}) }] : [];
      });
      const known = who.length > 0 || same.every((one) => one.pids?.length === 0);
      return { protocol, address, port, ...(known ? { who } : {}) };
    })
  );
}

/** Of a pod in a network of its own all that listens there; of one in the node's what its own processes have open. */
export function listenersOfPod(snapshot: Snapshot, pod: Pod): Listening[] | undefined {
  const host = pod.host.includes("net");
  const own = snapshot.namespaces.find(({ type, initial }) => type === "net" && initial)?.inode;
  const inode = host ? own : ownNetwork(snapshot, pod);
  const all = inode === undefined ? undefined : listenersOf(snapshot, inode);
  return host ? all?.filter(({ who }) => who?.some(({ container }) => container?.podKey === pod.key)) : all;
}

export const isLoopback = ({ address }: Pick<Socket, "address">): boolean =>
  address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127.");

/** As ss(8) writes it: an IPv6 address in brackets. */
export const endpoint = ({ address, port }: Pick<Socket, "address" | "port">): string =>
  `${address.includes(":") ? `[${address}]` : address}:${port}`;

/** "web: nginx (4711)", each once, in the order of names. */
export const whoWords = ({ who = [] }: Pick<Listening, "who">): string[] =>
  who
    .map(({ process, container }) => `${container ? `${container.name}: ` : ""}${process.comm} (${process.pid})`)
    .sort(compareText);
