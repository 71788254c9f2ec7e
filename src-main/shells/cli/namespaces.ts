/** podglass namespaces and podglass allowed: what holds each, who owns it, and who may do what in it. */
import { count, inert } from "../../../src-shared/format.ts";
import { listedWords } from "../../../src-shared/listed.ts";
import { lookup } from "../../../src-shared/lookup.ts";
import { NAMESPACE_TYPES, type Namespace, namespaceId, type Snapshot } from "../../../src-shared/model.ts";
import {
  allowedEverywhere,
  allowedIn,
  findNamespace,
  powerWords,
  whySentence,
} from "../../../src-shared/walls/allowed.ts";
import { rootSentence } from "../../../src-shared/walls/identity.ts";
import { ownersOf } from "../../../src-shared/walls/owners.ts";
import { Refusal, Usage } from "./exit.ts";
import { type CommonOptions, withTarget } from "./open.ts";
import { print, printJson, sayGaps } from "./print.ts";
import { table } from "./table.ts";
import { say } from "./terminal.ts";

export const namespacesCommand = (
  target: string,
  options: CommonOptions & { type?: string; owners?: boolean },
): Promise<void> => {
  const wanted = options.type;
  if (wanted !== undefined && !NAMESPACE_TYPES.some((type) => type === wanted)) {
    throw new Usage(`--type is one of ${NAMESPACE_TYPES.join(", ")}; "${wanted}" is none of them.`);
  }
  return withTarget(target, options, ({ snapshot }) => {
    const rows = snapshot.namespaces.filter(({ type }) => wanted === undefined || type === wanted);
    if (options.json) return printJson(rows);
    if (options.owners) {
      printOwners(snapshot, rows);
      return sayWhole(snapshot);
    }
    const comm = new Map(snapshot.processes.map((process) => [process.pid, process.comm]));
    print(
      table(rows, [
        { title: "TYPE", cell: (row) => row.type },
        { title: "INODE", right: true, cell: (row) => row.inode },
        { title: "WHOSE", cell: (row) => (row.initial ? "node" : undefined) },
        { title: "OWNER", right: true, cell: (row) => row.owner },
        { title: "NPROCS", right: true, cell: (row) => row.pids.length },
        { title: "PID", right: true, cell: (row) => row.pids[0] },
        { title: "COMMAND", cell: (row) => comm.get(row.pids[0] ?? -1) },
        {
          title: "PINS",
          cell: (row) => [...new Set(row.pins.map(({ path }) => path))].join(" ") || undefined,
          max: 160,
        },
        { title: "FDS", cell: (row) => row.fds.map(({ pid, fd }) => `${pid}/${fd}`).join(" ") || undefined },
        { title: "SOCKETS", cell: (row) => row.sockets?.map(({ pid, fd }) => `${pid}/${fd}`).join(" ") },
      ]),
    );
    sayWhole(snapshot);
  });
};

/** The gaps, and what the kernel's own count proves of the list. */
function sayWhole(snapshot: Snapshot): void {
  sayGaps(snapshot);
  const words = listedWords(snapshot.node.listed);
  if (words !== undefined) say(words);
}

/** The tree of user namespaces, each with what it owns, of the types that were asked for. */
function printOwners(snapshot: Snapshot, wanted: readonly Namespace[]): void {
  const { rows, unread } = ownersOf(snapshot);
  const shown = new Set(wanted);
  const indent = (level: number) => "  ".repeat(Math.min(level, 33));
  for (const { level, space, owns, loose } of rows) {
    const root = space.initial ? "the node's own" : rootOf(snapshot, space);
    const maker = space.ownerUid === undefined ? "" : `, made by uid ${space.ownerUid}`;
    const above = loose ? "; what is above it was not read" : "";
    print(`${indent(level)}user:[${space.inode}]  ${inert(root, 100)}${maker}${above}`);
    for (const one of owns)
      if (shown.has(one))
        print(
          `${indent(level + 1)}${one.type}:[${one.inode}]${one.initial ? "  the node's" : `  ${inert(whoIn(snapshot, one), 100)}`}`,
        );
  }
  const open = unread.filter((one) => shown.has(one));
  if (open.length > 0) print(`not known who owns: ${open.map(namespaceId).join(" ")}`);
}

const rootOf = (snapshot: Snapshot, space: Namespace): string => {
  const map = lookup(snapshot).process(space.pids[0] ?? -1)?.security?.uidMap;
  return rootSentence(map, space.initial);
};

function whoIn(snapshot: Snapshot, { pids, pins }: Namespace): string {
  const first = lookup(snapshot).process(pids[0] ?? -1);
  if (first) return `${count(pids.length, "process", "processes")}, ${first.pid} ${first.comm} first`;
  return pins[0] === undefined ? "no process" : `pinned at ${pins[0].path}`;
}

/** What a process would be allowed in a namespace, or in each of the node's. */
export const allowedCommand = (
  target: string,
  pid: string,
  where: string | undefined,
  options: CommonOptions,
): Promise<void> => {
  if (!/^\d{1,10}$/.test(pid)) throw new Usage(`A process is named by its pid; "${inert(pid, 60)}" is no number.`);
  return withTarget(target, options, ({ snapshot }) => {
    const process = lookup(snapshot).process(Number(pid));
    if (!process) throw new Refusal(`No process ${pid} is on this node, or this login does not see it.`);
    const namespace = where === undefined ? undefined : findNamespace(snapshot, where);
    if (where !== undefined && !namespace)
      throw new Refusal(
        `No namespace here is called ${JSON.stringify(inert(where, 60))}. "podglass namespaces" lists them: net:[4026531840] names one.`,
      );
    const rows = namespace ? [allowedIn(snapshot, process, namespace)] : allowedEverywhere(snapshot, process);
    if (options.json) return printJson(rows);
    print(
      table(rows, [
        { title: "TYPE", cell: (row) => row.type },
        { title: "INODE", right: true, cell: (row) => row.inode },
        { title: "OWNER", right: true, cell: (row) => row.owner },
        { title: "ENTER", cell: (row) => (row.enter === "unknown" ? "not known" : row.enter) },
        { title: "CAPABILITIES THERE", cell: powerWords, max: namespace ? 1000 : 60 },
        { title: "WHY", cell: whySentence, max: 300 },
      ]),
    );
    sayGaps(snapshot);
  });
};
