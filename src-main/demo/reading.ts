/** Model to raw facts: what the probe would have read on a node in this state. */
import type { NamespaceType } from "../../src-shared/model.ts";
import { emptyReading, type RawProcess, type Reading } from "../../src-shared/reading.ts";
import { cgroupFiles, V1_HIERARCHIES } from "./cgroup-files.ts";
import { hexId } from "./identity.ts";
import { containerMounts, sysctlsOf } from "./insides.ts";
import { INITIAL } from "./kernel.ts";
import { netFiles, socketOf } from "./network.ts";
import { badness } from "./oom.ts";
import type { NodeParts } from "./parts.ts";
import { versions } from "./system.ts";
import type { Task } from "./task.ts";
import { wiresOf } from "./wires.ts";

const PAGE = 4096;
/** The map of the first user namespace: everybody is who they are. */
const WHOLE_MAP = "0 0 4294967295";

export function readModel(node: NodeParts, deep: boolean): Reading {
  const { kernel, scene } = node;
  const tasks = [...kernel.tasks.values()].sort((a, b) => a.pid - b.pid);
  const used = tasks.reduce((sum, task) => sum + task.rssBytes, 0);
  const mode = scene.node.cgroupMode;
  const id = hexId(scene.id, "boot");
  return {
    ...emptyReading(),
    takenAt: new Date(node.clock()).toISOString(),
    deep,
    node: {
      hostname: scene.node.hostname,
      kernel: scene.node.kernel,
      os: scene.node.os,
      bootId: `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20, 32)}`,
      cpus: scene.node.cpus,
      memoryBytes: scene.node.memoryBytes,
      availableBytes: Math.max(0, scene.node.memoryBytes - used),
      uptimeSeconds: Math.floor(kernel.uptimeMs() / 1000),
      pageSize: PAGE,
      clockTicks: 100,
      privilege: "root",
      self: { ...INITIAL },
      cgroupMounts:
        mode === "v2"
          ? [{ hierarchy: "v2", mountPoint: "/sys/fs/cgroup" }]
          : [
              ...(mode === "hybrid" ? [{ hierarchy: "v2", mountPoint: "/sys/fs/cgroup/unified" }] : []),
              ...V1_HIERARCHIES.map((hierarchy) => ({
                hierarchy,
                mountPoint: `/sys/fs/cgroup/${hierarchy.replace("name=", "")}`,
              })),
            ],
      versions: versions(scene),
    },
    processes: tasks.map((task) => raw(node, task)),
    mounts: [
      {
        mountNamespace: INITIAL.mnt,
        pid: 1,
        mounts: [...kernel.pins].map(([mountPoint, inode], i) => ({
          root: `${kernel.spaces.get(inode)?.type ?? "net"}:[${inode}]`,
          mountPoint,
          fstype: "nsfs",
          source: "nsfs",
          propagation: [`shared:${120 + 4 * i}`],
        })),
      },
      ...(deep ? withCopies(containerMounts(node), copiesOf(node)) : []),
    ],
    cgroups: cgroupFiles(kernel, mode),
    files: Object.fromEntries(node.files),
    fds: deep
      ? tasks.flatMap((task) =>
          task.fds.map(({ fd, inode }) => ({ pid: task.pid, fd, inode, type: typeOf(node, inode) })),
        )
      : [],
    // All that is here was made by root; nothing owns the first user namespace.
    relations: [...kernel.spaces.values()]
      .sort((a, b) => a.inode - b.inode)
      .map(({ type, inode, parent, owner = INITIAL.user }) => ({
        type,
        inode,
        ...(parent === undefined ? {} : { parent }),
        ...(type === "user" ? { ownerUid: 0 } : { owner }),
      })),
    net: networks(node, tasks),
    sysctls: deep ? sysctls(node, tasks) : [],
    ...(deep
      ? {
          listening: tasks.flatMap((task) =>
            task.listens.map((_, at) => ({ pid: task.pid, socket: socketOf(task, at) })),
          ),
        }
      : {}),
    ...(deep ? wiresOf(node) : {}),
    oomLog: [...kernel.log],
  };
}

/** A mount namespace's table is read once: what a container has of its own, then what was copied into it. */
function withCopies(tables: Reading["mounts"], copies: Reading["mounts"]): Reading["mounts"] {
  const known = new Set(tables.map(({ mountNamespace }) => mountNamespace));
  return [
    ...tables.map((table) => ({
      ...table,
      mounts: [
        ...table.mounts,
        ...copies.flatMap(({ mountNamespace, mounts }) => (mountNamespace === table.mountNamespace ? mounts : [])),
      ],
    })),
    ...copies.filter(({ mountNamespace }) => !known.has(mountNamespace)),
  ];
}

function sysctls(node: NodeParts, tasks: readonly Task[]): Reading["sysctls"] {
  const { kernel, runtimes, scene } = node;
  const names = new Map(runtimes.pods.map(({ spec, shared }) => [shared.uts, spec.name]));
  return [...kernel.spaces.values()].flatMap((space) => {
    const member = tasks.find((task) => task.ns[space.type] === space.inode && task.state !== "Z");
    const kind = space.type;
    if (!member || (kind !== "net" && kind !== "ipc" && kind !== "uts")) return [];
    const initial = space.inode === INITIAL[kind];
    const hostname = (initial ? undefined : names.get(space.inode)) ?? scene.node.hostname;
    return [
      // The probe tells the node's own under no inode.
      {
        type: kind,
        inode: initial ? 0 : space.inode,
        pid: member.pid,
        values: sysctlsOf(kind, space, { initial, hostname }),
      },
    ];
  });
}

const typeOf = (node: NodeParts, inode: number): NamespaceType => node.kernel.spaces.get(inode)?.type ?? "net";

function raw(node: NodeParts, task: Task): RawProcess {
  const mode = node.scene.node.cgroupMode;
  const cgroup: Record<string, string> = {};
  if (mode !== "v1") cgroup[""] = task.cgroup;
  if (mode !== "v2")
    for (const hierarchy of V1_HIERARCHIES) cgroup[hierarchy] = task.elsewhere?.[hierarchy] ?? task.cgroup;
  const small = task.comm === "pause" || task.subreaper;
  const total = node.scene.node.memoryBytes;
  const points = Math.max(0, badness(task, total));
  const live = task.state !== "Z" && task.cmdline.length > 0;
  const first = node.kernel.spaces.get(task.ns.user ?? INITIAL.user)?.firstId;
  const map = first === undefined ? WHOLE_MAP : `0 ${first} 65536`;
  return {
    pid: task.pid,
    ppid: task.ppid,
    startTicks: task.startTicks,
    state: task.state,
    uid: task.uid,
    comm: task.comm,
    cmdline: [...task.cmdline],
    rssBytes: task.rssBytes,
    pageTableBytes: task.rssBytes === 0 ? 0 : PAGE * 20,
    swapBytes: 0,
    oomScoreAdj: task.oomScoreAdj,
    ns: {
      ...task.ns,
      ...(task.state === "Z"
        ? {}
        : { pid_for_children: task.pidForChildren ?? task.ns.pid, time_for_children: task.ns.time }),
    },
    cgroup,
    nsPids: [...task.nsPids],
    ...(small && live
      ? {
          smaps: smaps(task),
        }
      : {}),
    ...(task.subreaper && live ? { cwd: task.cwd } : {}),
    // Kernel threads are those without arguments: of them nothing is asked.
    ...(live ? { security: { ...task.power, uidMap: map, gidMap: map } } : {}),
    // fs/proc/base.c, proc_oom_score: thousandths of all memory, shifted so that it is never negative, times two thirds.
    oomScore: task.oomScoreAdj === -1000 ? 0 : Math.max(0, Math.round(((1000 + (1000 * points) / total) * 2) / 3)),
  };
}

/** Mount namespaces of containers that hold a copy of a pin. */
function copiesOf({ kernel }: NodeParts): Reading["mounts"] {
  return kernel.copies.flatMap(({ pid, path, inode }) => {
    const mountNamespace = kernel.tasks.get(pid)?.ns.mnt;
    const type = kernel.spaces.get(inode)?.type;
    if (mountNamespace === undefined || type === undefined) return [];
    return [
      {
        mountNamespace,
        pid,
        mounts: [{ root: `${type}:[${inode}]`, mountPoint: path, fstype: "nsfs", source: "nsfs", propagation: [] }],
      },
    ];
  });
}

/** As measured with a hundred pods: a pause shares nearly all of its pages with the others, a shim a good part. */
function smaps({ comm, rssBytes }: Task): NonNullable<RawProcess["smaps"]> {
  const kib = (bytes: number) => Math.round(bytes / 1024) * 1024;
  const [pss, own] = comm === "pause" ? [0.07, 0.062] : [0.21, 0.16];
  return { rss: kib(rssBytes), pss: kib(rssBytes * pss), private: kib(rssBytes * own), swap: 0 };
}

/** One member of each network namespace is asked; one that only a pin holds cannot be. */
function networks(node: NodeParts, tasks: readonly Task[]): Reading["net"] {
  const seen = new Map<number, Task[]>();
  for (const task of tasks) {
    const inode = task.ns.net;
    if (inode === undefined) continue;
    const members = seen.get(inode);
    if (members) members.push(task);
    else seen.set(inode, [task]);
  }
  return [...seen].map(([inode, members]) => ({
    inode,
    pid: members[0]?.pid ?? 0,
    files: netFiles(node.kernel.space("net", inode), members),
  }));
}
