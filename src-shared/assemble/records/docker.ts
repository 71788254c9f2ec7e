/** Docker's containers: config.v2.json and hostconfig.json, with the OCI config in containerd's "moby" folder. */
import type { NamespaceType } from "../../model.ts";
import type { SortedFiles } from "./files.ts";
import type { JsonObject } from "./json.ts";
import { integer, object, parseArray, parseObject, pid, text, texts } from "./json.ts";
import type { ConfigAt, Files, RuntimeRecord } from "./record.ts";

/** cri-dockerd's labels (Mirantis/cri-dockerd core/naming.go, libdocker). */
const TYPE = "io.kubernetes.docker.type";
const SANDBOX = "io.kubernetes.sandbox.id";

export function dockerRecords(
  files: Files,
  sorted: SortedFiles,
  configAt: ConfigAt,
  inspect: string | undefined,
): RuntimeRecord[] {
  const inspected = new Map<string, JsonObject>();
  for (const entry of (parseArray(inspect) ?? []).slice(0, 20_000)) {
    const id = text(object(entry).Id);
    if (id) inspected.set(id, object(entry));
  }
  const tasks = new Map(
    [...sorted.tasks.values()].filter((t) => t.containerdNamespace === "moby").map((t) => [t.id, t]),
  );
  const ids = new Set([...sorted.docker.keys(), ...tasks.keys(), ...inspected.keys()]);
  const records: RuntimeRecord[] = [];
  for (const id of ids) {
    const paths = sorted.docker.get(id);
    const task = tasks.get(id);
    const known = inspected.get(id);
    const config = parseObject(files[paths?.configPath ?? ""]) ?? known;
    const host = parseObject(files[paths?.hostPath ?? ""]) ?? object(known?.HostConfig);
    const record = dockerRecord(id, paths?.configPath ?? task?.configPath ?? "docker inspect", config, host);
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

/** Names may stand where ids are meant: old versions of Docker kept what the person wrote. */
export function dockerIdOf(records: readonly RuntimeRecord[]): (nameOrId: string) => string | undefined {
  const ids = new Map<string, string>();
  for (const record of records) {
    if (record.runtime !== "docker") continue;
    ids.set(record.id, record.id);
    ids.set(record.id.slice(0, 12), record.id);
    if (record.name && !ids.has(record.name)) ids.set(record.name, record.id);
  }
  return (nameOrId) => ids.get(nameOrId);
}
