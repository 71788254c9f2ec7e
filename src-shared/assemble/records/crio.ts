/**
 * CRI-O's records: config.json in the storage's userdata folder, written for the sandbox even when its infra container
 * was dropped. Annotations: CRI-O internal/annotations, pkg/annotations/v2, server/sandbox_run_linux.go.
 */
import type { CriMode, CriModes, OciConfig } from "../../model.ts";
import { integer, object, parseObject, text, texts } from "./json.ts";
import type { RuntimeRecord } from "./record.ts";

const CRIO = "io.kubernetes.cri-o.";
/** Since 1.35 the first; before, the second. Both are read by current versions. */
const SPOOFED = ["spoofed.crio.io", `${CRIO}Spoofed`];
/** k8s.io/cri-api runtime/v1 api.proto, NamespaceMode. */
const MODES: readonly CriMode[] = ["POD", "CONTAINER", "NODE", "TARGET"];

export const isCrio = (oci: OciConfig): boolean =>
  oci.annotations["io.container.manager"] !== "libpod" && oci.annotations[`${CRIO}SandboxID`] !== undefined;

export function crioRecord(id: string, oci: OciConfig): RuntimeRecord {
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
      ...(sandbox ? { labels } : {}),
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
