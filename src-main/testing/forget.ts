/**
 * For tests: readings with a fact taken away, as a node gives them that did not let us read it: a link, a file, a table,
 * a record, a right. What is concluded from such a reading may be less, never more (forget.test.ts).
 */
import { type Gap, NAMESPACE_TYPES } from "../../src-shared/model.ts";
import type { RawProcess, Reading } from "../../src-shared/reading.ts";
import type { Random } from "../../src-shared/testing/random.ts";

export interface Forgotten {
  /** What was taken away, for a test's message. */
  what: string;
  /** The reading without it; the one that was given is left alone. */
  reading: () => Reading;
}

/** Every reading without one fact. */
export function forgetOne(reading: Reading): Forgotten[] {
  const found: Forgotten[] = [];
  const add = (what: string, change: Partial<Reading>) =>
    found.push({ what, reading: () => ({ ...reading, ...change, gaps: [...reading.gaps, ...gapsOf(what)] }) });
  const without = <K extends keyof Reading>(key: K, index: number): Partial<Reading> => ({
    [key]: (reading[key] as unknown[]).filter((_, at) => at !== index),
  });
  reading.processes.forEach((process, index) => {
    if (isKernels(process)) return;
    const instead = (change: Partial<RawProcess>): Partial<Reading> => ({
      processes: reading.processes.with(index, { ...process, ...change }),
    });
    const of = `of pid ${process.pid} (${process.comm})`;
    add(`ns ${of}`, instead({ ns: {} }));
    for (const link of Object.keys(process.ns) as (keyof RawProcess["ns"])[]) {
      const { [link]: _, ...ns } = process.ns;
      add(`ns/${link} ${of}`, instead({ ns }));
    }
    add(`cgroup ${of}`, instead({ cgroup: {} }));
    add(`NSpid ${of}`, instead({ nsPids: undefined }));
    add(`cmdline ${of}`, instead({ cmdline: [] }));
    if (process.cwd) add(`cwd ${of}`, instead({ cwd: undefined }));
    if (process.security) add(`security ${of}`, instead({ security: undefined }));
  });
  for (const path of Object.keys(reading.files)) {
    const { [path]: _, ...files } = reading.files;
    add(`file ${path}`, { files });
  }
  for (const tool of Object.keys(reading.tools)) {
    const { [tool]: _, ...tools } = reading.tools;
    add(`tool ${tool}`, { tools });
  }
  for (const [index, { pid }] of reading.mounts.entries()) add(`mounts of pid ${pid}`, without("mounts", index));
  reading.cgroups.forEach((group, index) => {
    add(`group ${group.hierarchy}${group.path}`, without("cgroups", index));
    if (Object.keys(group.files).length > 0)
      add(`files of group ${group.hierarchy}${group.path}`, {
        cgroups: reading.cgroups.with(index, { ...group, files: {} }),
      });
  });
  for (const [index, { inode }] of reading.net.entries()) add(`net of net:[${inode}]`, without("net", index));
  for (const list of ["fds", "threads", "relations", "sysctls", "sockets"] as const)
    for (const [index, one] of (reading[list] ?? []).entries())
      add(`${list} ${JSON.stringify(one).slice(0, 80)}`, without(list, index));
  return found;
}

/** A reading without some facts at once, one after another from what is left. @param most so many at most */
export function forgetSeveral(reading: Reading, random: Random, most: number): Forgotten {
  const taken: string[] = [];
  let left = reading;
  for (let step = 1 + random.below(most); step > 0; step--) {
    const all = random.below(4) === 0 ? forgetKinds(left) : forgetOne(left);
    if (all.length === 0) break;
    const { what, reading: less } = random.pick(all);
    taken.push(what);
    left = less();
  }
  return { what: taken.join(" and "), reading: () => left };
}

/** Every reading without all facts of one kind. */
export function forgetKinds(reading: Reading): Forgotten[] {
  const found: Forgotten[] = [];
  const add = (what: string, change: Partial<Reading>) =>
    found.push({ what, reading: () => ({ ...reading, ...change, gaps: [...reading.gaps, ...gapsOf(what)] }) });
  const all = (change: (process: RawProcess) => Partial<RawProcess>): Partial<Reading> => ({
    processes: reading.processes.map((one) => ({ ...one, ...change(one) })),
  });
  add(
    "every ns link",
    all(() => ({ ns: {} })),
  );
  for (const type of NAMESPACE_TYPES)
    add(
      `every ns/${type}`,
      all(({ ns: { [type]: _, ...ns } }) => ({ ns })),
    );
  add(
    "every cgroup",
    all(() => ({ cgroup: {} })),
  );
  add(
    "every NSpid",
    all(() => ({ nsPids: undefined })),
  );
  add(
    "every cmdline",
    all(() => ({ cmdline: [] })),
  );
  add(
    "every smaps and cwd",
    all(() => ({ smaps: undefined, cwd: undefined })),
  );
  add(
    "every security",
    all(() => ({ security: undefined })),
  );
  for (const list of [
    "mounts",
    "cgroups",
    "net",
    "fds",
    "threads",
    "relations",
    "sysctls",
    "sockets",
    "oomLog",
  ] as const)
    add(`all ${list}`, { [list]: [] });
  add("all mounts but the node's", { mounts: reading.mounts.slice(0, 1) });
  add("all runtime records", { files: {} });
  add("all tools", { tools: {} });
  const files = new Set(reading.cgroups.flatMap((group) => Object.keys(group.files)));
  for (const file of files)
    add(`every ${file}`, { cgroups: reading.cgroups.map((group) => ({ ...group, files: omit(group.files, file) })) });
  for (const [what, pattern] of RECORDS) {
    const paths = Object.keys(reading.files).filter((path) => pattern.test(path));
    if (paths.length > 0) add(`every ${what}`, { files: omit(reading.files, ...paths) });
  }
  for (const type of NAMESPACE_TYPES) {
    if (reading.node.self[type] === undefined) continue;
    const { [type]: _, ...self } = reading.node.self;
    add(`our own shell's ${type}`, { node: { ...reading.node, self } });
  }
  return found;
}

const RECORDS: readonly [string, RegExp][] = [
  ["config.json", /\/config\.json$/],
  ["init.pid", /\/init\.pid$/],
  ["state.json", /\/state\.json$/],
  ["crun status", /\/crun\/[^/]+\/status$/],
  ["manifest of ours", /\/podglass\//],
  ["record of Docker's", /\/containers\/[0-9a-f]{64}\/(config\.v2|hostconfig)\.json$/],
  ["pidfile", /\/pidfile$/],
  ["sandbox file", /\/sandbox$/],
  ["configuration file", /\.(conf|toml|yaml)$|\/daemon\.json$/],
];

/**
 * What a login without rights gets of the same node: its own processes' links (proc_pid_ns(5): PTRACE_MODE_READ_FSCREDS),
 * everybody's stat, status and cgroup, cgroup files, its own mount table; no runtime's records, no open files.
 * @param uid whose login it is
 * @param hidden with hidepid, where others' processes are not shown at all
 */
export function asUser(reading: Reading, uid: number, hidden = false): Forgotten {
  const mine = (process: RawProcess) => process.uid === uid;
  const processes = reading.processes
    .filter((one) => !hidden || mine(one))
    .map((one) => (mine(one) ? one : { ...one, ns: {}, cwd: undefined, smaps: undefined }));
  const pids = new Set(processes.filter(mine).map((one) => one.pid));
  const what = `everything but what uid ${uid} may read${hidden ? ", with hidepid" : ""}`;
  return {
    what,
    reading: () => ({
      ...reading,
      node: { ...reading.node, privilege: "user" },
      processes,
      mounts: reading.mounts.filter((table) => pids.has(table.pid) || table.mountNamespace === reading.node.self.mnt),
      files: Object.fromEntries(Object.entries(reading.files).filter(([path]) => path.startsWith("/etc/"))),
      tools: {},
      fds: reading.fds.filter(({ pid }) => pids.has(pid)),
      threads: reading.threads.filter(({ pid }) => pids.has(pid)),
      relations: [],
      net: reading.net.filter(({ pid }) => pids.has(pid)),
      sysctls: [],
      oomLog: [],
      gaps: [...reading.gaps, ...gapsOf(what)],
    }),
  };
}

const isKernels = (process: RawProcess): boolean => process.ppid === 2 || process.pid === 2;
const omit = (files: Record<string, string>, ...names: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));

/** The gap that the probe tells where it could not read such a thing: src-main/probe/perl. */
const GAPS: readonly [RegExp, string][] = [
  [/^(every )?(ns\b|cgroup\b)/, "namespaces of processes"],
  [
    /^(file|manifest|all runtime|every (config|init|state|crun|manifest|record|configuration|pidfile|sandbox))/,
    "runtime records",
  ],
  [/^(mounts|all mounts)/, "bind mounts that pid 1 sees"],
  [/hidepid/, "processes of other users"],
  [/^everything/, "runtime records"],
  [/^everything/, "namespaces of processes"],
  [/^everything/, "bind mounts that pid 1 sees"],
  [/group|^all cgroups|^every /, "cgroups"],
  [/^(fds|all fds)/, "open files of processes"],
  [/^(threads|all threads)/, "threads of processes"],
];
const gapsOf = (what: string): Gap[] => {
  const named = GAPS.flatMap(([pattern, gap]) => (pattern.test(what) ? gap : []));
  return (named.length > 0 ? named : [what]).map((gap) => ({ what: gap, why: "permission denied", count: 1 }));
};
