/** From raw facts to the snapshot: pure, so a recording, a fixture and a live node go the same way. */

import { oomKills } from "../cgroups/oom-log.ts";
import { gap } from "../gaps.ts";
import { isLive } from "../liveness.ts";
import {
  type Container,
  type Gap,
  type ListedNamespaces,
  NAMESPACE_TYPES,
  type NamespaceInodes,
  type NamespaceType,
  type Pod,
  type Process,
  type RuntimeConfiguration,
  SNAPSHOT_SCHEMA,
  type Snapshot,
} from "../model.ts";
import { compareText } from "../order.ts";
import type { RawMount, Reading } from "../reading.ts";
import type { RuntimeName } from "../runtimes/names.ts";
import { runtimeOf, runtimes } from "../runtimes/table.ts";
import { runSliced, runSync } from "../sliced.ts";
import { runtimeConfiguration } from "./configuration.ts";
import { collectMembers, type Members } from "./containers.ts";
import { draftPods } from "./drafts.ts";
import { cgroupsOf } from "./groups.ts";
import { initialNamespaces } from "./initial.ts";
import { Memory } from "./memory.ts";
import { collectNamespaces, type Namespaces } from "./namespaces.ts";
import { globalAddresses } from "./network.ts";
import { findKubelet } from "./owner.ts";
import { buildPods } from "./pods.ts";
import { cgroupModeOf, showProcesses } from "./processes.ts";
import { readRecords } from "./records.ts";
import { sightOf } from "./sight.ts";
import { setKinds } from "./static-pods.ts";

export const assemble = (reading: Reading, memory?: Memory): Snapshot => runSync(assembling(reading, memory));

/**
 * The same on a thread that also draws or answers.
 * @param yieldToEventLoop gives the thread away and comes back: setImmediate in Node
 * @param memory of this node, kept from one reading to the next
 */
export const assembleSliced = (
  reading: Reading,
  yieldToEventLoop: () => Promise<void>,
  memory?: Memory,
): Promise<Snapshot> => runSliced(assembling(reading, memory), yieldToEventLoop);

function* assembling(reading: Reading, memory = new Memory()): Generator<undefined, Snapshot> {
  const { processes, spaces, places } = yield* showProcesses(reading.processes, memory.processes);
  yield;
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  yield;
  const { inodes: initial, gaps } = initialNamespaces(reading);
  const namespaces = yield* collectNamespaces(reading, spaces, initial);
  yield;
  const mode = cgroupModeOf(reading.node.cgroupMounts);
  const records = yield* readRecords(reading, memory.configs);
  yield;
  const members = yield* collectMembers(
    { processes, places, byPid, cgroups: reading.cgroups, mode },
    records.containers,
  );
  yield;
  for (const [id, more] of runtimes.flatMap((runtime) => [...(runtime.listed?.(reading.tools) ?? [])])) {
    const container = members.byId.get(id)?.container;
    if (!container) continue;
    if (more.name) container.name = more.name;
    if (more.image) container.image = more.image;
    if (Object.keys(more.labels).length > 0) container.labels = more.labels;
    if (more.restarts !== undefined) container.restartCount = more.restarts;
    if (more.ended) container.ended = more.ended;
  }
  const configuration = runtimeConfiguration(reading.files, records.configuration);
  const drafts = draftPods({
    members,
    tools: reading.tools,
    claims: records.claims,
    pins: records.pins,
    byPid,
  });
  yield;
  const kubelet = findKubelet(processes, initial.pid);
  const built = yield* buildPods(drafts, {
    namespaces,
    initial,
    configuration,
    byPid,
    sight: sightOf(reading, processes, initial),
    types: NAMESPACE_TYPES.filter((type) => EVERYWHERE.has(type) || namespaces.list.some((one) => one.type === type)),
    kubelet,
  });
  yield;
  const cgroups = yield* cgroupsOf(reading.cgroups, places);
  yield;
  addMounts(members, reading);
  setKinds(built.pods, (id) => members.byId.get(id)?.container, {
    files: reading.files,
    hostname: reading.node.hostname,
  });
  const containers = [...members.byId.values()]
    .filter((member) => member.process || member.making || built.shown.has(member.container.id))
    .map((member) => member.container)
    .sort((a, b) => compareText(a.id, b.id));

  const net = initial.net === undefined ? undefined : namespaces.get("net", initial.net)?.network;
  const sysctls = reading.sysctls.filter((entry) => entry.inode === 0).map((entry) => entry.values);
  const kills = oomKills(reading.oomLog, { takenAt: reading.takenAt, uptimeSeconds: reading.node.uptimeSeconds });
  return {
    schema: SNAPSHOT_SCHEMA,
    takenAt: reading.takenAt,
    node: {
      hostname: reading.node.hostname,
      kernel: reading.node.kernel,
      os: reading.node.os,
      bootId: reading.node.bootId,
      cgroupMode: mode,
      cpus: reading.node.cpus,
      memoryBytes: reading.node.memoryBytes,
      pageSize: reading.node.pageSize,
      clockTicks: reading.node.clockTicks,
      privilege: reading.node.privilege,
      runtimes: runtimesOf(reading, processes, containers, configuration),
      addresses: globalAddresses(net),
      uptimeSeconds: reading.node.uptimeSeconds,
      availableBytes: reading.node.availableBytes,
      cgroupMounts: reading.node.cgroupMounts,
      ...(reading.node.listed === undefined ? {} : { listed: listedOf(reading.node.listed, reading, namespaces) }),
      kubelet: kubelet && kubeletOf(kubelet),
      configuration,
      ...(sysctls.length > 0 ? { sysctls: Object.assign({}, ...sysctls) as Record<string, string> } : {}),
    },
    processes,
    namespaces: namespaces.list,
    cgroups,
    containers,
    pods: built.pods,
    gaps: mergeGaps(reading.gaps, [
      ...gaps,
      ...built.gaps,
      ...ownGaps(reading, processes, initial),
      ...unheldOf(reading, namespaces),
      ...unreadNetworks(built.pods, namespaces),
      ...forgotten(built.pods),
    ]),
    ...(kills.length > 0 ? { oomKills: kills } : {}),
    deep: reading.deep,
  };
}

/** What every kernel that runs containers has, seen or not; user, cgroup (4.6) and time (5.6) may be missing: namespaces(7). */
const EVERYWHERE: ReadonlySet<NamespaceType> = new Set(["mnt", "uts", "ipc", "pid", "net"]);

/** Each container's own mount table, where it was read (deep): in its mount namespace, without the pins. */
function addMounts(members: Members, reading: Reading): void {
  const tables = new Map(reading.mounts.map((table) => [table.mountNamespace, table.mounts]));
  for (const { container, process } of members.byId.values()) {
    const inode = process?.namespaces.mnt;
    const table = inode === undefined || inode === reading.node.self.mnt ? undefined : tables.get(inode);
    if (!table) continue;
    container.mounts = shownMounts(table);
  }
}

type Mounts = NonNullable<Container["mounts"]>;

/** A table that did not change stays the same list in the next reading: it is told once, and compared at a glance. */
const shown = new WeakMap<readonly RawMount[], Mounts>();

function shownMounts(table: readonly RawMount[]): Mounts {
  const known = shown.get(table);
  if (known !== undefined) return known;
  const mounts = table
    .filter((mount) => mount.fstype !== "nsfs")
    // Of a bind mount, root is the path within the file system that it comes from (proc_pid_mountinfo(5), field 4).
    .map(({ mountPoint, root, source, fstype, id, parent, readOnly, propagation }) => ({
      destination: mountPoint,
      source: root === "/" ? source : root,
      fstype,
      ...(id === undefined ? {} : { id, parent, readOnly }),
      ...(propagation.length === 0 ? {} : { propagation }),
    }));
  shown.set(table, mounts);
  return mounts;
}

function kubeletOf({ pid, cmdline }: Process): Snapshot["node"]["kubelet"] {
  const flag = cmdline.find((word) => word.startsWith("--pod-manifest-path="));
  return flag ? { pid, staticPodPath: flag.slice(flag.indexOf("=") + 1) } : { pid };
}

const VERSION = /\d+\.\d+(?:\.\d+)?(?:[-+~.\w]*)?/;

function runtimesOf(
  reading: Reading,
  processes: readonly Process[],
  containers: Snapshot["containers"],
  configuration: readonly RuntimeConfiguration[],
): Snapshot["node"]["runtimes"] {
  const names = new Set<RuntimeName>(containers.map(({ runtime }) => runtime));
  const daemons = new Map(runtimes.flatMap(({ name, daemon }) => (daemon ? [[daemon, name] as const] : [])));
  for (const process of processes) {
    const name = daemons.get(process.comm);
    if (name) names.add(name);
  }
  // One without a daemon is there where its configuration is.
  for (const { runtime } of configuration) if (runtimeOf(runtime).daemon === undefined) names.add(runtime);
  return [...names]
    .filter((name) => runtimeOf(name).versions.length > 0)
    .sort(compareText)
    .map((name) => {
      const line = runtimeOf(name).versions.flatMap((key) => reading.node.versions[key] ?? [])[0];
      const version = line && VERSION.exec(line)?.[0];
      return version ? { name, version } : { name };
    });
}

function ownGaps(reading: Reading, processes: readonly Process[], initial: NamespaceInodes): Gap[] {
  const gaps: Gap[] = [];
  const unread = processes.filter((process) => isLive(process) && process.namespaces.net === undefined).length;
  if (unread > 0) {
    const remedy = reading.node.privilege === "user" ? "root" : undefined;
    gaps.push(gap({ code: "namespaces" }, { code: "denied" }, unread, remedy));
  }
  // A folder that may not be listed looks like an empty one. Podglass's own (/run/podglass, 0700) is root's, and so are
  // the runtimes' state folders.
  if (reading.node.privilege === "user") gaps.push(gap({ code: "runtime-records" }, { code: "denied" }, 1, "root"));
  if (
    !reading.mounts.some(
      ({ mountNamespace }) => mountNamespace === reading.node.self.mnt || mountNamespace === initial.mnt,
    )
  )
    gaps.push(gap({ code: "pins" }, { code: "no-mounts" }, 1));
  if (!reading.deep) gaps.push(gap({ code: "slow" }, { code: "slow-places" }, 1, "deep"));
  return gaps;
}

const listedOf = (namespaces: number, reading: Reading, { unheld }: Namespaces): ListedNamespaces => ({
  namespaces,
  unnamed: Math.max(0, namespaces - (reading.listed?.length ?? 0)),
  unheld,
});

/** What the kernel has and nothing else told of: it is in the list, and who holds it is not known. */
const unheldOf = ({ deep }: Reading, { unheld }: Namespaces): Gap[] =>
  unheld === 0
    ? []
    : [gap({ code: "listed" }, { code: deep ? "unheld" : "unheld-slow" }, unheld, deep ? undefined : "deep")];

/** A network namespace without a process has no /proc/PID/net: its addresses are read by entering through the pin, or not. */
function unreadNetworks(pods: readonly Pod[], namespaces: Namespaces): Gap[] {
  const unread = pods.filter(({ namespaces: { net } }) => {
    const namespace = net === undefined ? undefined : namespaces.get("net", net);
    return namespace && namespace.pids.length === 0 && !namespace.network;
  });
  return unread.length > 0 ? [gap({ code: "networks" }, { code: "not-entered-pin" }, unread.length)] : [];
}

/** Of runtimes that leave nothing of a container that has ended: why, how often and when cannot be told there. */
const forgotten = (pods: readonly Pod[]): Gap[] =>
  [...new Set(pods.filter(({ within }) => within === undefined).map(({ runtime }) => runtime))]
    .filter((name) => runtimeOf(name).forgetsEnded)
    .map((name) => gap({ code: "ended-containers", name }, { code: "forgets" }, 1, "crictl"));

/** The probe's own gaps stand; of ours only those that it did not name already. */
function mergeGaps(read: readonly Gap[], own: readonly Gap[]): Gap[] {
  const named = new Set(read.map((gap) => gap.what));
  return [...read, ...own.filter((gap) => !named.has(gap.what))].sort(
    (a, b) => compareText(a.what, b.what) || compareText(a.why, b.why),
  );
}
