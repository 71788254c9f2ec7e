/** Containers: found by cgroup path and by the runtimes' records, and the processes that are in them. */
import { isLive } from "../liveness.ts";
import type { CgroupMode, Container, Process } from "../model.ts";
import type { RawCgroup } from "../reading.ts";
import type { RuntimeName } from "../runtimes/names.ts";
import { wantedCgroupPath } from "../runtimes/oci.ts";
import type { RuntimeRecord } from "../runtimes/record.ts";
import type { Monitor } from "../runtimes/runtime.ts";
import { isBeingMade, isGofer } from "../runtimes/sandbox-kind.ts";
import { monitorOf, recordFromMonitor } from "../runtimes/table.ts";
import { type CgroupOwner, cgroupOwner } from "./cgroup-path.ts";
import { cgroupPaths, type Shared } from "./processes.ts";

/** A container with all that is known of it while pods are being put together. */
export interface Member {
  container: Container;
  record?: RuntimeRecord;
  owner: CgroupOwner;
  /** Its first process, live; what its namespaces are read from. */
  process?: Process;
  /** What its first process will come of: a runtime that has not entered its namespaces yet, so they say nothing of it. */
  making?: Process;
  /** A live process with the recorded pid, of which it is not known that it is this container's; and why not. */
  elsewhere?: { process: Process; group?: string };
  monitor?: Monitor;
  /** The id of the container that it is inside of: a node in a container. */
  within?: string;
}

export interface Members {
  byId: Map<string, Member>;
  monitors: Map<number, Monitor>;
  /** Empty groups that mark a sandbox without pause: runtime and path by sandbox id. */
  droppedMarks: Map<string, Mark>;
}

export interface Mark {
  runtime: RuntimeName;
  path: string;
}

const MEMBERS_PER_STEP = 1000;

interface Found {
  processes: readonly Process[];
  /** Places in the cgroups, each with its processes. */
  places: readonly Shared<Process["cgroup"]>[];
  byPid: ReadonlyMap<number, Process>;
  cgroups: readonly RawCgroup[];
  mode: CgroupMode;
}

export function* collectMembers(
  { processes, places, byPid, cgroups, mode }: Found,
  records: readonly RuntimeRecord[],
): Generator<undefined, Members> {
  const recordById = new Map(records.map((record) => [record.id, record]));
  const placeOf = placeFinder(placesOf(records));
  const pidsById = new Map<string, number[]>();
  const ownerById = new Map<string, CgroupOwner>();
  const monitors = new Map<number, Monitor>();
  const monitorById = new Map<string, Monitor>();

  for (const process of processes) {
    const monitor = monitorOf(process);
    if (!monitor) continue;
    monitors.set(process.pid, monitor);
    if (monitor.kind === "conmon") monitorById.set(monitor.id, monitor);
  }
  for (const { shown: cgroup, pids: members } of places) {
    const found = firstPlace(cgroupPaths(cgroup, mode), placeOf);
    if (!found || found.owner.monitor) continue;
    if (!ownerById.has(found.id)) ownerById.set(found.id, found.owner);
    const pids = pidsById.get(found.id);
    if (pids) pids.push(...members);
    else pidsById.set(found.id, members.slice());
  }

  yield;
  const byId = new Map<string, Member>();
  for (const id of new Set([...recordById.keys(), ...pidsById.keys()])) {
    const member = makeMember(id, {
      record: recordById.get(id),
      pids: pidsById.get(id) ?? [],
      owner: ownerById.get(id),
      byPid,
      monitors,
      mode,
    });
    member.monitor ??= monitorById.get(id);
    if (member.monitor) {
      member.container.monitorPid = member.monitor.pid;
      if (!member.record?.name && member.monitor.name) member.container.name = member.monitor.name;
    }
    byId.set(id, member);
    if (byId.size % MEMBERS_PER_STEP === 0) yield;
  }
  setWithin(byId, byPid);
  return { byId, monitors, droppedMarks: droppedMarks(cgroups, pidsById) };
}

/** With the host's cgroup namespace a node in a container makes its groups at the top: then its monitors' PID namespace tells. */
function setWithin(byId: ReadonlyMap<string, Member>, byPid: ReadonlyMap<number, Process>): void {
  const homes = new Map<number, string>();
  for (const { container, process } of byId.values()) {
    if (process?.nsPids?.at(-1) === 1 && process.namespaces.pid !== undefined)
      homes.set(process.namespaces.pid, container.id);
  }
  for (const member of byId.values()) {
    const inode = member.monitor && byPid.get(member.monitor.pid)?.namespaces.pid;
    const home = inode === undefined ? undefined : homes.get(inode);
    if (home !== undefined && home !== member.container.id) member.within ??= home;
  }
}

/** Container id by the cgroup path that its record names. */
function placesOf(records: readonly RuntimeRecord[]): Map<string, string> {
  const places = new Map<string, string>();
  for (const record of records) {
    const path = wantedCgroupPath(record.oci?.cgroupsPath) ?? record.cgroupPath;
    if (path) places.set(path, record.id);
  }
  return places;
}

interface Place {
  id: string;
  owner: CgroupOwner;
}

/** The container that a cgroup belongs to: by the pattern of its path, else by a path that a record names. */
function placeFinder(places: ReadonlyMap<string, string>): (path: string) => Place | null {
  const known = new Map<string, Place | null>();
  const find = (path: string): Place | null => {
    const owner = cgroupOwner(path);
    if (owner.containerId) return { id: owner.containerId, owner };
    for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
      const id = places.get(at);
      if (id !== undefined) return { id, owner: { ...owner, containerId: id, containerPath: at } };
    }
    return null;
  };
  return (path) => {
    let place = known.get(path);
    if (place === undefined) {
      place = find(path);
      known.set(path, place);
    }
    return place;
  };
}

function firstPlace(paths: readonly string[], placeOf: (path: string) => Place | null): Place | undefined {
  for (const path of paths) {
    const place = path === "/" ? null : placeOf(path);
    if (place) return place;
  }
  return undefined;
}

interface Parts {
  record?: RuntimeRecord;
  pids: number[];
  owner?: CgroupOwner;
  byPid: ReadonlyMap<number, Process>;
  monitors: ReadonlyMap<number, Monitor>;
  mode: CgroupMode;
}

function makeMember(id: string, parts: Parts): Member {
  const { byPid, record: named } = parts;
  const pids = parts.pids;
  // A recorded process whose cgroup tells nothing is still its own, if it is the same one or its group ends in the id.
  const recorded = named?.pid === undefined ? undefined : byPid.get(named.pid);
  const paths = recorded ? cgroupPaths(recorded.cgroup, parts.mode) : [];
  const other = recorded && named?.startTicks !== undefined && recorded.startTicks !== named.startTicks;
  const same = recorded && !other && (named?.startTicks !== undefined || paths.some((path) => path.includes(id)));
  if (same && !pids.includes(recorded.pid)) pids.push(recorded.pid);
  const first = firstProcess(pids, byPid, named);
  const doubtful = !first && isLive(recorded) && !other && !same ? { process: recorded, group: paths[0] } : undefined;
  const monitor = parts.monitors.get(first?.ppid ?? -1);
  const process = first && isBeingMade(first) ? undefined : first;
  const record = withMonitor(parts.record, monitor ? recordFromMonitor(id, monitor) : undefined);
  const owner = parts.owner ?? cgroupOwner(wantedCgroupPath(record?.oci?.cgroupsPath) ?? record?.cgroupPath ?? "");
  const path = owner.containerPath ?? (first ? cgroupPaths(first.cgroup, parts.mode)[0] : undefined);
  const container: Container = {
    id,
    name: record?.name ?? id.slice(0, 12),
    runtime: record?.runtime ?? owner.runtime ?? "containerd",
    kind: record?.kind ?? "app",
    pid: process?.pid ?? null,
    pids: pids.sort((a, b) => a - b),
    cgroupPath: path ?? "",
  };
  if (record?.image) container.image = record.image;
  if (record?.oci) {
    container.ociNamespaces = record.oci.namespaces;
    container.oci = record.oci;
  }
  if (record?.labels && Object.keys(record.labels).length > 0) container.labels = record.labels;
  if (record?.restartCount !== undefined) container.restartCount = record.restartCount;
  if (record?.createdAt) container.createdAt = record.createdAt;
  if (record?.ended) container.ended = record.ended;
  if (record?.modes) container.modes = record.modes;
  return {
    container,
    record,
    owner,
    process,
    ...(first && !process ? { making: first } : {}),
    monitor,
    ...(doubtful ? { elsewhere: doubtful } : {}),
    ...(owner.within ? { within: owner.within } : {}),
  };
}

/** Where no config.json was read, a record is a pid alone: whose it is, the monitor's arguments tell. */
function withMonitor(record: RuntimeRecord | undefined, told: RuntimeRecord | undefined): RuntimeRecord | undefined {
  if (!record || !told || record.oci || record.pod) return record ?? told;
  return { ...record, kind: told.kind, name: record.name ?? told.name, ...(told.pod ? { pod: told.pod } : {}) };
}

/**
 * The process that a container is: the recorded one while it lives; else pid 1 of a PID namespace; else the oldest whose
 * parent is outside. A recorded pid counts only with the recorded start time, or from inside the container's cgroup.
 */
function firstProcess(
  pids: readonly number[],
  byPid: ReadonlyMap<number, Process>,
  named: { pid?: number; startTicks?: number } | undefined,
): Process | undefined {
  const live = pids.flatMap((pid) => {
    const process = byPid.get(pid);
    return isLive(process) && !isGofer(process) ? process : [];
  });
  const recorded = live.find((process) => process.pid === named?.pid);
  if (recorded && (named?.startTicks === undefined || named.startTicks === recorded.startTicks)) return recorded;
  const inside = new Set(pids);
  const tops = live.filter((process) => !inside.has(process.ppid));
  const candidates = tops.length > 0 ? tops : live;
  const init = candidates.find((process) => (process.nsPids?.length ?? 0) > 1 && process.nsPids?.at(-1) === 1);
  return (
    init ?? candidates.reduce<Process | undefined>((a, b) => (a && a.startTicks <= b.startTicks ? a : b), undefined)
  );
}

/** A group of a container's name without .scope and without a process: CRI-O makes it so that cAdvisor registers a pod
 * without pause (cri-o#6856). */
function droppedMarks(cgroups: readonly RawCgroup[], pidsById: ReadonlyMap<string, number[]>): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { path } of cgroups) {
    const owner = cgroupOwner(path);
    const { containerId: id, runtime } = owner;
    if (owner.mark && id && runtime && owner.containerPath === path && !pidsById.has(id))
      marks.set(id, { runtime, path });
  }
  return marks;
}
