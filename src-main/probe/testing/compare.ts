/** Two readings of one node, field by field, where it stood still. */
import { type Field, RECORDS } from "../../../src-shared/fields.ts";
import type { Reading } from "../../../src-shared/reading.ts";

/** Values that change by themselves between two readings. */
const COUNTERS =
  /usage|\.stat$|current|pressure|peak|procs|events|failcnt|cgroup\.stat|io_service|max_usage|cpuacct|effective_|threads/;

/** Of a process, by the table: what moves by itself, and what is made of that. */
const MOVING = new Set<string>(["rssBytes", "smaps"]);
for (const record of ["p", "m", "w", "s"] as const)
  for (const field of RECORDS[record].fields as readonly Field[]) if (field.moves) MOVING.add(field.name);

/** What two readings of an unchanged node have in common. */
export function still(reading: Reading, pids: Set<string>) {
  return {
    node: { ...reading.node, availableBytes: 0, uptimeSeconds: 0, self: { ...reading.node.self, mnt: 0 } },
    processes: Object.fromEntries(
      reading.processes
        .filter((one) => pids.has(`${one.pid}:${one.startTicks}`) && !/^kworker/.test(one.comm))
        // What began in the last minute may still be on its way to be something else.
        .filter((one) => (reading.node.uptimeSeconds ?? 0) - one.startTicks / reading.node.clockTicks > 60)
        .map((one) => [one.pid, Object.fromEntries(Object.entries(one).filter(([name]) => !MOVING.has(name)))]),
    ),
    cgroups: Object.fromEntries(
      reading.cgroups.map(({ hierarchy, path, files }) => [
        `${hierarchy}:${path}`,
        Object.fromEntries(Object.entries(files).map(([name, text]) => [name, COUNTERS.test(name) ? "" : text])),
      ]),
    ),
    mounts: reading.mounts
      .filter((table) => table.mountNamespace !== reading.node.self.mnt)
      .map((table) => table.mounts),
    files: reading.files,
    net: Object.fromEntries(reading.net.map(({ inode, files }) => [inode, [files.fib_trie, files.if_inet6]])),
    relations: Object.fromEntries(reading.relations.map((one) => [`${one.type}:${one.inode}`, one])),
    // Whole with each deep reading; sockets only perl can ask, and what tools say has times in it.
    slow: reading.deep
      ? {
          fds: reading.fds.map((one) => `${one.pid} ${one.fd} ${one.type} ${one.inode}`).sort(),
          threads: reading.threads.map((one) => `${one.pid} ${one.tid} ${one.type} ${one.inode}`).sort(),
          sysctls: Object.fromEntries(reading.sysctls.map((one) => [`${one.type}:${one.inode}`, one.values])),
          oomLog: reading.oomLog,
        }
      : undefined,
  };
}

/** Paths at which two values differ: whole records would bury the one line that matters. */
function differences(a: unknown, b: unknown, at = ""): string[] {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b) ? [] : [`${at}: ${JSON.stringify(a)} | ${JSON.stringify(b)}`];
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) => differences(left[key], right[key], `${at}/${key}`));
}

const known = (reading: Reading) => new Set(reading.processes.map((one) => `${one.pid}:${one.startTicks}`));

export type StillFacts = ReturnType<typeof still>;

/**
 * Where theirs differs in the same way from ours before and ours after: what changed by itself meanwhile is no
 * difference, on a machine where others make and end pods.
 */
export function disagree(before: Reading, theirs: Reading, after: Reading, drop: (keyof StillFacts)[] = []): string[] {
  const readings = [before, theirs, after];
  const ids = readings.map(known);
  const common = new Set([...ids[0]!].filter((id) => ids.every((one) => one.has(id))));
  const [first, middle, last] = readings.map((reading) => {
    const facts: Partial<StillFacts> = still(reading, common);
    for (const key of drop) delete facts[key];
    return facts;
  });
  const again = new Set(differences(middle, last));
  // Groups, files and namespaces of what was there only while theirs was read.
  const passing = (line: string) => /^\/(cgroups|files|net|relations|mounts)\/.*: [{["].* \| undefined$/.test(line);
  return differences(middle, first)
    .filter((line) => again.has(line) && !passing(line))
    .slice(0, 20)
    .map((line) => line.slice(0, 300));
}
