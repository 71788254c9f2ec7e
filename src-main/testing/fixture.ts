/** For tests: the captures among the recorded nodes (recorded.ts) as readings. */
import { Readable } from "node:stream";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import type { NamespaceLink } from "../../src-shared/fields.ts";
import { NAMESPACE_TYPES, type NamespaceType, type Snapshot } from "../../src-shared/model.ts";
import {
  emptyReading,
  type RawCgroup,
  type RawMount,
  type RawProcess,
  type Reading,
} from "../../src-shared/reading.ts";
import { parseProbeText } from "../probe/parse.ts";
import { type CAPTURED, type READ, type RecordedName, recordedTexts, type Texts } from "./recorded.ts";

/** What was read of any recorded node. */
export async function readingOf(name: RecordedName): Promise<Reading> {
  const texts = recordedTexts(name);
  if (texts["reading.json"]) return JSON.parse(texts["reading.json"]) as Reading;
  if (texts["probe.txt"]) return parseProbeText(Readable.from([Buffer.from(texts["probe.txt"])]));
  return fixtureReading(name as FixtureName);
}

export type FixtureName = (typeof CAPTURED)[number];

const snapshots = new Map<FixtureName, Snapshot>();
/** Assembled once: nobody may change it. */
export function fixtureSnapshot(name: FixtureName): Snapshot {
  const snapshot = snapshots.get(name) ?? assemble(fixtureReading(name));
  snapshots.set(name, snapshot);
  return snapshot;
}

/** A reading as our own probe took it. */
export const recordedReading = (name: (typeof READ)[number]): Reading =>
  JSON.parse(recordedTexts(name)["reading.json"]!) as Reading;

export function fixtureReading(name: FixtureName): Reading {
  const texts = recordedTexts(name);
  const reading = emptyReading();
  const proc = blocks(texts["proc.txt"]);
  const node = texts["node.txt"] ?? "";
  reading.takenAt = `${/^date: (\S+)/.exec(node)?.[1] ?? "2026-11-21T09:25:00Z"}`.replace(/Z$/, ".000Z");
  reading.deep = texts["mountinfo.txt"] !== undefined;
  Object.assign(reading.node, {
    hostname: /^Linux (\S+)/m.exec(node)?.[1] ?? "node",
    kernel: /^Linux \S+ (\S+)/m.exec(node)?.[1] ?? "",
    os: /PRETTY_NAME="(.*)"/.exec(node)?.[1] ?? "",
    cpus: 2,
    memoryBytes: Number(/MemTotal:\s+(\d+) kB/.exec(node)?.[1] ?? 0) * 1024,
    privilege: "root",
    cgroupMounts: [{ hierarchy: "v2", mountPoint: "/sys/fs/cgroup" }],
    versions: versions(node),
  });
  reading.processes = processes(proc, texts);
  const self = reading.processes.find((process) => process.pid === 1);
  for (const type of NAMESPACE_TYPES) if (self?.ns[type]) reading.node.self[type] = self.ns[type];
  reading.mounts = mounts(texts, reading.processes);
  reading.cgroups = cgroups(texts);
  reading.files = Object.fromEntries(blocks(texts["files.txt"]));
  const tools = { "podman-pods": "podman-pods", "podman-ps": "podman-containers" };
  for (const [file, tool] of Object.entries(tools)) {
    const output = texts[`${file}.json`];
    if (output) reading.tools[tool] = output;
  }
  for (const line of lines(texts["ns-fds.txt"])) {
    const match = /^\/proc\/(\d+)\/fd\/(\d+) (\w+):\[(\d+)\]$/.exec(line);
    if (match) {
      reading.fds.push({ pid: +match[1]!, fd: +match[2]!, type: match[3] as NamespaceType, inode: +match[4]! });
    }
  }
  const net = new Map<number, Texts>();
  for (const [path, content] of blocks(texts["net.txt"])) {
    const match = /^\/proc\/(\d+)\/net\/(\w+)$/.exec(path);
    if (match) net.set(+match[1]!, { ...net.get(+match[1]!), [match[2]!]: content });
  }
  for (const [pid, files] of net) {
    const inode = reading.processes.find((process) => process.pid === pid)?.ns.net;
    if (inode !== undefined) reading.net.push({ inode, pid, files });
  }
  return reading;
}

const lines = (text: string | undefined): string[] => (text ?? "").split("\n").filter(Boolean);

function blocks(text: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of (text ?? "").split(/^==> /m).slice(1)) {
    const end = part.indexOf(" <==\n");
    if (end >= 0) found.set(part.slice(0, end), part.slice(end + 5).replace(/\n+$/, ""));
  }
  return found;
}

function versions(node: string): Texts {
  const found: Texts = {};
  for (const name of ["podman", "crun", "runc", "conmon", "containerd", "crio", "dockerd"]) {
    const line = new RegExp(`^${name}: (.*)$`, "m").exec(node)?.[1];
    if (line) found[name === "dockerd" ? "docker" : name] = line;
  }
  return found;
}

function processes(proc: Map<string, string>, texts: Texts): RawProcess[] {
  const memory = blocks(texts["memory.txt"]);
  const ns = new Map<number, RawProcess["ns"]>();
  for (const line of lines(texts["ns.txt"])) {
    const match = /^(\d+) (\w+) \w+:\[(\d+)\]$/.exec(line);
    if (!match) continue;
    const links = ns.get(+match[1]!) ?? {};
    links[match[2] as NamespaceLink] = +match[3]!;
    ns.set(+match[1]!, links);
  }
  const found: RawProcess[] = [];
  for (const [path, stat] of proc) {
    const pid = /^\/proc\/(\d+)\/stat$/.exec(path)?.[1];
    if (!pid) continue;
    const at = (file: string) => proc.get(`/proc/${pid}/${file}`) ?? "";
    // comm may hold spaces and brackets: it ends at the last one.
    const comm = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = (key: string) => new RegExp(`^${key}:\\s+(.*)$`, "m").exec(at("status"))?.[1];
    const cgroup: Texts = {};
    for (const line of lines(at("cgroup"))) {
      const [, hierarchy, ...rest] = line.split(":");
      cgroup[hierarchy!] = rest.join(":");
    }
    const smaps = memory.get(`/proc/${pid}/smaps_rollup`);
    const kb = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(smaps ?? "")?.[1] ?? 0) * 1024;
    const oomScoreAdj = at("oom_score_adj").trim();
    found.push({
      pid: +pid,
      ppid: Number(fields[1]),
      startTicks: Number(fields[19]),
      state: fields[0]!,
      uid: Number((status("Uid") ?? "0 0").split(/\s+/)[1]),
      comm,
      cmdline: at("cmdline").replace(/\\0$/, "").split("\\0").filter(Boolean),
      rssBytes: Number((status("VmRSS") ?? "0").split(" ")[0]) * 1024,
      oomScoreAdj: oomScoreAdj === "" ? null : Number(oomScoreAdj),
      ns: ns.get(+pid) ?? {},
      cgroup,
      nsPids: status("NSpid")?.split(/\s+/).map(Number),
      ...(smaps
        ? {
            smaps: {
              rss: kb("Rss"),
              pss: kb("Pss"),
              private: kb("Private_Clean") + kb("Private_Dirty"),
              swap: kb("Swap"),
            },
          }
        : {}),
    });
  }
  return found;
}

function mounts(texts: Texts, all: readonly RawProcess[]): Reading["mounts"] {
  const found: Reading["mounts"] = [];
  for (const [path, content] of blocks(texts["mountinfo.txt"])) {
    const pid = Number(/^\/proc\/(\d+)\//.exec(path)?.[1]);
    const mountNamespace = all.find((process) => process.pid === pid)?.ns.mnt;
    if (mountNamespace !== undefined) found.push({ mountNamespace, pid, mounts: lines(content).flatMap(mount) });
  }
  if (found.length === 0) {
    const mountNamespace = all.find((process) => process.pid === 1)?.ns.mnt ?? 0;
    found.push({ mountNamespace, pid: 1, mounts: lines(texts["pins.txt"]).flatMap(mount) });
  }
  return found;
}

function mount(line: string): RawMount[] {
  const fields = line.split(" ");
  const dash = fields.indexOf("-");
  if (dash < 6) return [];
  const plain = (text: string) =>
    text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  return [
    {
      root: plain(fields[3]!),
      mountPoint: plain(fields[4]!),
      fstype: fields[dash + 1]!,
      source: plain(fields[dash + 2] ?? ""),
      propagation: fields.slice(6, dash),
    },
  ];
}

function cgroups(texts: Texts): RawCgroup[] {
  const found = new Map<string, RawCgroup>();
  const root = "/sys/fs/cgroup";
  const at = (folder: string): RawCgroup => {
    const path = folder.slice(root.length) || "/";
    const known = found.get(path) ?? { hierarchy: "v2", path, files: {} };
    found.set(path, known);
    return known;
  };
  for (const folder of lines(texts["cgroup-dirs.txt"])) if (folder.startsWith(root)) at(folder);
  for (const [path, content] of blocks(texts["cgroup.txt"])) {
    if (!path.startsWith(`${root}/`)) continue;
    const cut = path.lastIndexOf("/");
    at(path.slice(0, cut)).files[path.slice(cut + 1)] = content;
  }
  return [...found.values()];
}
