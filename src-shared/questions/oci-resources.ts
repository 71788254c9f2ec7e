/**
 * What a config.json asked for against the cgroup files as they are now. The file is never rewritten, so a difference is
 * a change after the start: an in-place resize, `systemctl set-property`, or a hand.
 * Conversions: opencontainers/cgroups utils.go, crun crun.1.md; the weight by either formula (cgroups/weights.ts).
 */

import { linearWeight, quadraticWeight } from "../cgroups/weights.ts";
import { lookup } from "../lookup.ts";
import type { Container, Snapshot } from "../model.ts";
import { integer, isObject, object } from "../runtimes/json.ts";

export interface ResourceCheck {
  /** As the runtime-spec calls it: "memory.limit". */
  name: string;
  asked: string;
  file: string;
  /** undefined: the file was not read, or the kernel has none. */
  now?: string;
  same?: boolean;
  words: string;
}

/** Empty where there is no config, or the group is gone. */
export function checkResources(snapshot: Snapshot, container: Container): ResourceCheck[] {
  const resources = container.oci?.resources;
  if (!resources) return [];
  const v2 = snapshot.node.cgroupMode === "v2";
  // crun on v2 puts the process into <scope>/container: it writes some limits there, and leaves others to systemd and
  // the scope (crun.1.md, run.oci.systemd.subgroup). What was asked for may hold in either.
  const process = container.pid === null ? undefined : lookup(snapshot).process(container.pid);
  const leaf = v2 ? process?.cgroup.v2 : undefined;
  const levels = [...new Set([leaf ?? container.cgroupPath, container.cgroupPath])].map((path) => {
    const files: Record<string, string> = {};
    for (const group of groupsAt(snapshot, path))
      if (v2 === (group.hierarchy === "v2")) Object.assign(files, group.files);
    return files;
  });
  if (levels.every((files) => Object.keys(files).length === 0)) return [];
  // A sandbox without a process, as CRI-O makes it, has a group that nobody was ever put into: its weight is the
  // kernel's own, and no change of what was asked for.
  if (container.pid === null)
    return requests(resources, v2).map(({ name, asked, file }) => ({
      name,
      asked,
      file,
      words: "nothing of it runs, so nothing is held to it",
    }));
  return requests(resources, v2).map((requested) => compare(requested, levels, snapshot.node.pageSize));
}

const byPath = new WeakMap<Snapshot, Map<string, Snapshot["cgroups"]>>();

function groupsAt(snapshot: Snapshot, path: string): Snapshot["cgroups"] {
  let index = byPath.get(snapshot);
  if (!index) {
    index = new Map();
    for (const group of snapshot.cgroups) {
      const known = index.get(group.path);
      if (known) known.push(group);
      else index.set(group.path, [group]);
    }
    byPath.set(snapshot, index);
  }
  return index.get(path) ?? [];
}

interface Requested {
  name: string;
  asked: string;
  file: string;
  /** Any of these texts in the file is what was asked for. */
  expected: string[];
  bytes?: boolean;
}

function requests(resources: Record<string, unknown>, v2: boolean): Requested[] {
  const found: Requested[] = [];
  const add = (
    name: string,
    asked: number | string | undefined,
    file: string,
    expected: (string | number)[],
    bytes = false,
  ) => {
    if (asked !== undefined) found.push({ name, asked: String(asked), file, expected: expected.map(String), bytes });
  };
  const none = (value: number): string | number => (value < 0 ? (v2 ? "max" : -1) : value);
  const memory = object(resources.memory);
  const cpu = object(resources.cpu);
  const limit = set(memory.limit);
  const swap = set(memory.swap);
  const shares = set(cpu.shares);
  const quota = set(cpu.quota);
  const period = set(cpu.period) ?? 100_000;
  const pids = set(object(resources.pids).limit);
  add(
    "memory.limit",
    limit,
    v2 ? "memory.max" : "memory.limit_in_bytes",
    limit === undefined ? [] : [none(limit)],
    true,
  );
  add(
    "memory.reservation",
    set(memory.reservation),
    v2 ? "memory.low" : "memory.soft_limit_in_bytes",
    [set(memory.reservation) ?? 0],
    true,
  );
  if (swap !== undefined) {
    // OCI counts memory and swap together; v2 counts swap alone.
    const alone = swap < 0 ? "max" : swap - (limit ?? 0);
    add("memory.swap", swap, v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes", [v2 ? alone : swap], true);
  }
  if (shares !== undefined) {
    const weights = [linearWeight(shares), quadraticWeight(shares)];
    add("cpu.shares", shares, v2 ? "cpu.weight" : "cpu.shares", v2 ? weights : [shares]);
  }
  if (quota !== undefined) {
    if (v2) add("cpu.quota", `${quota} of ${period} µs`, "cpu.max", [`${quota < 0 ? "max" : quota} ${period}`]);
    else add("cpu.quota", `${quota} µs`, "cpu.cfs_quota_us", [quota]);
  }
  if (typeof cpu.cpus === "string" && cpu.cpus !== "") add("cpu.cpus", cpu.cpus, "cpuset.cpus", [cpu.cpus]);
  add("pids.limit", pids, "pids.max", pids === undefined ? [] : [pids < 0 ? "max" : pids]);
  if (v2 && isObject(resources.unified)) {
    for (const [file, value] of Object.entries(resources.unified)) {
      if (typeof value === "string") add(`unified ${file}`, value, file, [value]);
    }
  }
  return found;
}

/** 0 is how runtimes write "not asked for". */
const set = (value: unknown): number | undefined => integer(value) || undefined;

function compare(requested: Requested, levels: readonly Record<string, string>[], pageSize: number): ResourceCheck {
  const { name, asked, file } = requested;
  const held = levels.flatMap((files) => files[file]?.trim() ?? []);
  if (held.length === 0) return { name, asked, file, words: "the kernel has no such file here, or it was not read" };
  const asWished = (now: string) =>
    requested.expected.some((text) => text === now || (requested.bytes === true && sameBytes(text, now, pageSize)));
  const fitting = held.find(asWished);
  const now = fitting ?? held[0]!;
  const same = fitting !== undefined;
  const changed = `asked for ${[...new Set(requested.expected)].join(" or ")}, ${now} now: changed since the start (an in-place resize, systemctl set-property, or by hand)`;
  return { name, asked, file, now, same, words: same ? "as asked" : changed };
}

/** The kernel rounds limits down to pages. A v1 limit of none is a huge number, never -1. */
function sameBytes(asked: string, now: string, pageSize: number): boolean {
  const wanted = Number(asked);
  const held = Number(now);
  if (wanted < 0) return held >= 2 ** 62;
  return Number.isFinite(wanted) && Math.floor(wanted / pageSize) * pageSize === held;
}
