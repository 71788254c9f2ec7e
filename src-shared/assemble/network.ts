/**
 * A network namespace's addresses and listening sockets from the text of /proc/PID/net, which is the process's own
 * and needs no entering (proc_pid_net(5); formats: net/ipv4/fib_trie.c, net/ipv6/addrconf.c, net/ipv4/tcp_ipv4.c).
 */
import type { NetworkFacts } from "../model.ts";

type Address = NetworkFacts["addresses"][number];
type Listener = NetworkFacts["listeners"][number];

/** The reader gives the same object for what did not change: it is parsed once. */
const parsed = new WeakMap<Record<string, string>, NetworkFacts>();

export function networkFacts(files: Record<string, string>): NetworkFacts {
  const known = parsed.get(files);
  if (known) return known;
  const facts = parse(files);
  parsed.set(files, facts);
  return facts;
}

function parse(files: Record<string, string>): NetworkFacts {
  const interfaces = interfaceNames(files.dev ?? "");
  return {
    addresses: [...ipv4Addresses(files.fib_trie ?? "", interfaces), ...ipv6Addresses(files.if_inet6 ?? "")],
    listeners: (["tcp", "tcp6", "udp", "udp6"] as const).flatMap((protocol) =>
      listeners(protocol, files[protocol] ?? ""),
    ),
  };
}

function interfaceNames(dev: string): string[] {
  // Its two lines of titles have no colon; a name may have a "|".
  return dev.split("\n").flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []);
}

/** Local addresses are the leaves marked "/32 host LOCAL"; the prefix is that of the longest on-link network around. */
function ipv4Addresses(trie: string, interfaces: readonly string[]): Address[] {
  const found = new Set<string>();
  /** Bases of networks by their prefix: a node may say thousands of both. */
  const networks = new Map<number, Set<number>>();
  let leaf = "";
  for (const line of trie.split("\n")) {
    const entry = /^\s+(?:\|--|\+--) (\d+\.\d+\.\d+\.\d+)/.exec(line);
    if (entry) {
      leaf = entry[1]!;
      continue;
    }
    const kind = /^\s+\/(\d+) (\w+) (\w+)/.exec(line);
    if (!kind || !leaf) continue;
    if (kind[3] === "LOCAL" && kind[1] === "32") found.add(leaf);
    else if (kind[2] === "link" && kind[3] === "UNICAST" && Number(kind[1]) <= 32) {
      const prefix = Number(kind[1]);
      networks.set(prefix, (networks.get(prefix) ?? new Set<number>()).add(baseOf(leaf, prefix)));
    }
  }
  const prefixes = [...networks.keys()].sort((a, b) => b - a);
  const others = interfaces.filter((name) => name !== "lo");
  return [...found].map((address) => {
    const loopback = address.startsWith("127.");
    const around = prefixes.find((prefix) => networks.get(prefix)?.has(baseOf(address, prefix)));
    return {
      // fib_trie does not name interfaces; with a single one there is no doubt.
      interface: loopback ? "lo" : others.length === 1 ? others[0]! : "",
      address,
      prefix: loopback ? 8 : around || 32,
      scope: loopback ? "host" : address.startsWith("169.254.") ? "link" : "global",
    };
  });
}

/** The number of a network among those of its length. */
const baseOf = (text: string, prefix: number): number =>
  Math.floor(text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) / 2 ** (32 - prefix));

function ipv6Addresses(text: string): Address[] {
  return text.split("\n").flatMap((line) => {
    const [hex, , prefix, scope, , name] = line.trim().split(/\s+/);
    if (!hex || !name || !/^[0-9a-f]{32}$/.test(hex)) return [];
    // Scopes: include/net/ipv6.h. 0 global, 0x10 loopback, 0x20 link, 0x40 site.
    const kind: Address["scope"] = scope === "10" ? "host" : scope === "20" ? "link" : "global";
    return { interface: name, address: ipv6(hex), prefix: Number.parseInt(prefix ?? "80", 16), scope: kind };
  });
}

/** 32 hex digits to RFC 5952: lower case, no leading zeros, the longest run of zeros (two or more) as "::". */
export function ipv6(hex: string): string {
  const groups = (hex.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${[groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join(".")}`;
  }
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  return best.start < 0 ? text(0, 8) : `${text(0, best.start)}::${text(best.start + best.length, 8)}`;
}

/** tcp: state 0A is LISTEN; udp: 07 is a socket bound but not connected (include/net/tcp_states.h). */
function listeners(protocol: Listener["protocol"], text: string): Listener[] {
  const wanted = protocol.startsWith("tcp") ? "0A" : "07";
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [host, port] = (fields[1] ?? "").split(":");
    if (fields[3] !== wanted || !host || !port) return [];
    const inode = Number(fields[9]);
    return {
      protocol,
      address: host.length === 8 ? wordsOf(host).join(".") : ipv6(wordsOf(host).map(hexByte).join("")),
      port: Number.parseInt(port, 16),
      ...(Number.isSafeInteger(inode) && inode > 0 ? { inode } : {}),
    };
  });
}

/** Addresses are printed as 32-bit words in the kernel's byte order: little-endian on what runs containers today. */
const wordsOf = (hex: string): number[] =>
  (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse(),
  );
const hexByte = (value: number): string => value.toString(16).padStart(2, "0");

/** Global addresses in the order read, without prefix length. */
export const globalAddresses = (facts: NetworkFacts | undefined): string[] =>
  (facts?.addresses ?? []).flatMap((entry) => (entry.scope === "global" ? entry.address : []));
