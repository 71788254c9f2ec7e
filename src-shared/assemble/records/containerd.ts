/** containerd's tasks: CRI pods and plain containers. Annotations: containerd internal/cri/annotations/annotations.go. */
import type { CriMode, CriModes, OciConfig } from "../../model.ts";
import type { SortedFiles, TaskFiles } from "./files.ts";
import type { ConfigAt, RuntimeRecord } from "./record.ts";

const CRI = "io.kubernetes.cri.";

export function containerdRecords(sorted: SortedFiles, configAt: ConfigAt): RuntimeRecord[] {
  const records: RuntimeRecord[] = [];
  for (const task of sorted.tasks.values()) {
    // Docker keeps its tasks in containerd too; its own records say more: see docker.ts.
    if (task.containerdNamespace === "moby") continue;
    const oci = configAt(task.configPath);
    const record = containerdRecord(task, oci);
    const state = sorted.states.get(task.id);
    record.pid = task.initPid ?? state?.pid;
    if (state && state.pid === record.pid) record.startTicks = state.startTicks;
    record.createdAt = state?.createdAt;
    records.push(record);
  }
  return records;
}

function containerdRecord(task: TaskFiles, oci: OciConfig | undefined): RuntimeRecord {
  const notes = oci?.annotations ?? {};
  const record: RuntimeRecord = {
    id: task.id,
    runtime: "containerd",
    kind: notes[`${CRI}container-type`] === "sandbox" ? "sandbox" : "app",
    path: oci?.path ?? `${task.containerdNamespace}/${task.id}`,
    oci,
  };
  const sandboxId = notes[`${CRI}sandbox-id`] ?? task.sandboxId;
  if (sandboxId) {
    record.pod = {
      sandboxId,
      name: notes[`${CRI}sandbox-name`],
      namespace: notes[`${CRI}sandbox-namespace`],
      uid: notes[`${CRI}sandbox-uid`],
    };
  }
  record.name = record.kind === "sandbox" ? "pause" : (notes[`${CRI}container-name`] ?? notes["nerdctl/name"]);
  record.image = notes[`${CRI}image-name`] ?? notes[`${CRI}podsandbox.image-name`];
  if (oci && sandboxId) record.modes = modesOf(oci, record.kind === "sandbox");
  return record;
}

/**
 * containerd keeps no NamespaceOptions; the spec tells (internal/cri/opts/spec_opts.go WithPodNamespaces): a type that is
 * absent is the node's, a path under /proc is another process of the pod.
 */
function modesOf(oci: OciConfig, sandbox: boolean): CriModes {
  const entry = (type: string) => oci.namespaces.find((namespace) => namespace.type === type);
  const shared = (type: string): CriMode => (entry(type) ? "POD" : "NODE");
  const pid = entry("pid");
  return {
    network: shared("network"),
    ipc: shared("ipc"),
    // Of a sandbox's own PID namespace nobody knows before a container joins it.
    ...(sandbox ? (pid ? {} : { pid: "NODE" as const }) : { pid: pid ? (pid.path ? "POD" : "CONTAINER") : "NODE" }),
    ...(entry("user") ? { user: "POD" as const } : { user: "NODE" as const }),
  };
}
