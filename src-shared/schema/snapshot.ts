/** The shape of a snapshot, field by field of model.ts: what it may hold, and what of it is redacted. */
import { OWNER_EVIDENCE, SANDBOX_EVIDENCE } from "../evidence.ts";
import { type Field, RECORDS, type RecordName, type Wire } from "../fields.ts";
import { GAP_REMEDIES, GAP_WHATS, GAP_WHYS } from "../gaps.ts";
import {
  type Cgroup,
  type Container,
  type ContainerEnd,
  type CriModes,
  type Gap,
  type ListedNamespaces,
  NAMESPACE_TYPES,
  type Namespace,
  type NamespaceInodes,
  type NetworkFacts,
  type Node,
  type OciConfig,
  type OomKill,
  type Pod,
  type PodOwner,
  type Process,
  type ProcessSecurity,
  type RuntimeConfiguration,
  type Sandbox,
  type SandboxReason,
  SNAPSHOT_SCHEMA,
  type Snapshot,
} from "../model.ts";
import { RUNTIME_NAMES } from "../runtimes/names.ts";
import { runtimes } from "../runtimes/table.ts";
import {
  flag,
  kept,
  list,
  map,
  maybe,
  nullOr,
  number,
  numbered,
  object,
  only,
  redacted,
  type Shape,
  said,
  time,
  variants,
  whole,
  word,
} from "./shape.ts";

type Given = Exclude<Shape, { is: "maybe" }>;
/** The shape of a field as the wire has it. */
function ofField({ as, or, kept: pattern }: Field): Given {
  const shape: Given =
    as === "text" || as === "word"
      ? pattern
        ? kept(pattern)
        : redacted
      : as === "args"
        ? list(redacted)
        : as === "pids"
          ? list(whole)
          : as === "flag"
            ? flag
            : as === "hex"
              ? only(/^[0-9a-f]{1,32}$/)
              : as === "seccomp"
                ? word(0, 1, 2)
                : as === "signed" || as === "seconds"
                  ? number
                  : whole;
  return or === "null" ? nullOr(shape) : shape;
}
/** Fields that go from the wire to the snapshot as they are. */
function wire<K extends RecordName, N extends keyof Wire<K>>(name: K, ...names: N[]): Record<N, Given> {
  const fields: readonly Field[] = RECORDS[name].fields;
  const found = fields.filter((field) => (names as unknown[]).includes(field.name));
  return Object.fromEntries(found.map((field) => [field.name, ofField(field)])) as Record<N, Given>;
}

const type = word(...NAMESPACE_TYPES);
const runtime = word(...RUNTIME_NAMES);
const inodes = object<NamespaceInodes>(
  Object.fromEntries(NAMESPACE_TYPES.map((name) => [name, maybe(whole)])) as Record<
    keyof NamespaceInodes,
    ReturnType<typeof maybe>
  >,
);
const CONTROLLERS =
  "cpu|cpuacct|cpuset|memory|devices|freezer|blkio|io|pids|net_cls|net_prio|perf_event|hugetlb|rdma|misc|dmem|debug";
const hierarchy = kept(new RegExp(`^(v2|name=systemd|(${CONTROLLERS})(,(${CONTROLLERS}))*)$`));
const texts = map(redacted);
const sysctls = map(redacted, "sysctls");
const mode = word("POD", "CONTAINER", "NODE", "TARGET");
const modes = object<CriModes>({ network: maybe(mode), ipc: maybe(mode), pid: maybe(mode), user: maybe(mode) });
/** OCI's words for namespaces, runtime-spec config-linux.md, and the kernel's. */
const ociType = kept(new RegExp(`^(${[...NAMESPACE_TYPES, "network", "mount"].join("|")})$`));
/** runtime-spec config-linux.md, Control groups. */
const OCI_RESOURCES =
  "memory cpu pids blockIO hugepageLimits network rdma unified devices limit reservation swap kernel kernelTCP swappiness " +
  "disableOOMKiller useHierarchy checkBeforeUpdate shares quota burst period realtimeRuntime realtimePeriod cpus mems idle " +
  "weight leafWeight weightDevice throttleReadBpsDevice throttleWriteBpsDevice throttleReadIOPSDevice throttleWriteIOPSDevice " +
  "major minor rate pageSize classID priorities name priority hcaHandles hcaObjects allow type access";

const node = object<Node>({
  hostname: redacted,
  kernel: numbered,
  os: redacted,
  bootId: redacted,
  cgroupMode: word("v1", "hybrid", "v2"),
  cpus: number,
  memoryBytes: number,
  pageSize: whole,
  clockTicks: whole,
  privilege: word("root", "sudo", "user"),
  runtimes: list(object<Node["runtimes"][number]>({ name: runtime, version: maybe(numbered) })),
  addresses: maybe(list(redacted)),
  uptimeSeconds: maybe(number),
  availableBytes: maybe(number),
  cgroupMounts: maybe(list(object<{ hierarchy: string; mountPoint: string }>({ hierarchy, mountPoint: redacted }))),
  listed: maybe(object<ListedNamespaces>({ namespaces: whole, unnamed: whole, unheld: whole })),
  kubelet: maybe(object<NonNullable<Node["kubelet"]>>({ pid: whole, staticPodPath: maybe(redacted) })),
  configuration: maybe(list(object<RuntimeConfiguration>({ runtime, path: redacted, key: redacted, value: redacted }))),
  sysctls: maybe(sysctls),
});

const process = object<Process>({
  ...wire("p", "pid", "ppid", "startTicks", "uid", "comm", "cmdline", "oomScoreAdj"),
  ...wire("m", "state"),
  rssBytes: whole,
  namespaces: inodes,
  cgroup: object<Process["cgroup"]>({ v2: maybe(redacted), v1: maybe(texts) }),
  nsPids: maybe(list(whole)),
  pssBytes: maybe(whole),
  privateBytes: maybe(whole),
  swapBytes: maybe(whole),
  pageTableBytes: maybe(whole),
  oomScore: maybe(whole),
  threads: maybe(whole),
  stuck: maybe(flag),
  security: maybe(
    object<ProcessSecurity>({
      ...wire("s", "seccomp", "noNewPrivs", "capEff", "capBnd"),
      label: maybe(wire("s", "label").label),
      uidMap: maybe(kept(/^[\d\s]*$/)),
      gidMap: maybe(kept(/^[\d\s]*$/)),
    }),
  ),
});

const held = list(object<{ pid: number; fd: number }>({ pid: whole, fd: whole }));
/** Names that a kernel or a plugin gives by itself. */
const INTERFACE = /^(lo|eth\d{1,4}|podman\d{1,4}|docker\d{1,4}|cni\d{1,4}|cbr\d{1,4})$/;
const network = object<NetworkFacts>({
  addresses: list(
    object<NetworkFacts["addresses"][number]>({
      interface: redacted,
      address: redacted,
      prefix: whole,
      scope: word("global", "link", "host"),
    }),
  ),
  listeners: list(
    object<NetworkFacts["listeners"][number]>({
      protocol: word("tcp", "tcp6", "udp", "udp6"),
      address: redacted,
      port: whole,
      inode: maybe(whole),
      pids: maybe(list(whole)),
    }),
  ),
  interfaces: maybe(
    list(
      object<NonNullable<NetworkFacts["interfaces"]>[number]>({
        index: whole,
        name: kept(INTERFACE),
        kind: maybe(
          kept(/^(veth|bridge|macvlan|macvtap|ipvlan|vlan|vxlan|geneve|dummy|tun|bond|wireguard|ipip|gre|sit)$/),
        ),
        mac: maybe(redacted),
        mtu: maybe(whole),
        up: flag,
        peer: maybe(
          object<NonNullable<NonNullable<NetworkFacts["interfaces"]>[number]["peer"]>>({
            namespace: maybe(whole),
            index: whole,
            name: maybe(kept(INTERFACE)),
          }),
        ),
        master: maybe(kept(INTERFACE)),
      }),
    ),
  ),
  routes: maybe(
    list(
      object<NonNullable<NetworkFacts["routes"]>[number]>({
        to: kept(/^default$/),
        via: maybe(redacted),
        dev: kept(INTERFACE),
      }),
    ),
  ),
});
const namespace = object<Namespace>({
  type,
  inode: whole,
  kernelId: maybe(kept(/^\d{1,20}$/)),
  initial: flag,
  pids: list(whole),
  pins: list(object<Namespace["pins"][number]>({ path: redacted, mountNamespace: whole })),
  fds: held,
  threads: list(object<Namespace["threads"][number]>({ pid: whole, tid: whole })),
  sockets: maybe(held),
  forChildren: list(whole),
  owner: maybe(whole),
  parent: maybe(whole),
  ownerUid: maybe(whole),
  network: maybe(network),
  sysctls: maybe(sysctls),
});

const cgroup = object<Cgroup>({
  path: redacted,
  hierarchy,
  pids: list(whole),
  controllers: maybe(list(redacted)),
  files: map(redacted, "files"),
});

const oci = object<OciConfig>({
  path: redacted,
  cgroupsPath: maybe(redacted),
  args: maybe(list(redacted)),
  hostname: maybe(redacted),
  oomScoreAdj: maybe(number),
  namespaces: list(object<OciConfig["namespaces"][number]>({ type: ociType, path: maybe(redacted) })),
  resources: maybe({ is: "json", names: new Set(OCI_RESOURCES.split(" ")) }),
  annotations: texts,
  mounts: maybe(
    list(
      object<NonNullable<OciConfig["mounts"]>[number]>({
        destination: redacted,
        source: maybe(redacted),
        type: maybe(redacted),
        readOnly: maybe(flag),
      }),
    ),
  ),
  allDevices: maybe(flag),
  devices: maybe(list(redacted)),
  sysctl: maybe(sysctls),
});

const container = object<Container>({
  id: redacted,
  name: redacted,
  runtime,
  image: maybe(redacted),
  kind: word("app", "sandbox", "init", "sidecar"),
  podKey: maybe(redacted),
  pid: nullOr(whole),
  pids: list(whole),
  cgroupPath: redacted,
  ociNamespaces: maybe(list(object<OciConfig["namespaces"][number]>({ type: ociType, path: maybe(redacted) }))),
  oci: maybe(oci),
  labels: maybe(texts),
  restartCount: maybe(number),
  createdAt: maybe(time),
  ended: maybe(
    object<ContainerEnd>({ exitCode: maybe(number), signal: maybe(number), oomKilled: maybe(flag), at: maybe(time) }),
  ),
  monitorPid: maybe(whole),
  modes: maybe(modes),
  mounts: maybe(
    list(
      object<NonNullable<Container["mounts"]>[number]>({
        destination: redacted,
        source: redacted,
        fstype: redacted,
        id: maybe(whole),
        parent: maybe(whole),
        readOnly: maybe(flag),
        propagation: maybe(list(kept(/^(shared|master|propagate_from):\d+$|^unbindable$/))),
      }),
    ),
  ),
});

const reason = variants<SandboxReason>({
  "stand-in": { pid: whole },
  vm: { comm: redacted },
  kept: { how: word(...new Set(runtimes.flatMap(({ keptWords }) => Object.keys(keptWords ?? {})))) },
  reaps: {},
  holds: { alone: list(type), pinned: list(type) },
  "holds-unread": {},
  "dropped-by-runtime": { mark: maybe(redacted), annotation: maybe(redacted) },
  "dropped-by-podglass": { pid: whole, at: maybe(redacted) },
  "made-without": {},
  pauseless: {},
  "never-made": { names: list(redacted) },
  gone: { containersLive: flag },
  "all-pinned": {},
  held: { pins: list(object<{ type: string; path: string }>({ type, path: redacted })) },
  stopped: {},
  borrowed: { types: list(type), names: list(redacted) },
  "shared-without": { types: list(type) },
  starting: {},
  elsewhere: { pid: whole, group: maybe(redacted) },
  unread: { what: word("processes", "groups", "pins", "namespaces", "shares", "records"), pid: maybe(whole) },
});

const pod = object<Pod>({
  key: redacted,
  name: redacted,
  namespace: maybe(redacted),
  uid: maybe(redacted),
  runtime,
  qos: maybe(word("Guaranteed", "Burstable", "BestEffort")),
  sandbox: object<Sandbox>({
    id: maybe(redacted),
    state: word("process", "dropped", "dead", "none", "starting"),
    kind: maybe(word("pause", "init", "vm")),
    pid: maybe(whole),
    why: redacted,
    reasons: maybe(list(reason)),
    evidence: maybe(list(said(SANDBOX_EVIDENCE))),
  }),
  containers: list(redacted),
  namespaces: inodes,
  host: list(type),
  disagree: maybe(list(type)),
  unread: maybe(list(type)),
  cgroupPath: maybe(redacted),
  ips: list(redacted),
  modes: maybe(modes),
  labels: maybe(texts),
  staticPod: maybe(flag),
  networkMode: maybe(redacted),
  within: maybe(redacted),
  owner: maybe(
    object<PodOwner>({
      kind: word("kubelet", "user"),
      uid: maybe(whole),
      static: maybe(flag),
      evidence: said(OWNER_EVIDENCE),
    }),
  ),
});

const kill = object<OomKill>({
  at: maybe(kept(/^(\d{4}-\d\d-\d\dT[\d:.]+Z|\d+(\.\d+)?)$/)),
  pid: whole,
  comm: redacted,
  cgroup: maybe(redacted),
  limitCgroup: maybe(redacted),
  line: redacted,
});

export const snapshotShape = object<Snapshot>({
  schema: word(SNAPSHOT_SCHEMA),
  takenAt: time,
  node,
  processes: list(process),
  namespaces: list(namespace),
  cgroups: list(cgroup),
  containers: list(container),
  pods: list(pod),
  gaps: list(
    object<Gap>({ what: said(GAP_WHATS), why: said(GAP_WHYS), count: whole, mend: maybe(said(GAP_REMEDIES)) }),
  ),
  oomKills: maybe(list(kill)),
  deep: maybe(flag),
});
