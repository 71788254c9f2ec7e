/**
 * The demo node has no shell. What a lesson lets one type to look is answered from the model, in the words of the
 * program that a real node has: cat, ls, readlink, grep, tail, dmesg, lsns, nsenter with ip.
 */
import { type LookProgram, looking } from "../../src-shared/lessons/looks.ts";
import { NAMESPACE_TYPES, type NamespaceType } from "../../src-shared/model.ts";
import type { RawProcess, Reading } from "../../src-shared/reading.ts";
import type { Space } from "./kernel.ts";
import type { DemoNode } from "./node.ts";

/** What is printed; what the program complains of is printed too. Throws Error where the demo node does not know the command. */
export function look(node: DemoNode, command: string): string {
  const pipe = looking(command);
  if (!pipe) throw new Error("The demo node has no shell and answers only what looks. Type this on a real node.");
  const at: At = { node, reading: node.reading({ deep: true }) };
  let text = "";
  try {
    for (const [program, ...words] of pipe) text = RUN[program](at, words, text);
  } catch (error) {
    if (error instanceof Complaint) return error.message;
    throw error;
  }
  return text;
}

interface At {
  node: DemoNode;
  reading: Reading;
}
type Run = (at: At, words: string[], stdin: string) => string;

/** What the program would have said on stderr. */
class Complaint extends Error {}

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");
const options = (words: string[]): string[] => words.filter((word) => word.startsWith("-"));
const operands = (words: string[]): string[] => words.filter((word) => !word.startsWith("-"));

const RUN: Record<LookProgram, Run> = {
  cat: (at, words) =>
    operands(words)
      .map((path) => fileAt(at, path, "cat"))
      .join(""),
  ls: (at, words) => lines(operands(words).map((path) => folderAt(at, path))),
  readlink: (at, words) => lines(operands(words).map((path) => linkAt(at, path))),
  grep(at, words, stdin) {
    const [pattern = "", file] = operands(words);
    const wanted = expression(pattern, options(words).includes("-E"));
    const only = options(words).includes("-o");
    const text = file === undefined ? stdin : fileAt(at, file, "grep");
    return lines(
      text
        .split("\n")
        .filter((line) => wanted.test(line))
        .map((line) => (only ? (wanted.exec(line)?.[0] ?? "") : line)),
    );
  },
  tail(_, words, stdin) {
    const count = Number(options(words)[0]?.replace(/^-n?/, "") || 10);
    return lines(stdin.trimEnd().split("\n").slice(-count));
  },
  dmesg: ({ reading }) => lines(reading.oomLog),
  lsns(at, words) {
    const type = words[words.indexOf("-t") + 1] as NamespaceType;
    if (!NAMESPACE_TYPES.includes(type)) throw new Complaint(`lsns: unknown namespace type: ${type}`);
    return lsns(at, type);
  },
  nsenter(at, words) {
    if (!words.includes("ip"))
      throw new Complaint("nsenter: the demo node runs ip -brief address in there, nothing else");
    return addresses(enter(at, words));
  },
};

/** Text, alternatives of it (-E), and `.*` between; nothing that could take long. */
function expression(pattern: string, extended: boolean): RegExp {
  const literal = (text: string) =>
    text
      .split(".*")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*");
  return new RegExp((extended ? pattern.split("|") : [pattern]).map(literal).join("|"));
}

const processAt = ({ reading }: At, pid: string): RawProcess | undefined =>
  reading.processes.find((one) => String(one.pid) === pid);

function fileAt(at: At, path: string, program: string): string {
  const text = procFile(at, path) ?? groupFile(at, path) ?? at.node.files.get(path);
  if (text === undefined) throw new Complaint(`${program}: ${path}: No such file or directory\n`);
  return text.endsWith("\n") ? text : `${text}\n`;
}

function procFile(at: At, path: string): string | undefined {
  if (path === "/proc/self/mountinfo")
    return lines(
      (at.reading.mounts[0]?.mounts ?? []).map(
        ({ root, mountPoint, fstype, source, propagation }, i) =>
          `${200 + i} 30 0:4 ${root} ${mountPoint} rw ${propagation.join(" ")} - ${fstype} ${source} rw`,
      ),
    );
  const [, pid = "", file] = /^\/proc\/(\d+)\/(comm|status|smaps_rollup)$/.exec(path) ?? [];
  const process = processAt(at, pid);
  if (!process) return undefined;
  const kB = (bytes: number) => `${String(bytes / 1024).padStart(15)} kB`;
  if (file === "comm") return process.comm;
  if (file === "status")
    return lines([
      `Name:\t${process.comm}`,
      `State:\t${process.state}`,
      `Pid:\t${process.pid}`,
      `PPid:\t${process.ppid}`,
      `NSpid:\t${(process.nsPids ?? []).join("\t")}`,
    ]);
  const { smaps } = process;
  return (
    smaps &&
    lines([
      `Rss: ${kB(smaps.rss)}`,
      `Pss: ${kB(smaps.pss)}`,
      `Private_Clean: ${kB(smaps.private)}`,
      `Private_Dirty: ${kB(0)}`,
    ])
  );
}

/** The group's path below the hierarchy that is mounted there. */
function groupAt({ reading }: At, path: string): { hierarchy: string; group: string } | undefined {
  const mount = reading.node.cgroupMounts
    .filter(({ mountPoint }) => path === mountPoint || path.startsWith(`${mountPoint}/`))
    .sort((a, b) => b.mountPoint.length - a.mountPoint.length)[0];
  return mount && { hierarchy: mount.hierarchy, group: path.slice(mount.mountPoint.length) || "/" };
}

function groupFile(at: At, path: string): string | undefined {
  const cut = path.lastIndexOf("/");
  const place = groupAt(at, path.slice(0, cut));
  const group =
    place && at.reading.cgroups.find((one) => one.hierarchy === place.hierarchy && one.path === place.group);
  return group?.files[path.slice(cut + 1)];
}

function folderAt(at: At, path: string): string {
  const place = groupAt(at, path);
  if (!place || !at.reading.cgroups.some((one) => one.hierarchy === place.hierarchy && one.path === place.group))
    throw new Complaint(`ls: cannot access '${path}': No such file or directory\n`);
  return path;
}

function linkAt(at: At, path: string): string {
  const [, pid = "", type = ""] = /^\/proc\/(\d+)\/ns\/([a-z]+)$/.exec(path) ?? [];
  const inode = processAt(at, pid)?.ns[type as NamespaceType];
  // As the program: silent where there is no such link.
  if (inode === undefined) throw new Complaint("");
  return `${type}:[${inode}]`;
}

function lsns({ reading }: At, type: NamespaceType): string {
  const members = new Map<number, RawProcess[]>();
  for (const process of reading.processes) {
    const inode = process.ns[type];
    if (inode !== undefined) members.set(inode, [...(members.get(inode) ?? []), process]);
  }
  return lines([
    "        NS NPROCS   PID COMMAND",
    ...[...members]
      .sort(([a], [b]) => a - b)
      .map(([inode, list]) => {
        const first = list.reduce((least, one) => (one.pid < least.pid ? one : least));
        return `${inode} ${String(list.length).padStart(6)} ${String(first.pid).padStart(5)} ${first.cmdline.join(" ") || first.comm}`;
      }),
  ]);
}

function enter(at: At, words: string[]): Space {
  const { kernel } = at.node;
  const pinned = words.find((word) => word.startsWith("--net="))?.slice("--net=".length);
  const inode =
    pinned === undefined ? processAt(at, words[words.indexOf("-t") + 1] ?? "")?.ns.net : kernel.pins.get(pinned);
  const space = inode === undefined ? undefined : kernel.spaces.get(inode);
  if (!space) throw new Complaint(`nsenter: cannot open ${pinned ?? "/proc/…/ns/net"}: No such file or directory\n`);
  return space;
}

/** As `ip -brief address` of iproute2 prints them. */
const addresses = (space: Space): string =>
  lines(
    space.addresses.map(
      ({ interface: name, address, prefix }) =>
        `${name.padEnd(16)} ${(name === "lo" ? "UNKNOWN" : "UP").padEnd(14)} ${address}/${prefix}`,
    ),
  );
