/** For property tests: readings of a node on which every text that somebody can choose was chosen to do harm. */
import fc from "fast-check";
import { NAMESPACE_TYPES } from "../../../src-shared/model.ts";
import { emptyReading, type RawProcess, type Reading } from "../../../src-shared/reading.ts";

/** Text as a hostile pod would choose it: control characters, our own words, other scripts. */
export const words = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "\n0123456789.15 end 1 1\n",
    "x) S 1 (",
    "\\n\\s\\z",
    "\\012",
    "#podglass:reading/1 0123456789",
    "__proto__",
    "\u001b[31m",
    "💣",
  ),
);
const filled = words.filter((text) => text !== "" && !text.includes("\0"));
const name = filled.filter((text) => !text.includes("/") && !text.includes("\n"));
const argument = words.map((text) => text.replaceAll("\0", ""));
const inode = fc.integer({ min: 1, max: 2 ** 32 });
const pid = fc.integer({ min: 1, max: 70_000 });
const kb = fc.nat(1000).map((count) => count * 1024);
const texts = fc.dictionary(words, words, { maxKeys: 4 });

const aProcess = (pid: number): fc.Arbitrary<RawProcess> =>
  fc.record(
    {
      pid: fc.constant(pid),
      ppid: fc.nat(70_000),
      startTicks: fc.nat(),
      state: fc.constantFrom("S", "R", "Z", "I"),
      uid: fc.nat(),
      comm: argument,
      cmdline: fc.array(argument, { maxLength: 4 }).map((args) => (args.join("") === "" ? [] : args)),
      rssBytes: fc.nat(1000).map((pages) => pages * 4096),
      oomScoreAdj: fc.option(fc.integer({ min: -1000, max: 1000 })),
      ns: fc.record({ net: inode, pid_for_children: inode }),
      cgroup: fc.record({ "": name.map((text) => `/${text}`), "cpu,cpuacct": name.map((text) => `/${text}`) }),
      nsPids: fc.constant([pid, 1]),
      pageTableBytes: kb,
      swapBytes: kb,
      oomScore: fc.nat(2000),
      threads: fc.nat(9),
      stuck: fc.boolean(),
      cwd: words,
      smaps: fc.record({ rss: kb, pss: kb, private: kb, swap: kb }),
      security: fc.record({
        seccomp: fc.constantFrom(0, 1, 2),
        noNewPrivs: fc.boolean(),
        capEff: fc.constantFrom("0000000000000000", "00000000a80425fb"),
        capBnd: fc.constantFrom("000001ffffffffff", "00000000a80425fb"),
        label: fc.oneof(words, fc.constant("-")),
        uidMap: words,
        gidMap: words,
      }),
    },
    {
      requiredKeys: [
        ...(["pid", "ppid", "startTicks", "state", "uid", "comm", "cmdline", "rssBytes", "oomScoreAdj"] as const),
        ...(["ns", "cgroup", "pageTableBytes", "swapBytes"] as const),
      ],
    },
  );

const aMount = fc
  .tuple(
    fc.record({
      root: filled,
      mountPoint: filled,
      fstype: fc.constantFrom("nsfs", "overlay"),
      source: filled,
      propagation: fc.constantFrom<string[]>([], ["shared:12"], ["shared:1", "master:3"]),
    }),
    fc.option(fc.record({ id: fc.integer({ min: 1 }), parent: fc.integer({ min: 1 }), readOnly: fc.boolean() })),
  )
  .map(([mount, numbers]) => ({ ...mount, ...numbers }));

/** In the order in which a reading gives them, each key once. */
const listOf = <T>(item: fc.Arbitrary<T>, key: (one: T) => number, maxLength = 4): fc.Arbitrary<T[]> =>
  fc.uniqueArray(item, { selector: key, maxLength }).map((list) => list.sort((a, b) => key(a) - key(b)));

const slow = fc.record({
  fds: listOf(fc.record({ pid, fd: fc.nat(100), type: fc.constantFrom(...NAMESPACE_TYPES), inode }), (one) => one.pid),
  sockets: listOf(fc.record({ pid, fd: fc.nat(100), inode }), (one) => one.pid),
  threads: listOf(fc.record({ pid, tid: pid, type: fc.constantFrom(...NAMESPACE_TYPES), inode }), (one) => one.tid),
  sysctls: listOf(
    fc.record({ type: fc.constantFrom("net", "ipc", "uts"), inode, pid, values: texts }),
    (one) => one.inode,
  ),
  interfaces: listOf(
    fc.record(
      {
        inode,
        index: inode,
        name: words,
        kind: words,
        mac: words,
        mtu: fc.nat(),
        up: fc.boolean(),
        link: inode,
        linkNamespace: inode,
        master: inode,
      },
      { requiredKeys: ["inode", "index", "name", "mtu", "up"] },
    ),
    (one) => one.inode,
  ),
  routes: listOf(
    fc.record({ inode, dev: inode, to: words, via: words }, { requiredKeys: ["inode", "dev", "to"] }),
    (one) => one.inode,
  ),
  oomLog: fc.array(words, { maxLength: 3 }),
});

/** What only a deep frame tells; a quick one leaves it as it was. */
export const slowParts = ({ fds, sockets, threads, sysctls, interfaces, routes, oomLog }: Reading) => ({
  fds,
  ...(sockets && sockets.length > 0 ? { sockets } : {}),
  threads,
  sysctls,
  ...(interfaces && interfaces.length > 0 ? { interfaces, routes } : {}),
  oomLog,
});

const sorted = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));

export const aReading: fc.Arbitrary<Reading> = fc
  .record({
    hostname: words,
    processes: fc
      .uniqueArray(pid, { maxLength: 8 })
      .chain((pids) => fc.tuple(...pids.sort((a, b) => a - b).map(aProcess))),
    groups: fc.uniqueArray(name, { maxLength: 5 }),
    values: texts,
    files: texts,
    tools: texts,
    mounts: listOf(
      fc.record({ mountNamespace: inode, pid, mounts: fc.array(aMount, { maxLength: 3 }) }),
      (one) => one.mountNamespace,
    ),
    relations: listOf(
      fc.record(
        { type: fc.constantFrom(...NAMESPACE_TYPES), inode, owner: inode, parent: inode },
        { requiredKeys: ["type", "inode"] },
      ),
      (one) => one.inode,
    ),
    listed: listOf(
      fc.record({
        type: fc.constantFrom(...NAMESPACE_TYPES),
        inode,
        id: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String),
      }),
      (one) => one.inode,
    ),
    net: listOf(fc.record({ inode, pid, files: texts }), (one) => one.inode),
    gaps: fc.array(fc.record({ what: words, why: words, count: fc.nat(), mend: words.filter((text) => text !== "") }), {
      maxLength: 3,
    }),
    deep: fc.boolean(),
    slow,
  })
  .map(({ hostname, processes, groups, values, files, tools, deep, slow, listed, ...places }) => {
    const empty = emptyReading();
    return {
      ...empty,
      ...places,
      ...(listed.length > 0 ? { listed } : {}),
      ...(deep ? slowParts({ ...empty, ...slow }) : {}),
      deep,
      takenAt: "2026-11-21T10:00:00.250Z",
      node: { ...empty.node, hostname, cpus: 2, uptimeSeconds: 12.5, listed: listed.length },
      processes: [...processes],
      cgroups: groups
        .map((group) => ({
          hierarchy: "v2",
          path: `/${group}`,
          files: { "cgroup.procs": "1\n2", "cpu.max": "max 100000", ...values },
        }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
      files: sorted(files),
      tools: sorted(tools),
    };
  });

/** Lone surrogates are no UTF-8: they become U+FFFD on any way through bytes. */
export const asUtf8 = <T>(value: T): T => {
  const text = (one: string) => Buffer.from(one, "utf8").toString("utf8");
  if (typeof value === "string") return text(value) as T;
  if (Array.isArray(value)) return value.map(asUtf8) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [text(key), asUtf8(one)])) as T;
};
