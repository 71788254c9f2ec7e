/** The commands that only look: snapshot, pods, pod, cgroups, findings. */
import { cgroupReports } from "../../../src-shared/cgroups/report.ts";
import { type Stall, worstStall } from "../../../src-shared/cgroups/stall.ts";
import { containerState } from "../../../src-shared/container-state.ts";
import { findings } from "../../../src-shared/findings/findings.ts";
import { bytesShort, cores, inert, shortId } from "../../../src-shared/format.ts";
import { gapLines } from "../../../src-shared/gap-lines.ts";
import {
  NAMESPACE_TYPES,
  type NamespaceType,
  type Pod,
  type Snapshot,
  type Verdict,
} from "../../../src-shared/model.ts";
import { findPod } from "../../../src-shared/questions/find-pod.ts";
import { podReport } from "../../../src-shared/questions/pod-report.ts";
import type { Finding } from "../../../src-shared/reports.ts";
import { mayHidePods } from "../../../src-shared/unread.ts";
import { Refusal } from "./exit.ts";
import { type CommonOptions, withTarget } from "./open.ts";
import { print, printJson, sayGaps } from "./print.ts";
import { report } from "./several.ts";
import { table } from "./table.ts";

/** The one pod that `text` names; throws Refusal, with the candidates said, where it is none or several. */
export function onePod(snapshot: Snapshot, text: string): Pod {
  const found = findPod(snapshot, text);
  if (found.pod !== undefined) return found.pod;
  if (found.candidates.length === 0) {
    const no = `No pod here is called ${JSON.stringify(inert(text, 100))}.${found.note ? ` ${found.note}` : ""}`;
    if (found.meant.length > 0)
      throw new Refusal(
        `${no} A kubelet puts its node's name behind that of a static pod; meant is perhaps: ${listed(found.meant)}`,
      );
    throw new Refusal(`${no} Pods of this node: ${listed(snapshot.pods)}`);
  }
  throw severalPods(text, found.candidates);
}

export const severalPods = (text: string, pods: readonly Pod[]): Refusal =>
  new Refusal(`Several pods are called ${JSON.stringify(inert(text, 100))}: ${listed(pods)}`);

const listed = (pods: readonly Pod[]): string =>
  pods.length === 0
    ? "none."
    : pods
        .slice(0, 20)
        .map((pod) => `\n${inert(pod.key, 200)}  ${inert(fullName(pod), 200)}`)
        .join("");

export const fullName = (pod: Pod): string => (pod.namespace === undefined ? pod.name : `${pod.namespace}/${pod.name}`);

export const snapshotCommand = (targets: string[], options: CommonOptions): Promise<void> =>
  // Its only form is JSON, and what it did not read is in it.
  report(
    targets,
    { ...options, json: true },
    {
      make: (snapshot) => snapshot,
      text: printJson,
      rows: (snapshot) => [{ snapshot }],
    },
  );

export const podsCommand = (targets: string[], options: CommonOptions): Promise<void> =>
  report(targets, options, {
    make: ({ pods }) => pods,
    text: (pods, snapshot) => print(pods.length === 0 ? noPods(snapshot) : podsTable(snapshot)),
    rows: (pods) => pods,
  });

/** None that is seen, and none that there is, are two things. */
export function noPods(snapshot: Snapshot): string {
  return mayHidePods(snapshot)
    ? "No pod is seen, and whether this node has any is not known: what would tell was not all read."
    : "No pods on this node.";
}

/** Types in a cell, with those that could not be read or are not one for all members. */
function typesCell(pod: Pod, has: (type: NamespaceType) => boolean): string | undefined {
  const { unread: open = [], disagree = [] } = pod;
  const told = NAMESPACE_TYPES.filter((type) => has(type) || disagree.includes(type));
  if (told.length === 0 && open.length > 1) return "not known";
  const words = NAMESPACE_TYPES.flatMap((type) =>
    open.includes(type) ? `${type}?` : has(type) ? type : disagree.includes(type) ? `${type}:split` : [],
  );
  return words.join(" ") || undefined;
}

/** The table of pods; also what `watch` redraws. */
export function podsTable(snapshot: Snapshot): string {
  const memory = new Map(cgroupReports(snapshot).map((report) => [report.path, report.usage.memoryBytes]));
  return table(snapshot.pods, [
    { title: "POD", cell: (pod) => pod.name, max: 40 },
    { title: "NAMESPACE", cell: (pod) => pod.namespace },
    { title: "RUNTIME", cell: (pod) => pod.runtime },
    {
      title: "SANDBOX",
      cell: (pod) => (pod.sandbox.pid === undefined ? pod.sandbox.state : `${pod.sandbox.state} ${pod.sandbox.pid}`),
    },
    {
      title: "SHARES",
      cell: (pod) => typesCell(pod, (type) => pod.namespaces[type] !== undefined),
    },
    {
      title: "HOST'S",
      cell: (pod) => typesCell({ ...pod, disagree: [] }, (type) => pod.host.includes(type)),
    },
    { title: "QOS", cell: (pod) => pod.qos },
    {
      title: "MEM",
      right: true,
      cell: (pod) => bytesShort(pod.cgroupPath === undefined ? undefined : memory.get(pod.cgroupPath)),
    },
    { title: "CONTAINERS", right: true, cell: (pod) => pod.containers.length },
    { title: "WHY", cell: (pod) => pod.sandbox.why, max: 100 },
  ]);
}

export const podCommand = (target: string, name: string, options: CommonOptions): Promise<void> =>
  withTarget(target, options, ({ snapshot }) => {
    const pod = onePod(snapshot, name);
    const report = podReport(snapshot, pod.key);
    if (options.json) return printJson(report);
    print(
      `${inert(fullName(pod), 200)}  ${inert(pod.key, 200)}  ${pod.qos ?? ""}  ${pod.ips.map((ip) => inert(ip, 60)).join(" ")}`,
    );
    print(
      `sandbox: ${pod.sandbox.state}${pod.sandbox.pid === undefined ? "" : ` ${pod.sandbox.pid}`}. ${inert(pod.sandbox.why, 500)}\n`,
    );
    print(
      table(report.containers, [
        { title: "CONTAINER", cell: (container) => container.name, max: 40 },
        { title: "KIND", cell: (container) => container.kind },
        { title: "ID", cell: (container) => shortId(container.id) },
        { title: "PID", right: true, cell: (container) => container.pid ?? containerState(snapshot, container) },
        ...NAMESPACE_TYPES.map((type) => ({
          title: type.toUpperCase(),
          right: true,
          cell: (container: (typeof report.containers)[number]) =>
            inodeOf(snapshot, container.pid, type) ??
            (container.pid !== null && pod.unread?.includes(type) ? "?" : undefined),
        })),
        { title: "CGROUP", cell: (container) => container.cgroupPath, max: 120, cut: "middle" },
      ]),
    );
    print("");
    const rows = NAMESPACE_TYPES.flatMap((type) => {
      const holder = report.holders[type];
      const whose = holder
        ? holder.initial
          ? "the node's"
          : "the pod's"
        : pod.unread?.includes(type)
          ? "not known"
          : pod.disagree?.includes(type)
            ? "split"
            : undefined;
      return whose === undefined ? [] : [{ type, whose, holder }];
    });
    print(
      table(rows, [
        { title: "TYPE", cell: (row) => row.type },
        { title: "INODE", right: true, cell: (row) => row.holder?.inode },
        { title: "WHOSE", cell: (row) => row.whose },
        { title: "HELD BY", cell: (row) => row.holder?.heldBy.join(" ") },
        {
          title: "WITHOUT PAUSE",
          cell: (row) => row.holder && WITHOUT_PAUSE[row.holder.verdict],
        },
        { title: "PINS", cell: (row) => row.holder?.pins?.join(" "), max: 160 },
      ]),
    );
    sayGaps(snapshot);
  });

const WITHOUT_PAUSE: Record<Verdict, string> = { yes: "goes with it", no: "stays", unknown: "not known" };

function inodeOf(snapshot: Snapshot, pid: number | null, type: NamespaceType): number | undefined {
  if (pid === null) return undefined;
  return snapshot.processes.find((process) => process.pid === pid)?.namespaces[type];
}

export const cgroupsCommand = (target: string, name: string | undefined, options: CommonOptions): Promise<void> =>
  withTarget(target, options, ({ snapshot }) => {
    const reports = cgroupReports(snapshot, name === undefined ? undefined : onePod(snapshot, name).key);
    if (options.json) return printJson(reports);
    const depth = (path: string): number => (path === "/" ? 0 : path.split("/").length - 1);
    print(
      table(reports, [
        { title: "CGROUP", cell: (row) => `${"  ".repeat(Math.max(0, depth(row.path)))}${row.name}`, max: 80 },
        { title: "MEM", right: true, cell: (row) => bytesShort(row.usage.memoryBytes) },
        { title: "MAX", right: true, cell: (row) => bytesShort(row.limits.memoryMaxBytes) },
        { title: "EFFECTIVE", right: true, cell: (row) => bytesShort(row.effective.memoryMaxBytes?.value) },
        { title: "SET BY", cell: (row) => row.effective.memoryMaxBytes?.setBy, max: 80, cut: "middle" },
        {
          title: "CPU MAX",
          right: true,
          cell: (row) => (row.effective.cpuMaxCores ? cores(row.effective.cpuMaxCores.value) : undefined),
        },
        { title: "WEIGHT", right: true, cell: (row) => row.weight?.value },
        { title: "PIDS", right: true, cell: (row) => row.usage.pids },
        { title: "OOM KILLS", right: true, cell: (row) => row.events?.oomKill },
        { title: "PSI 10S", right: true, cell: (row) => stallOf(worstStall(row.pressure)) },
      ]),
    );
    sayGaps(snapshot);
  });

export const findingsCommand = (targets: string[], options: CommonOptions): Promise<void> =>
  report(targets, options, {
    make: (snapshot) => findings(snapshot),
    text: printFindings,
    rows: (found) => found,
  });

function printFindings(found: Finding[], snapshot: Snapshot): void {
  if (found.length === 0)
    print(
      gapLines(snapshot.gaps).some(({ kind }) => kind !== "slow")
        ? "Nothing wrong or surprising was found in what could be read."
        : "Nothing wrong or surprising was found.",
    );
  for (const finding of found) {
    print(
      `${finding.severity.toUpperCase()}  ${inert(finding.title, 200)}  [${finding.rule}]\n  at ${inert(finding.where, 300)}`,
    );
    for (const line of finding.evidence) print(`  · ${inert(line, 300)}`);
    print(
      `  why: ${inert(finding.why, 500)}\n  do:  ${inert(finding.todo, 500)}${finding.link === undefined ? "" : `\n  see: ${finding.link}`}\n`,
    );
  }
}

/** "io 34" of what waits, in percent of the last 10 s. */
const stallOf = (stall: Stall | undefined): string | undefined =>
  stall && (stall.percent === 0 ? "0" : `${stall.what} ${stall.percent}`);
