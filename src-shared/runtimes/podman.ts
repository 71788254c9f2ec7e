/**
 * podman's containers. Its names are in a database; what text tells is config.json (podman writes CRI-O's annotations
 * too, with io.container.manager = libpod), conmon's own arguments, the pod's slice, and `podman pod ps` where asked.
 */
import type { OciConfig, Process } from "../model.ts";
import { normalPath, pidOfPath } from "../namespace-paths.ts";
import { endOf } from "./end.ts";
import { array, integer, object, parseArray, text, texts } from "./json.ts";
import { ociType } from "./oci.ts";
import type { PodRecord, RuntimeRecord } from "./record.ts";
import {
  argument,
  type Grouped,
  type Known,
  type Listed,
  type Monitor,
  type NetworkAfterPause,
  type Runtime,
  type Tools,
} from "./runtime.ts";
import { storageRecords } from "./storage.ts";

const SLICE = /libpod_pod_([0-9a-f]{64})\.slice$/;
const ID = /^[0-9a-f]{64}$/;
/** What podman puts below a pod's folder with cgroupfs: its containers, and one group for all their conmons. */
const BELOW = /^(libpod(-conmon|-payload)?-[0-9a-f]{64}|conmon)$/;

export const podman: Runtime = {
  name: "podman",
  versions: ["podman"],
  kubelets: false,
  // containers/common pkg/config/default.go, DefaultCapabilities
  capabilities: [
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
  ],
  sockets: ["/run/podman/podman.sock"],
  groups: {
    prefixes: ["libpod", "libpod-payload"],
    monitors: ["libpod-conmon"],
    // With cgroupfs it names a pod's folder by its bare id, below libpod_parent or a --cgroup-parent.
    podId: (part, above, below) =>
      SLICE.exec(part)?.[1] ?? (ID.test(part) && (above === "libpod_parent" || BELOW.test(below)) ? part : undefined),
  },
  monitor: conmonOf,
  recordOf: (_id, { name }) => ({ name }),
  records: (sources) => storageRecords(sources, (id, oci) => (isPodman(oci) ? podmanRecord(id, oci) : undefined)),
  listed: podmanContainers,
  podsOf: podmanPodsOf,
  settings: { file: /\/containers\.conf(\.d\/[^/]+)?$/, keys: ["cgroup_manager", "runtime", "infra_image"] },
  kept: () => ({ how: "always" }),
  keptWords: { always: "podman starts an infra container for every pod that shares something" },
  withoutSandbox: "podman made this pod without an infra container (--infra=false)",
  writesPathsAnew: true,
  afterPause: {
    network: networkAfterPause,
    splits:
      "The next `podman run --pod` silently starts infra again in new namespaces: old and new containers are then in different ones, and the pod is split.",
    price:
      "the price: the next `podman run --pod` starts infra again with new namespaces, and old and new containers are apart",
    effects: [
      "podman: conmon runs its cleanup and the pod reads Degraded; conmon itself is left alone.",
      "podman: the next `podman run --pod` starts infra again in new namespaces, and the pod would be split.",
    ],
    wayBack: "podman pod restart, which ends every container",
  },
  // podman-pod-create(1).
  advice: () => ({
    now: "decided for each pod when it is made",
    means:
      "--infra=true starts a pause that holds what --share names (ipc, net, uts by default). --infra=false starts none, and then the containers share no namespace at all.",
    commands: [
      "podman pod create --infra=false NAME   # nothing is shared",
      "podman pod create --share net NAME   # a pause that holds net alone",
      "unshare --net=/run/pins/net --ipc=/run/pins/ipc --uts=/run/pins/uts true; podman run --pod NAME --network ns:/run/pins/net --ipc ns:/run/pins/ipc --uts ns:/run/pins/uts IMAGE   # shared by pins, no pause",
    ],
    but: "A pod that exists cannot be changed: make it anew.",
  }),
  inspectPod: "podman pod inspect",
  listPods: "podman pod ps",
};

/** Any conmon but CRI-O's, which calls its containers k8s_…. */
function conmonOf(process: Process): Monitor | undefined {
  if (process.comm !== "conmon") return undefined;
  const id = argument(process, "-c", "--cid");
  const name = argument(process, "-n", "--name");
  const libpod = process.cmdline.some((word) => word.includes("libpod")) || !name?.startsWith("k8s_");
  return id && libpod ? { pid: process.pid, kind: "conmon", runtime: "podman", id, name } : undefined;
}

/**
 * conmon's exit command runs `podman container cleanup`, which tears down what podman set up itself, although the
 * namespace lives on (libpod/container_internal_linux.go, cleanupNetwork): nothing with none, host and ns:, and nothing
 * where the network is another container's (NetNsCtr).
 */
function networkAfterPause({ networkMode: mode }: { networkMode?: string }): NetworkAfterPause {
  if (mode === undefined)
    return {
      survives: "unknown",
      detail:
        "no record tells where the pod's network comes from: podman takes it away when pause ends, unless it is none, host, ns: or another container's",
    };
  if (mode === "none" || mode === "host" || mode === "container" || mode.startsWith("ns:"))
    return { survives: "yes", detail: `podman has no network to tear down (${mode})` };
  return {
    survives: "no",
    detail: `podman's cleanup takes the pod's network interface away when pause ends (network: ${mode}), whatever holds the namespace`,
  };
}

const isPodman = (oci: OciConfig): boolean => oci.annotations["io.container.manager"] === "libpod";

function podmanRecord(id: string, oci: OciConfig): RuntimeRecord {
  const notes = oci.annotations;
  const record: RuntimeRecord = {
    id,
    runtime: "podman",
    kind: "app",
    path: oci.path,
    oci,
    createdAt: notes["io.kubernetes.cri-o.Created"],
    networkMode: networkMode(oci),
  };
  // The infra container's id, or the pod's own where there is no infra container; assemble finds out which.
  const sandboxId = notes["io.kubernetes.cri-o.SandboxID"];
  if (sandboxId) record.pod = { sandboxId };
  return record;
}

/** Where its network namespace comes from; podman libpod/networking_linux.go makes netns-* for bridge networks. */
function networkMode(oci: OciConfig): string {
  const network = oci.namespaces.find((namespace) => ociType(namespace.type) === "net");
  if (!network) return "host";
  if (!network.path) return "none";
  const path = normalPath(network.path);
  if (/\/netns\/netns-[^/]+$/.test(path)) return path.startsWith("/run/netns/") ? "bridge" : "rootless";
  return pidOfPath(path) !== undefined ? "container" : `ns:${path}`;
}

interface PodmanPod extends PodRecord {
  podId: string;
  infraId?: string;
  containers: Map<string, string>;
}

/** Every podman storage of the node is asked on its own: outputs of one kind carry a number behind their name. */
const outputs = (tools: Tools, name: string): unknown[] =>
  Object.keys(tools)
    .filter((key) => key === name || key.startsWith(`${name}-`))
    .flatMap((key) => (parseArray(tools[key]) ?? []).slice(0, 20_000));

/** `podman pod ps --format json`: pods that no text file names. */
function podmanPods(tools: Tools): Map<string, PodmanPod> {
  const pods = new Map<string, PodmanPod>();
  for (const entry of outputs(tools, "podman-pods")) {
    const pod = object(entry);
    const podId = text(pod.Id);
    if (!podId) continue;
    const containers = new Map<string, string>();
    for (const member of array(pod.Containers)) {
      const id = text(object(member).Id);
      if (id) containers.set(id, text(object(member).Names) ?? id.slice(0, 12));
    }
    pods.set(podId, {
      podId,
      infraId: text(pod.InfraId),
      name: text(pod.Name),
      labels: texts(pod.Labels),
      containers,
    });
  }
  return pods;
}

/** `podman ps --all --format json`: images and labels. */
function podmanContainers(tools: Tools): Map<string, Listed> {
  const found = new Map<string, Listed>();
  const restarts = podmanRestarts(tools);
  for (const entry of outputs(tools, "podman-containers")) {
    const container = object(entry);
    const id = text(container.Id);
    if (!id) continue;
    const told = integer(container.Restarts) ?? restarts.get(id);
    found.set(id, {
      name: text(array(container.Names)[0]),
      image: text(container.Image),
      labels: texts(container.Labels),
      ...(told === undefined ? {} : { restarts: told }),
      ...(container.Exited === true ? { ended: endOf({ exitCode: container.ExitCode, at: container.ExitedAt }) } : {}),
    });
  }
  return found;
}

/** "ID COUNT" a line, of `podman container inspect`: the list of podman before 5.0 tells no restarts. */
function podmanRestarts(tools: Tools): Map<string, number> {
  const found = new Map<string, number>();
  for (const key of Object.keys(tools).filter((name) => /^podman-restarts(-\d)?$/.test(name)))
    for (const line of (tools[key] ?? "").split("\n")) {
      const [, id, count] = /^([0-9a-f]{64}) (\d{1,9})$/.exec(line) ?? [];
      if (id !== undefined) found.set(id, Number(count));
    }
  return found;
}

/** podman: pod id by infra id and by container id, from the slices, the records and `podman pod ps`. */
interface PodIndex {
  byInfra: Map<string, string>;
  byContainer: Map<string, string>;
  infraOf: Map<string, string>;
}

function podmanPodsOf(containers: readonly Known[], tools: Tools): Map<string, Grouped> {
  const listed = podmanPods(tools);
  const index = podIndex(containers, listed);
  const found = new Map<string, Grouped>();
  for (const { id, record, monitorName } of containers) {
    const podId = index.byInfra.get(id) ?? index.byContainer.get(id);
    if (!podId) continue;
    // A pod of which only the infra container is there: podman calls it <first 12 digits of the pod's id>-infra.
    const infra = index.infraOf.get(podId) ?? (monitorName === `${podId.slice(0, 12)}-infra` ? id : undefined);
    const known = listed.get(podId);
    // podman gives the infra container the pod's name for a hostname (pkg/specgen/generate/pod_create.go).
    const pod = known
      ? { name: known.name, labels: known.labels }
      : infra === id
        ? { name: record?.oci?.hostname }
        : undefined;
    found.set(id, { podId, ...(infra ? { sandboxId: infra } : {}), ...(pod ? { pod } : {}) });
  }
  return found;
}

function podIndex(containers: readonly Known[], listed: ReadonlyMap<string, PodmanPod>): PodIndex {
  const index: PodIndex = { byInfra: new Map(), byContainer: new Map(), infraOf: new Map() };
  const setInfra = (podId: string, infraId: string) => {
    index.byInfra.set(infraId, podId);
    index.infraOf.set(podId, infraId);
  };
  for (const pod of listed.values()) {
    if (pod.infraId) setInfra(pod.podId, pod.infraId);
    for (const id of pod.containers.keys()) index.byContainer.set(id, pod.podId);
  }
  const ids = new Set<string>();
  for (const { id, groupPodId } of containers) {
    ids.add(id);
    if (groupPodId) index.byContainer.set(id, groupPodId);
  }
  for (const { id, record } of containers) {
    const named = record?.pod?.sandboxId;
    if (!named) continue;
    // The annotation is the infra container's id, or without one the pod's own: then no container has that id.
    const own = index.byContainer.get(id);
    const podId = index.byContainer.get(named) ?? own;
    if (ids.has(named) || (podId !== undefined && podId !== named)) setInfra(podId ?? named, named);
    if (!own) index.byContainer.set(id, podId ?? named);
  }
  return index;
}
