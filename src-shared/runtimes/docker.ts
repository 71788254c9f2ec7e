/** Docker's containers: config.v2.json and hostconfig.json, with the OCI config in containerd's "moby" folder. */
import type { NamespaceType } from "../model.ts";
import { pidOfPath } from "../namespace-paths.ts";
import { shimArguments } from "./containerd.ts";
import { endOf } from "./end.ts";
import type { JsonObject } from "./json.ts";
import { integer, object, parseObject, pid, text, texts } from "./json.ts";
import { ociType } from "./oci.ts";
import type { RuntimeRecord } from "./record.ts";
import {
  type Grouped,
  type Known,
  MOBY_CAPABILITIES,
  type NetworkAfterPause,
  type Runtime,
  type Sources,
} from "./runtime.ts";

/** Folders that a runtime uses for everybody are no pod's. */
const EVERYBODYS = /^(\/(docker|machine\.slice|system\.slice|user\.slice)?)?$/;

export const docker: Runtime = {
  name: "docker",
  daemon: "dockerd",
  versions: ["docker", "dockerd"],
  kubelets: true,
  capabilities: MOBY_CAPABILITIES,
  sockets: ["/run/docker.sock", "/run/cri-dockerd.sock"],
  groups: { prefixes: ["docker"], folder: "docker" },
  monitor(process) {
    const shim = shimArguments(process);
    return shim?.containerdNamespace === "moby"
      ? { pid: process.pid, kind: "shim", runtime: "docker", ...shim }
      : undefined;
  },
  records: dockerRecords,
  podsOf: dockerPodsOf,
  podGroup(paths) {
    // --cgroup-parent: the folder that all its groups are in.
    const parents = new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/"))));
    const [parent] = parents;
    return parents.size === 1 && parent && !EVERYBODYS.test(parent) ? parent : undefined;
  },
  kept: () => ({ how: "always" }),
  keptWords: { always: "the other containers join its namespaces" },
  writesPathsAnew: true,
  afterPause: {
    network: networkAfterPause,
    noReturn: "Docker refuses to join a container that does not run; started again, pause has new namespaces",
    price:
      "the price: a container that joined pause cannot be started again, for Docker refuses to join one that does not run",
    effects: [
      "Docker: the container reads exited; starting it again makes new namespaces, and the pod would be split.",
    ],
    wayBack: "docker restart of the pod's containers, first container first",
    kubelet:
      "the kubelet would see a sandbox that is not ready and make the pod anew; cri-dockerd has no pods without pause",
  },
  advice: () => ({
    now: "Docker knows no pods",
    means:
      "A container joins another's namespaces (--network container:, --ipc container:, --pid container:): the first one is the sandbox, whatever it runs.",
    commands: [],
    but: "Without the first container nothing is left to join: Docker has no setting that pins.",
  }),
  listPods: "docker ps --no-trunc --format '{{.ID}} {{.Names}}'",
};

/** The daemon releases the endpoint of a container that ends (moby daemon/monitor.go), if it is its own. */
function networkAfterPause({ networkMode: mode }: { networkMode?: string }): NetworkAfterPause {
  if (mode === undefined)
    return {
      survives: "unknown",
      detail:
        "no record tells where the network comes from (hostconfig.json was not read): Docker releases a container's own network when it ends",
    };
  if (mode === "none" || mode === "host")
    return { survives: "yes", detail: `Docker has no network to tear down (${mode})` };
  if (mode.startsWith("container:"))
    return { survives: "yes", detail: `the network is another container's (${mode}), and goes with that one` };
  return {
    survives: "no",
    detail: `Docker takes the pod's network interface away when pause ends (network: ${mode}), whatever holds the namespace`,
  };
}

/** cri-dockerd's labels (Mirantis/cri-dockerd core/naming.go, libdocker). */
const TYPE = "io.kubernetes.docker.type";
const SANDBOX = "io.kubernetes.sandbox.id";

function dockerRecords({ files, sorted, configAt }: Sources): RuntimeRecord[] {
  const tasks = new Map(
    [...sorted.tasks.values()].filter((t) => t.containerdNamespace === "moby").map((t) => [t.id, t]),
  );
  const records: RuntimeRecord[] = [];
  for (const id of new Set([...sorted.docker.keys(), ...tasks.keys()])) {
    const paths = sorted.docker.get(id);
    const task = tasks.get(id);
    const config = parseObject(files[paths?.configPath ?? ""]);
    const host = parseObject(files[paths?.hostPath ?? ""]);
    const record = dockerRecord(id, paths?.configPath ?? task?.configPath ?? "", config, object(host));
    if (config === undefined) record.partial = true;
    record.oci = configAt(task?.configPath);
    const state = sorted.states.get(id);
    record.pid = task?.initPid ?? state?.pid ?? record.pid;
    if (state && state.pid === record.pid) record.startTicks = state.startTicks;
    records.push(record);
  }
  return records;
}

function dockerRecord(id: string, path: string, config: JsonObject | undefined, host: JsonObject): RuntimeRecord {
  const inner = object(config?.Config);
  const labels = texts(inner.Labels);
  const record: RuntimeRecord = { id, runtime: "docker", kind: "app", path, labels };
  record.name = labels["io.kubernetes.container.name"] ?? text(config?.Name)?.replace(/^\//, "");
  record.image = text(inner.Image);
  record.createdAt = text(config?.Created);
  const state = object(config?.State);
  if (state.Running === true) record.pid = pid(state.Pid);
  // A container that never started has no end: FinishedAt is Go's zero time then (moby daemon/container/state.go).
  const at = text(state.FinishedAt);
  // While it runs both tell of this run, which has not ended (SetRunning); between two tries it is Restarting, and Running.
  const runs = state.Running === true && state.Restarting !== true;
  const end = endOf(runs ? { at } : { exitCode: state.ExitCode, oomKilled: state.OOMKilled, at });
  if (end?.at !== undefined) record.ended = end;
  const counted = labels["annotation.io.kubernetes.container.restartCount"];
  record.restartCount = counted && /^\d{1,9}$/.test(counted) ? Number(counted) : integer(config?.RestartCount);
  record.networkMode = text(host.NetworkMode);
  record.joins = joins(host);
  if (labels[TYPE]) {
    const sandbox = labels[TYPE] === "podsandbox";
    record.kind = sandbox ? "sandbox" : "app";
    record.pod = {
      sandboxId: sandbox ? id : labels[SANDBOX],
      name: labels["io.kubernetes.pod.name"],
      namespace: labels["io.kubernetes.pod.namespace"],
      uid: labels["io.kubernetes.pod.uid"],
      ...(sandbox ? { labels } : {}),
    };
  }
  return record;
}

/** `--network container:X` and its kin, in the order in which one of them decides the pod. */
const MODES: readonly (readonly [string, NamespaceType])[] = [
  ["NetworkMode", "net"],
  ["IpcMode", "ipc"],
  ["PidMode", "pid"],
];

function joins(host: JsonObject): RuntimeRecord["joins"] {
  const found: NonNullable<RuntimeRecord["joins"]> = {};
  for (const [key, type] of MODES) {
    const mode = text(host[key]);
    if (mode?.startsWith("container:")) found[type] = mode.slice("container:".length);
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

/** Hand-made pods: who joins whose namespaces, by record, and who is at the root of it. */
function dockerPodsOf(containers: readonly Known[]): Map<string, Grouped> {
  const found = new Map<string, Grouped>();
  const plain: RuntimeRecord[] = [];
  for (const { id, record } of containers) {
    const sandboxId = record?.pod?.sandboxId;
    if (sandboxId) found.set(id, { podId: sandboxId, sandboxId });
    else if (record) plain.push(record);
  }
  const names = new Map(plain.map(({ id, name }) => [id, name]));
  for (const [id, root] of roots(plain))
    found.set(id, { podId: root, sandboxId: root, pod: { name: names.get(root) } });
  return found;
}

/** Container id to the id of the container that it joins in the end; the joined one is in it too, with its own id. */
function roots(records: readonly RuntimeRecord[]): Map<string, string> {
  const ids = idsByName(records);
  const byProcess = new Map(
    records.flatMap((record) => (record.pid === undefined ? [] : [[record.pid, record.id] as const])),
  );
  const joined = new Map<string, string>();
  for (const record of records) {
    const target = joinedByName(record, ids) ?? joinedByPath(record, byProcess);
    if (target && target !== record.id) joined.set(record.id, target);
  }
  const found = new Map<string, string>();
  for (const id of joined.keys()) {
    let root = id;
    for (const seen = new Set<string>(); joined.has(root) && !seen.has(root); root = joined.get(root)!) seen.add(root);
    found.set(id, root);
    found.set(root, root);
  }
  return found;
}

/** Names may stand where ids are meant: old versions of Docker kept what the person wrote. */
function idsByName(records: readonly RuntimeRecord[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { id, name } of records) {
    ids.set(id, id);
    ids.set(id.slice(0, 12), id);
    if (name && !ids.has(name)) ids.set(name, id);
  }
  return ids;
}

function joinedByName({ joins }: RuntimeRecord, ids: ReadonlyMap<string, string>): string | undefined {
  const named = joins?.net ?? joins?.ipc ?? joins?.pid;
  // A container that was removed is still named by those that joined it.
  return named && (ids.get(named) ?? (/^[0-9a-f]{64}$/.test(named) ? named : undefined));
}

/** Where hostconfig.json could not be read: config.json says /proc/<pid of the joined>/ns/net. */
function joinedByPath(record: RuntimeRecord, byProcess: ReadonlyMap<number, string>): string | undefined {
  if (record.networkMode !== undefined) return undefined;
  for (const type of ["net", "ipc", "pid"] as const) {
    const path = record.oci?.namespaces.find((entry) => ociType(entry.type) === type)?.path;
    const target = byProcess.get(pidOfPath(path) ?? -1);
    if (target) return target;
  }
  return undefined;
}
