/** Values of the node that a text, a command or a question speaks of: `{pid web/app}`, `{inode net web}`, `{ip web}`. */
import { cgroupsOf } from "../cgroups/report.ts";
import { bytes } from "../format.ts";
import { NAMESPACE_TYPES, type NamespaceType, type Snapshot } from "../model.ts";
import { containerNamed, oomKillsIn, podNamed, processNamed } from "./find.ts";
import { pinsFolderOf } from "./pins.ts";

type Value = (snapshot: Snapshot, args: string[]) => string | undefined;

const VALUES: Record<string, { args: number; words: string; value: Value }> = {
  pid: { args: 1, words: "pid POD/NAME", value: (s, [place = ""]) => text(processNamed(s, place)?.pid) },
  start: { args: 1, words: "start POD/NAME", value: (s, [place = ""]) => text(processNamed(s, place)?.startTicks) },
  inode: { args: 2, words: "inode TYPE POD", value: inode },
  own: {
    args: 2,
    words: "own TYPE POD/NAME",
    value: (s, [type = "", place = ""]) => text(processNamed(s, place)?.namespaces[type as NamespaceType]),
  },
  ip: { args: 1, words: "ip POD", value: (s, [pod = ""]) => podNamed(s, pod)?.ips[0] },
  pins: { args: 1, words: "pins POD", value: (s, [pod = ""]) => pinsFolderOf(s, podNamed(s, pod)) },
  cgroup: {
    args: 1,
    words: "cgroup POD[/NAME]",
    value: (s, [place = ""]) => cgroupFolder(s, place),
  },
  file: {
    args: 2,
    words: "file NAME POD[/NAME]",
    value: (s, [file = "", place = ""]) => cgroupFile(s, file, place),
  },
  limit: {
    args: 1,
    words: "limit POD[/NAME]",
    value: (s, [place = ""]) => {
      const limit = report(s, place)?.effective.memoryMaxBytes?.value;
      return limit === undefined ? undefined : bytes(limit);
    },
  },
  used: {
    args: 1,
    words: "used POD[/NAME]",
    value: (s, [place = ""]) => {
      const used = report(s, place)?.usage.memoryBytes;
      return used === undefined ? undefined : bytes(used);
    },
  },
  weight: { args: 1, words: "weight POD[/NAME]", value: (s, [place = ""]) => text(report(s, place)?.weight?.value) },
  qos: { args: 1, words: "qos POD", value: (s, [pod = ""]) => podNamed(s, pod)?.qos },
  kills: { args: 1, words: "kills POD", value: (s, [pod = ""]) => text(oomKillsIn(s, pod)) },
  killed: { args: 1, words: "killed POD", value: (s, [pod = ""]) => killed(s, pod) },
  members: {
    args: 2,
    words: "members TYPE POD",
    value: (s, [type = "", pod = ""]) => {
      const wanted = podNamed(s, pod)?.namespaces[type as NamespaceType];
      return text(s.namespaces.find((one) => one.type === type && one.inode === wanted)?.pids.length);
    },
  },
};

/** The newest kill in the pod's groups. */
function killed(snapshot: Snapshot, name: string): string | undefined {
  const path = podNamed(snapshot, name)?.cgroupPath;
  if (path === undefined) return undefined;
  return snapshot.oomKills?.findLast((kill) => kill.cgroup === path || kill.cgroup?.startsWith(`${path}/`))?.comm;
}

const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));

function inode(snapshot: Snapshot, [type = "", pod = ""]: string[]): string | undefined {
  return text(podNamed(snapshot, pod)?.namespaces[type as NamespaceType]);
}

/** The cgroup path that a lesson names: a pod's, or a container's. */
export function cgroupOf(snapshot: Snapshot, place: string): string | undefined {
  return place.includes("/") ? containerNamed(snapshot, place)?.cgroupPath : podNamed(snapshot, place)?.cgroupPath;
}

export function report(snapshot: Snapshot, place: string) {
  const path = cgroupOf(snapshot, place);
  return path === undefined ? undefined : cgroupsOf(snapshot).byPath.get(path);
}

function cgroupFolder(snapshot: Snapshot, place: string): string | undefined {
  const path = cgroupOf(snapshot, place);
  const mounts = snapshot.node.cgroupMounts ?? [];
  const mount = mounts.find((one) => one.hierarchy === (snapshot.node.cgroupMode === "v2" ? "v2" : "memory"));
  return path === undefined ? undefined : `${mount?.mountPoint ?? "/sys/fs/cgroup"}${path}`;
}

/** What a file of cgroup v2 was called on v1, and below which hierarchy. */
const ON_V1: Readonly<Record<string, [hierarchy: string, file: string]>> = {
  "memory.max": ["memory", "memory.limit_in_bytes"],
  "memory.current": ["memory", "memory.usage_in_bytes"],
  "memory.events": ["memory", "memory.oom_control"],
  "cpu.weight": ["cpu", "cpu.shares"],
};

/** A group's file by its name on v2, in full and as it is called on this node. */
function cgroupFile(snapshot: Snapshot, file: string, place: string): string | undefined {
  const path = cgroupOf(snapshot, place);
  const [hierarchy, name] = (snapshot.node.cgroupMode === "v2" ? ["v2", file] : ON_V1[file]) ?? ["memory", file];
  const mounts = snapshot.node.cgroupMounts ?? [];
  const mount = mounts.find((one) => one.hierarchy === hierarchy || one.hierarchy.split(",").includes(hierarchy));
  return path === undefined ? undefined : `${mount?.mountPoint ?? "/sys/fs/cgroup"}${path}/${name}`;
}

/** "pid web/app" on this node, or undefined where there is no such thing just now. */
export function nodeValue(snapshot: Snapshot, expression: string): string | undefined {
  const [name = "", ...args] = expression.trim().split(/\s+/);
  const known = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  return known?.value(snapshot, args);
}

/** Throws Error where a text has a placeholder that can never have a value. */
export function checkPlaceholders(words: string): void {
  for (const [, expression = ""] of words.matchAll(PLACEHOLDER)) {
    const [name = "", ...args] = expression.trim().split(/\s+/);
    const known = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
    if (!known)
      throw new Error(
        `{${expression}} is none of: ${Object.values(VALUES)
          .map((one) => `{${one.words}}`)
          .join(", ")}`,
      );
    if (args.length !== known.args) throw new Error(`{${expression}} is not of the form {${known.words}}`);
    if (/TYPE/.test(known.words) && !NAMESPACE_TYPES.includes(args[0] as NamespaceType))
      throw new Error(`{${expression}}: "${args[0]}" is no namespace type`);
  }
}

export const PLACEHOLDER = /\{([a-z]+(?: [^{}]*)?)\}/g;

/** A text with its values; "…" where there is none yet. */
export const fill = (snapshot: Snapshot | undefined, words: string): string => fillFrom([snapshot], words);

/** Each value from the first of the snapshots that has it. */
export const fillFrom = (snapshots: readonly (Snapshot | undefined)[], words: string): string =>
  words.replace(
    PLACEHOLDER,
    (_, expression: string) =>
      snapshots.map((one) => one && nodeValue(one, expression)).find((value) => value !== undefined) ?? "…",
  );

/** Whether what a person typed is that value: case, blanks and the way a size is written do not matter. */
export function isAnswer(snapshot: Snapshot, expression: string, given: string): boolean {
  const right = nodeValue(snapshot, expression);
  if (right === undefined || given.trim() === "") return false;
  const plain = (words: string) => words.trim().toLowerCase().replace(/\s+/g, " ");
  if (plain(given) === plain(right)) return true;
  const [a, b] = [bytesOf(given), bytesOf(right)];
  return a !== undefined && a === b && /[a-z]/i.test(right);
}

/** "40 MiB" or "40M" in bytes. */
export function bytesOf(size: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([KMG])?(?:i?B)?$/i.exec(size.trim());
  if (!match?.[1]) return undefined;
  const power = { k: 1, m: 2, g: 3 }[match[2]?.toLowerCase() ?? ""] ?? 0;
  return Math.round(Number(match[1]) * 1024 ** power);
}
