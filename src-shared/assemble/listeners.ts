/** Who listens: sockets of /proc/PID/net by those who have them open. */
import { GAP_WHATS } from "../gaps.ts";
import type { NetworkFacts } from "../model.ts";
import type { Reading } from "../reading.ts";

/** With one of these a socket that nobody is known to have open may be somebody's. */
const HIDES: readonly string[] = (
  ["files", "who-listens", "processes", "processes-cut", "end", "records"] as const
).map((code) => GAP_WHATS[code]);

/** Writes down who has each listening socket open. A socket that is nobody's is the kernel's own, or on its way to somebody. */
export function holdersOf({ listening, gaps }: Reading): (facts: NetworkFacts) => NetworkFacts {
  if (!listening) return (facts) => facts;
  const all = !gaps.some(({ what }) => HIDES.includes(what));
  const pidsOf = new Map<number, number[]>();
  for (const { pid, socket } of listening) {
    const pids = pidsOf.get(socket);
    if (pids) pids.push(pid);
    else pidsOf.set(socket, [pid]);
  }
  for (const pids of pidsOf.values()) pids.sort((a, b) => a - b);
  return (facts) => ({
    ...facts,
    listeners: facts.listeners.map((one) => {
      const pids = (one.inode === undefined ? undefined : pidsOf.get(one.inode)) ?? (all ? [] : undefined);
      return pids ? { ...one, pids } : one;
    }),
  });
}
