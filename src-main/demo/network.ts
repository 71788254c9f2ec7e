/** /proc/PID/net of a network namespace of the demo, in the kernel's own layouts. */
import type { Space } from "./kernel.ts";
import type { Task } from "./task.ts";

/** File name to text, for the namespace and what its members listen on. */
export function netFiles(space: Space, members: readonly Task[]): Record<string, string> {
  const own = space.addresses.map((entry) => entry.interface);
  const interfaces = own.includes("lo") ? own : ["lo", ...own];
  return {
    dev: [
      "Inter-|   Receive                                                |  Transmit",
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
      ...interfaces.map(
        (name) =>
          `${name.padStart(6)}:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0`,
      ),
    ].join("\n"),
    fib_trie: `Main:\n${trie(space)}\nLocal:\n${trie(space)}`,
    if_inet6: "00000000000000000000000000000001 01 80 10 80       lo",
    tcp: sockets(members, "tcp"),
    tcp6: socketHead,
    udp: sockets(members, "udp"),
    udp6: socketHead,
  };
}

/** The leaves are what is read; inner nodes stand for the kernel's own balancing (net/ipv4/fib_trie.c). */
function trie(space: Space): string {
  const lines = ["  +-- 0.0.0.0/0 2 0 2"];
  const addresses = space.addresses.some((entry) => entry.interface === "lo")
    ? space.addresses
    : [...space.addresses, { interface: "lo", address: "127.0.0.1", prefix: 8 }];
  for (const { address, prefix } of addresses) {
    const net = network(address, prefix);
    lines.push(
      `     +-- ${net}/${prefix} 2 0 2`,
      `        |-- ${net}`,
      `           /${prefix} ${address.startsWith("127.") ? "host LOCAL" : "link UNICAST"}`,
      `        |-- ${address}`,
      "           /32 host LOCAL",
    );
  }
  return lines.join("\n");
}

function network(address: string, prefix: number): string {
  const bits = address.split(".").reduce((all, part) => all * 256 + Number(part), 0);
  const size = 2 ** (32 - prefix);
  const base = Math.floor(bits / size) * size;
  return [base / 2 ** 24, base / 2 ** 16, base / 2 ** 8, base].map((part) => Math.floor(part) % 256).join(".");
}

/** The inode of what a process listens on, by its place among those. */
export const socketOf = ({ pid }: Task, at: number): number => 40_000 + pid * 10 + at;

const socketHead = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

function sockets(members: readonly Task[], protocol: "tcp" | "udp"): string {
  const lines = [socketHead];
  for (const task of members)
    for (const [at, listen] of task.listens.entries()) {
      if (listen.protocol !== protocol) continue;
      const local = `00000000:${listen.port.toString(16).toUpperCase().padStart(4, "0")}`;
      const state = protocol === "tcp" ? "0A" : "07";
      lines.push(
        `${String(lines.length - 1).padStart(4)}: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ` +
          `${String(task.uid).padStart(5)}        0 ${socketOf(task, at)} 1 0000000000000000 100 0 0 10 0`,
      );
    }
  return lines.join("\n");
}
