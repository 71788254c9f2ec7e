/** containerd's tasks: CRI pods and plain containers. Annotations: containerd internal/cri/annotations/annotations.go. */
import type { CriMode, CriModes, OciConfig, Process } from "../model.ts";
import type { TaskFiles } from "./files.ts";
import type { RuntimeRecord } from "./record.ts";
import { argument, MOBY_CAPABILITIES, type Monitor, type Runtime, type Sources, said } from "./runtime.ts";

export const containerd: Runtime = {
  name: "containerd",
  daemon: "containerd",
  versions: ["containerd"],
  kubelets: true,
  cri: true,
  capabilities: MOBY_CAPABILITIES,
  sockets: ["/run/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock"],
  groups: { prefixes: ["cri-containerd"] },
  monitor: shimOf,
  recordOf(id, monitor) {
    if (monitor.containerdNamespace !== "k8s.io") return {};
    return { pod: { sandboxId: monitor.id }, kind: monitor.id === id ? "sandbox" : "app" };
  },
  records: containerdRecords,
  settings: {
    file: /\/(containerd\/)?config(-v3)?\.toml$/,
    keys: [
      "sandboxer",
      "sandbox_image",
      "sandbox",
      "disable_pause_image_pull",
      "SystemdCgroup",
      "netns_mounts_under_state_dir",
    ],
  },
  kept: () => ({ how: "always" }),
  keptWords: { always: "containerd starts a pause process for every pod" },
  // A task's bundle goes with the task (core/runtime/v2/bundle.go, Delete); the rest is in containerd's database.
  forgetsEnded: true,
  // Its shim pins them under its own bundle and reports pid 0 (containerd#14106, #14135).
  pinsInBundle: true,
  afterPause: {
    network: () => ({ survives: "yes", detail: "containerd keeps the address until the sandbox is stopped" }),
    counted: "containerd counts the sandbox as stopped, so no new container can start in it",
    noReturn: "containerd calls the sandbox NotReady and refuses CreateContainer in it",
    price:
      "the price: containerd calls the sandbox NotReady afterwards and makes no container in it, so a container that ends cannot come back",
    effects: [
      "containerd: the sandbox reads NOTREADY; its bundle and runc state vanish at once, so names live on only in the containers' annotations.",
      "containerd: CreateContainer fails from now on (no running task): a container that crashes cannot come back.",
    ],
    wayBack: "crictl stopp and rmp the sandbox, and let its kubelet or its maker create the pod again",
    kubelet:
      "the kubelet would see a sandbox that is not ready, stop all containers and make the pod anew with another address; containerd cannot run a pod without pause yet (containerd#14106)",
  },
  // containerd docs/sandbox-api.md; containerd#14106, #14135.
  advice: (setting) => ({
    now: said(setting("sandboxer"), 'sandboxer is not set, so "podsandbox"'),
    means:
      'With runc, containerd starts a pause for every pod: "podsandbox" is that. "shim" leaves the sandbox to the shim (Kata today); pods without pause on runc are being worked on.',
    commands: [],
    but: "There is no setting that drops pause for runc pods yet: it holds ipc and uts, and only net has a pin of containerd's.",
  }),
  listPods: "crictl pods",
};

function shimOf(process: Process): Monitor | undefined {
  const shim = shimArguments(process);
  return shim && shim.containerdNamespace !== "moby"
    ? { pid: process.pid, kind: "shim", runtime: "containerd", ...shim }
    : undefined;
}

/** What containerd starts its shims with (containerd core/runtime/v2, pkg/shim). Docker's are in the namespace "moby". */
export function shimArguments(process: Process): { id: string; containerdNamespace?: string } | undefined {
  if (!process.comm.startsWith("containerd-shim")) return undefined;
  const id = argument(process, "-id", "--id");
  return id ? { id, containerdNamespace: argument(process, "-namespace", "--namespace") } : undefined;
}

const CRI = "io.kubernetes.cri.";

function containerdRecords({ sorted, configAt }: Sources): RuntimeRecord[] {
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
