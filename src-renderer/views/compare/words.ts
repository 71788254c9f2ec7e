import { saysSame } from "../../../src-shared/diff/value-words.ts";
import { inert } from "../../../src-shared/format.ts";
import type { PodDiff } from "../../../src-shared/reports.ts";

export type DiffRow = PodDiff["rows"][number];

/** Which rows stand together, in this order; the rest are containers, by name. */
const SECTIONS: [string, RegExp][] = [
  ["Sandbox", /^(kind|sandbox\.|modes)/],
  ["Namespaces", /^namespaces\./],
  ["Network", /^network\./],
  ["Cost of pause", /^cost\./],
  ["Cgroup", /^cgroup\./],
  ["Pod", /^(name|runtime|qos|containers)$/],
];

/** Numbers that name a thing differ between any two; they tell apart, they do not tell a difference. */
const IDENTITY = /(\.inode|^name|(^|: )cgroup\.path)$/;

/** What pause alone makes different: the runtime, the programs and the limits of a pod are not its doing. */
export const ofPause = ({ field }: DiffRow): boolean => /^(sandbox\.(state|why)|namespaces\.|cost\.)/.test(field);

export interface Section {
  title: string;
  rows: DiffRow[];
}

export const isIdentity = (row: DiffRow): boolean => IDENTITY.test(row.field);
/** Differs as people read it: a few bytes more that round to the same words are no difference to show. */
export const differs = (row: DiffRow): boolean => !saysSame(row) && !isIdentity(row);

/** Who else is in the node's own namespaces is no affair of either pod. */
export function telling(rows: readonly DiffRow[]): DiffRow[] {
  const hosts = new Set(
    rows.filter(({ left, right }) => left === "the node's" && right === "the node's").map(({ field }) => field),
  );
  return rows.filter(
    ({ field }) => !hosts.has(field.replace(/\.(heldBy|pins|diesWithPause|inode)$/, "")) || hosts.has(field),
  );
}

export function sectionsOf(rows: readonly DiffRow[]): Section[] {
  const sections = new Map<string, DiffRow[]>(SECTIONS.map(([title]) => [title, []]));
  for (const row of rows) {
    const container = /^container (.*?): /.exec(row.field);
    const title = container
      ? `Container ${inert(container[1] ?? "", 60)}`
      : (SECTIONS.find(([, pattern]) => pattern.test(row.field))?.[0] ?? "Pod");
    const list = sections.get(title);
    if (list) list.push(row);
    else sections.set(title, [row]);
  }
  return [...sections].filter(([, list]) => list.length > 0).map(([title, list]) => ({ title, rows: list }));
}

const NAMES: Record<string, string> = {
  kind: "what it is",
  "sandbox.state": "sandbox",
  "sandbox.why": "why",
  modes: "asked for",
  "network.mode": "network from",
  "network.addresses": "addresses",
  "network.listeners": "listens on",
  "network.wires": "wires",
  "cost.processes": "processes",
  "cost.cgroups": "cgroups",
  "cost.rssBytes": "memory, resident",
  "cost.pssBytes": "memory, its share",
  "cost.privateBytes": "memory, private",
  "cost.mounts": "mounts",
  qos: "QoS class",
  oomScoreAdj: "oom_score_adj",
  restartCount: "restarts",
};
const LAST: Record<string, string> = {
  mountsInside: "mounts inside",
  heldBy: "held by",
  pins: "pins",
  diesWithPause: "ends with pause",
  inode: "inode",
  memoryMaxBytes: "memory limit",
  effectiveMemoryMaxBytes: "memory limit that holds",
  cpuMaxCores: "cpu limit",
  pidsMax: "process limit",
  weight: "cpu weight",
  memoryBytes: "memory used",
  workingSetBytes: "working set",
  pids: "processes",
  path: "path",
};

/** A field's name as people say it: "namespaces.net.heldBy" is "net held by". */
export function fieldWords(field: string): string {
  const own = field.replace(/^container .*?: /, "");
  const known = NAMES[own];
  if (known !== undefined) return known;
  const space = /^namespaces\.(\w+)(?:\.(\w+))?$/.exec(own);
  if (space) return space[2] === undefined ? space[1]! : `${space[1]} ${LAST[space[2]] ?? space[2]}`;
  const asked = /^oci\.namespaces\.(\w+)$/.exec(own);
  if (asked) return `${asked[1]} joins`;
  const resources = /^oci\.resources\.(\w+)$/.exec(own);
  if (resources) return `${resources[1]} asked for`;
  if (own === "oci.mounts") return "mounts";
  const last = own.split(".").at(-1) ?? own;
  return inert(LAST[last] ?? own, 60);
}

/** Values one would paste stand in mono. */
export const isMono = (field: string): boolean =>
  /(pins|path|inode|command|image|mounts|mountsInside|listeners|addresses|oci\.namespaces)/.test(field);
