/**
 * CRI-O's records: config.json in the storage's userdata folder, written for the sandbox even when its infra container
 * was dropped. Annotations: CRI-O internal/annotations, pkg/annotations/v2, server/sandbox_run_linux.go.
 */
import type { CriMode, CriModes, OciConfig, Process } from "../model.ts";
import { endOf } from "./end.ts";
import { integer, type JsonObject, object, parseObject, text, texts } from "./json.ts";
import type { RuntimeRecord } from "./record.ts";
import { argument, type Monitor, type Runtime, said } from "./runtime.ts";
import { storageRecords } from "./storage.ts";

export const crio: Runtime = {
  name: "cri-o",
  daemon: "crio",
  versions: ["cri-o", "crio"],
  kubelets: true,
  cri: true,
  // cri-o internal/config/capabilities/capabilities_linux.go
  capabilities: [
    "CHOWN",
    "DAC_OVERRIDE",
    "FSETID",
    "FOWNER",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "NET_BIND_SERVICE",
    "KILL",
  ],
  sockets: ["/run/crio/crio.sock"],
  groups: { prefixes: ["crio"], monitors: ["crio-conmon"], bareMarks: true },
  monitor: conmonOf,
  recordOf(_id, { name }) {
    // internal/lib/sandbox: k8s_<container>_<pod>_<namespace>_<uid>_<attempt>; POD is the infra container.
    const parts = name?.split("_") ?? [];
    if (parts.length !== 6) return { name };
    return {
      name: parts[1],
      kind: parts[1] === "POD" ? "sandbox" : "app",
      pod: { name: parts[2], namespace: parts[3], uid: parts[4] },
    };
  },
  records: (sources) =>
    storageRecords(sources, (id, oci, state) =>
      isCrio(oci) ? { ...crioRecord(id, oci), ...ended(state) } : undefined,
    ),
  settings: {
    file: /\/crio\/crio\.conf(\.d\/[^/]+)?$/,
    keys: ["drop_infra_ctr", "cgroup_manager", "pause_image", "namespaces_dir", "default_runtime", "infra_ctr_cpuset"],
  },
  // It keeps the infra container iff drop_infra_ctr is false, the pod's PID mode is POD, or the runtime is a VM
  // (internal/lib/sandbox/sandbox_linux.go NeedsInfra).
  kept({ reaps, record, setting }) {
    if (reaps || record?.modes?.pid === "POD") return { how: "reaps", evidence: { code: "pid-mode" } };
    const drop = setting("drop_infra_ctr");
    return drop?.value === "false"
      ? { how: "setting", evidence: { code: "setting", path: drop.path } }
      : { how: "before" };
  },
  keptWords: {
    reaps: "kept because the PID namespace is the pod's: pause is its pid 1 and reaps",
    setting: "kept: drop_infra_ctr is off",
    before: "kept: the pod was made while drop_infra_ctr was off, or by a runtime handler that needs it",
  },
  afterPause: {
    network: () => ({ survives: "yes", detail: "CRI-O keeps the address until the sandbox is stopped" }),
    counted: "CRI-O counts the sandbox as stopped, so no new container can start in it",
    noReturn: "CRI-O calls the sandbox NotReady and refuses CreateContainer in it",
    // internal/config/nsmgr pins net, ipc and uts of every pod.
    pins: true,
    effects: ["CRI-O: the sandbox reads NOTREADY, and CreateContainer is refused; running containers go on."],
    wayBack: "crictl stopp and rmp the sandbox, and let its kubelet or its maker create the pod again",
  },
  // crio.conf(5); server/sandbox_run_linux.go, internal/lib/sandbox/sandbox_linux.go (NeedsInfra).
  advice(setting) {
    const found = setting("drop_infra_ctr");
    const on = found?.value !== "false";
    const folder = setting("namespaces_dir");
    const where = `${folder?.value ?? "/var/run"}/{netns,ipcns,utsns}/<uuid>${folder ? "" : ", CRI-O's default namespaces_dir"}`;
    return {
      now: said(found, "drop_infra_ctr is not set, so true"),
      means: on
        ? `CRI-O makes pods without pause: net, ipc and uts are pinned by pinns (${where}). It keeps pause only where a pod shares its PID namespace, and for Kata.`
        : `CRI-O pins net, ipc and uts of every pod (${where}) and keeps a pause beside the pins, which holds nothing that a pin does not hold.`,
      ...(on
        ? {}
        : {
            file: {
              path: "/etc/crio/crio.conf.d/90-drop-infra.conf",
              content: "[crio.runtime]\ndrop_infra_ctr = true\n",
            },
          }),
      commands: on ? [] : ["systemctl restart crio"],
      but: "Pods that exist stay as they are: it counts for pods made afterwards. Pod network metrics of cAdvisor vanish with pause (kubernetes#126682).",
    };
  },
  listPods: "crictl pods",
};

/** internal/oci/container.go, ContainerState, as it is written to state.json beside config.json. */
function ended(state: JsonObject): Pick<RuntimeRecord, "ended"> {
  if (state.status !== "stopped") return {};
  return { ended: endOf({ exitCode: state.exitCode, oomKilled: state.oomKilled, at: state.finished }) };
}

/** CRI-O calls its containers k8s_…; podman's conmon says libpod somewhere, or any other name. */
function conmonOf(process: Process): Monitor | undefined {
  if (process.comm !== "conmon" || process.cmdline.some((word) => word.includes("libpod"))) return undefined;
  const id = argument(process, "-c", "--cid");
  const name = argument(process, "-n", "--name");
  return id && name?.startsWith("k8s_") ? { pid: process.pid, kind: "conmon", runtime: "cri-o", id, name } : undefined;
}

const CRIO = "io.kubernetes.cri-o.";
/** Since 1.35 the first; before, the second. Both are read by current versions. */
const SPOOFED = ["spoofed.crio.io", `${CRIO}Spoofed`];
/** k8s.io/cri-api runtime/v1 api.proto, NamespaceMode. */
const MODES: readonly CriMode[] = ["POD", "CONTAINER", "NODE", "TARGET"];

const isCrio = (oci: OciConfig): boolean =>
  oci.annotations["io.container.manager"] !== "libpod" && oci.annotations[`${CRIO}SandboxID`] !== undefined;

function crioRecord(id: string, oci: OciConfig): RuntimeRecord {
  const notes = oci.annotations;
  const labels = texts(parseObject(notes[`${CRIO}Labels`]));
  const metadata = object(parseObject(notes[`${CRIO}Metadata`]));
  const own = texts(parseObject(notes[`${CRIO}Annotations`]));
  const sandbox = notes[`${CRIO}ContainerType`] === "sandbox";
  const label = (key: string) => labels[key] ?? notes[key];
  const record: RuntimeRecord = {
    id,
    runtime: "cri-o",
    kind: sandbox ? "sandbox" : "app",
    path: oci.path,
    oci,
    labels,
    createdAt: notes[`${CRIO}Created`],
    name: sandbox ? "POD" : (label("io.kubernetes.container.name") ?? text(metadata.name)),
    image: notes[`${CRIO}ImageName`] ?? notes[`${CRIO}Image`],
    pod: {
      sandboxId: notes[`${CRIO}SandboxID`],
      name: notes[`${CRIO}KubeName`] ?? label("io.kubernetes.pod.name"),
      namespace: notes[`${CRIO}Namespace`] ?? label("io.kubernetes.pod.namespace"),
      uid: label("io.kubernetes.pod.uid"),
      ...(sandbox ? { labels, annotations: own } : {}),
    },
  };
  const attempt = integer(metadata.attempt);
  const counted = own["io.kubernetes.container.restartCount"];
  if (counted !== undefined && /^\d{1,9}$/.test(counted)) record.restartCount = Number(counted);
  else if (!sandbox) record.restartCount = attempt ?? 0;
  const spoofed = SPOOFED.find((key) => notes[key] === "true");
  if (spoofed) record.spoofed = spoofed;
  const options = parseObject(notes[`${CRIO}NamespaceOptions`]);
  if (options) record.modes = modesOf(options);
  return record;
}

/** Protobuf's JSON leaves out zero, and zero is POD. */
function modesOf(options: Record<string, unknown>): CriModes {
  const mode = (key: string): CriMode => MODES[integer(options[key]) ?? 0] ?? "POD";
  const user = object(options.userns_options);
  return {
    network: mode("network"),
    ipc: mode("ipc"),
    pid: mode("pid"),
    ...(options.userns_options === undefined ? {} : { user: MODES[integer(user.mode) ?? 0] ?? "POD" }),
  };
}
