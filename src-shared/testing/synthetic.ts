/**
 * Nodes that never were, of any size: for tests and benches of what draws or counts. The same options give the same
 * Snapshot; pod i is the same whatever the number of pods, so a test can add one. Holds what a real node holds: pause,
 * dropped and dead sandboxes, host namespaces, a shared PID namespace, limits near their end, v1 or v2.
 */

import type {
  Cgroup,
  Container,
  Namespace,
  NamespaceInodes,
  NamespaceType,
  Pod,
  Process,
  QosClass,
  SandboxState,
  Snapshot,
} from "../model.ts";
import { NAMESPACE_TYPES, SNAPSHOT_SCHEMA } from "../model.ts";
import { compareText } from "../order.ts";
import type { RuntimeName } from "../runtimes/names.ts";
import { type Random, seeded } from "./random.ts";
import { cgroupFiles, HIERARCHIES_V1, type Limits, NODE_MEMORY, ROOTS_V1, ROOTS_V2 } from "./synthetic-cgroups.ts";

export interface SyntheticOptions {
  pods: number;
  seed?: number;
  cgroups?: "v1" | "v2";
  takenAt?: string;
}

/** include/linux/proc_ns.h; net and mnt have no fixed number. */
const INITIAL: Record<NamespaceType, number> = {
  net: 4026531840,
  ipc: 4026531839,
  uts: 4026531838,
  pid: 4026531836,
  mnt: 4026531841,
  cgroup: 4026531835,
  user: 4026531837,
  time: 4026531834,
};

type Kind = "pause" | "pinned" | "dead" | "none" | "hostNetwork" | "sharedPid";

const GROUPS = ["shop", "monitoring", "kube-system", "default", "jobs", "logging", "lab"];
const APPS = ["web", "cache", "api", "queue", "worker", "metrics", "proxy", "mail", "search", "ledger"];
const PROGRAMS = ["nginx", "envoy", "redis-server", "java", "node", "python3", "postgres"];

interface Build {
  snapshot: Snapshot;
  v1: boolean;
  inode: number;
  pid: number;
  spaces: Map<string, Namespace>;
  groups: Map<string, Cgroup>;
}

const GIB = 1024 ** 3;

export function syntheticSnapshot(options: SyntheticOptions): Snapshot {
  const v1 = options.cgroups === "v1";
  const seed = options.seed ?? 1;
  const snapshot: Snapshot = {
    schema: SNAPSHOT_SCHEMA,
    takenAt: options.takenAt ?? "2026-01-01T00:00:00.000Z",
    node: {
      hostname: "synthetic",
      kernel: v1 ? "5.10.0" : "6.12.0",
      os: "Synthetic Linux",
      bootId: "00000000-0000-4000-8000-000000000001",
      cgroupMode: v1 ? "v1" : "v2",
      cpus: 8,
      memoryBytes: NODE_MEMORY,
      availableBytes: 4 * GIB,
      pageSize: 4096,
      clockTicks: 100,
      privilege: "root",
      runtimes: [
        { name: "containerd", version: "2.1.0" },
        { name: "cri-o", version: "1.33.0" },
      ],
    },
    processes: [],
    namespaces: [],
    cgroups: [],
    containers: [],
    pods: [],
    gaps: [],
  };
  const build: Build = { snapshot, v1, inode: 4026532100, pid: 1000, spaces: new Map(), groups: new Map() };
  for (const [path, limits] of Object.entries(v1 ? ROOTS_V1 : ROOTS_V2)) group(build, path, limits);
  process(build, "systemd", { ...INITIAL }, v1 ? "/" : "/init.scope", 12 * 1024 ** 2, 0, 1);
  // Each pod draws from its own stream and its own range of numbers, so that it does not depend on the others.
  for (let index = 0; index < options.pods; index += 1) {
    build.inode = 4026532100 + index * 40;
    build.pid = 1000 + index * 20;
    pod(build, index, seeded(seed * 1_000_003 + index));
  }
  snapshot.namespaces = [...build.spaces.values()].sort(
    (a, b) => NAMESPACE_TYPES.indexOf(a.type) - NAMESPACE_TYPES.indexOf(b.type) || a.inode - b.inode,
  );
  snapshot.cgroups = [...build.groups.values()].sort(
    (a, b) => compareText(a.path, b.path) || compareText(a.hierarchy, b.hierarchy),
  );
  snapshot.containers.sort((a, b) => compareText(a.id, b.id));
  snapshot.pods.sort((a, b) => compareText(a.key, b.key));
  return snapshot;
}

function kindOf(random: Random): Kind {
  const roll = random.next();
  if (roll < 0.62) return "pause";
  if (roll < 0.82) return "pinned";
  if (roll < 0.9) return "hostNetwork";
  if (roll < 0.96) return "sharedPid";
  return roll < 0.98 ? "dead" : "none";
}

function pod(build: Build, index: number, random: Random): void {
  const kind = kindOf(random);
  const namespace = GROUPS[Math.floor(GROUPS.length * random.next() ** 1.6)] as string;
  const runtime = kind === "pinned" ? "cri-o" : "containerd";
  const uid = `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;
  const id = random.hex(64);
  const name = `${random.pick(APPS)}-${index}`;
  const key = `${runtime}/${id}`;
  const qos: QosClass = random.pick(["Burstable", "Burstable", "Burstable", "BestEffort", "Guaranteed"] as const);
  const host: NamespaceType[] = kind === "hostNetwork" ? ["net", "user", "time"] : ["user", "time"];
  const shared: NamespaceType[] =
    kind === "none" ? [] : kind === "sharedPid" ? ["net", "ipc", "uts", "pid"] : ["net", "ipc", "uts"];
  const common: NamespaceInodes = {};
  for (const type of shared) common[type] = host.includes(type) ? INITIAL[type] : fresh(build);
  for (const type of host) common[type] = INITIAL[type];

  const limit = qos === "BestEffort" ? undefined : (64 + random.below(15) * 32) * 1024 ** 2;
  const podPath = podCgroup(build.v1, qos, uid);
  group(build, podPath, limit === undefined ? {} : { memoryMax: limit, cpuCores: 0.5 + random.below(4) / 2 });

  const state: SandboxState =
    kind === "pinned" ? "dropped" : kind === "dead" ? "dead" : kind === "none" ? "none" : "process";
  let pausePid: number | undefined;
  const containers: Container[] = [];
  if (state === "process") {
    pausePid = container(
      build,
      containers,
      { id, name: "pause", kind: "sandbox", podPath, runtime, key, comm: "pause" },
      common,
      0.6 * 1024 ** 2,
      -998,
    );
  }
  const count = 1 + Math.floor(3 * random.next() ** 2);
  for (let i = 0; i < count; i += 1) {
    const rss = Math.floor(((limit ?? 200 * 1024 ** 2) * (0.05 + 0.85 * random.next() ** 2)) / count);
    const appName = i === 0 ? "app" : i === 1 ? "sidecar" : `helper-${i}`;
    const comm = random.pick(PROGRAMS);
    container(
      build,
      containers,
      { id: random.hex(64), name: appName, kind: "app", podPath, runtime, key, comm },
      common,
      rss,
      qos === "BestEffort" ? 1000 : 900 - i * 13,
    );
  }
  if (state === "dropped") {
    for (const type of ["net", "ipc", "uts"] as const)
      space(build, type, common[type]!).pins.push({ path: `/run/${type}ns/${uid}`, mountNamespace: INITIAL.mnt });
  } else if (kind === "pause" || kind === "sharedPid") {
    space(build, "net", common.net!).pins.push({ path: `/run/netns/cni-${uid}`, mountNamespace: INITIAL.mnt });
  }
  build.snapshot.containers.push(...containers);
  const own: NamespaceInodes = {};
  for (const type of shared) if (!host.includes(type)) own[type] = common[type];
  const made: Pod = {
    key,
    name,
    namespace,
    uid,
    runtime,
    qos,
    sandbox: { id, state, why: WHY[state], ...(pausePid === undefined ? {} : { pid: pausePid }) },
    containers: containers.filter((c) => c.kind !== "sandbox").map((c) => c.id),
    namespaces: own,
    host,
    cgroupPath: podPath,
    ips: host.includes("net") ? [] : [`10.${88 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`],
  };
  build.snapshot.pods.push(made);
}

const WHY: Record<SandboxState, string> = {
  process: "the record names pid and start time of a process that lives",
  dropped: "the record says spoofed, and net, ipc and uts are pinned",
  dead: "the record names a process that is gone",
  none: "no record of a sandbox, nothing is shared",
  starting: "a record, and no process yet",
};

function podCgroup(v1: boolean, qos: QosClass, uid: string): string {
  const tier = qos === "Guaranteed" ? "" : qos.toLowerCase();
  if (v1) return `/kubepods${tier ? `/${tier}` : ""}/pod${uid}`;
  const slice = tier ? `kubepods-${tier}` : "kubepods";
  const folder = tier ? `/kubepods.slice/${slice}.slice` : "/kubepods.slice";
  return `${folder}/${slice}-pod${uid.replaceAll("-", "_")}.slice`;
}

const fresh = (build: Build): number => {
  build.inode += 1;
  return build.inode;
};

function space(build: Build, type: NamespaceType, inode: number): Namespace {
  const id = `${type}:${inode}`;
  let found = build.spaces.get(id);
  if (!found) {
    found = {
      type,
      inode,
      initial: INITIAL[type] === inode,
      pids: [],
      pins: [],
      fds: [],
      threads: [],
      forChildren: [],
    };
    build.spaces.set(id, found);
  }
  return found;
}

function group(build: Build, path: string, limits: Limits): void {
  for (const hierarchy of build.v1 ? HIERARCHIES_V1 : ["v2"]) {
    const files = cgroupFiles(hierarchy, limits);
    build.groups.set(`${hierarchy}:${path}`, {
      path,
      hierarchy,
      pids: [],
      files,
      ...(hierarchy === "v2" ? { controllers: ["cpuset", "cpu", "io", "memory", "pids"] } : {}),
    });
  }
}

interface Made {
  id: string;
  name: string;
  kind: "app" | "sandbox";
  podPath: string;
  runtime: RuntimeName;
  key: string;
  comm: string;
}

function container(
  build: Build,
  into: Container[],
  made: Made,
  common: NamespaceInodes,
  rss: number,
  oom: number,
): number {
  const leaf = build.v1 ? made.id : `${made.runtime === "cri-o" ? "crio" : "cri-containerd"}-${made.id}.scope`;
  const cgroupPath = `${made.podPath}/${leaf}`;
  const namespaces: NamespaceInodes = {};
  for (const type of NAMESPACE_TYPES) namespaces[type] = common[type] ?? fresh(build);
  const bytes = Math.round(rss);
  group(build, cgroupPath, { usage: bytes, oomGroup: false, pressure: bytes > 150 * 1024 ** 2 ? 1.2 : 0 });
  addUsage(build, made.podPath, bytes);
  const pid = process(build, made.comm, namespaces, cgroupPath, bytes, oom);
  into.push({
    id: made.id,
    name: made.name,
    runtime: made.runtime,
    kind: made.kind,
    podKey: made.key,
    pid,
    pids: [pid],
    cgroupPath,
    image: `registry.invalid/${made.comm}:1`,
  });
  return pid;
}

/** A folder's usage is its own and its descendants': raise the pod's and all above it. */
function addUsage(build: Build, path: string, bytes: number): void {
  const hierarchy = build.v1 ? "memory" : "v2";
  const file = build.v1 ? "memory.usage_in_bytes" : "memory.current";
  for (let at = path; ; at = at.slice(0, at.lastIndexOf("/")) || "/") {
    const files = build.groups.get(`${hierarchy}:${at}`)?.files;
    if (files) files[file] = String(Number(files[file] ?? 0) + bytes);
    if (at === "/") return;
  }
}

function process(
  build: Build,
  comm: string,
  namespaces: NamespaceInodes,
  cgroupPath: string,
  rss: number,
  oom: number,
  fixedPid?: number,
): number {
  build.pid += 1;
  const pid = fixedPid ?? build.pid;
  const made: Process = {
    pid,
    ppid: pid === 1 ? 0 : 1,
    startTicks: pid * 10,
    state: "S",
    uid: 0,
    comm,
    cmdline: [comm],
    rssBytes: rss,
    oomScoreAdj: oom,
    namespaces,
    cgroup: build.v1
      ? { v1: Object.fromEntries(HIERARCHIES_V1.map((hierarchy) => [hierarchy, cgroupPath])) }
      : { v2: cgroupPath },
  };
  build.snapshot.processes.push(made);
  for (const type of NAMESPACE_TYPES) space(build, type, namespaces[type]!).pids.push(pid);
  for (const hierarchy of build.v1 ? HIERARCHIES_V1 : ["v2"])
    build.groups.get(`${hierarchy}:${cgroupPath}`)?.pids.push(pid);
  return pid;
}
