/** All that the runtimes' files of a reading say, in one shape. */
import type { OciConfig } from "../../model.ts";
import type { Reading } from "../../reading.ts";
import { containerdRecords } from "./containerd.ts";
import { crioRecord, isCrio } from "./crio.ts";
import { dockerRecords } from "./docker.ts";
import { type SortedFiles, sortFiles } from "./files.ts";
import { parseOciConfig } from "./oci.ts";
import { type FoundLab, type FoundPins, podglassManifests } from "./podglass.ts";
import { isPodman, podmanRecord } from "./podman.ts";
import type { ConfigAt, RuntimeRecord } from "./record.ts";

export interface Records {
  containers: RuntimeRecord[];
  pins: FoundPins[];
  labs: FoundLab[];
  /** Paths of the runtimes' configuration files that were read. */
  configuration: string[];
}

/** What was parsed for the last reading of a node, by path: a config.json is never rewritten, and is read at every tick. */
export type OciMemory = Map<string, { content: string; config: OciConfig | undefined }>;

/** A hundred configs are about five milliseconds: then the caller may let others have the thread. */
const CONFIGS_PER_STEP = 100;

export function* readRecords(
  reading: Pick<Reading, "files" | "tools" | "node">,
  memory: OciMemory,
): Generator<undefined, Records> {
  const { files } = reading;
  for (const path of memory.keys()) if (files[path] === undefined) memory.delete(path);
  let parsed = 0;
  for (const path in files) {
    if (!path.endsWith("/config.json")) continue;
    const content = files[path]!;
    if (memory.get(path)?.content === content) continue;
    memory.set(path, { content, config: parseOciConfig(path, content) });
    if (++parsed % CONFIGS_PER_STEP === 0) yield undefined;
  }
  const configAt: ConfigAt = (path) => (path === undefined ? undefined : memory.get(path)?.config);
  const sorted = yield* sortFiles(files);
  return {
    containers: [
      ...containerdRecords(sorted, configAt),
      ...storageRecords(sorted, configAt),
      ...dockerRecords(files, sorted, configAt, reading.tools["docker-inspect"]),
    ],
    ...podglassManifests(reading.files, sorted.manifests, reading.node.bootId),
    configuration: sorted.configuration,
  };
}

/** podman and CRI-O keep their containers in the same storage: the annotations tell which is which. */
function storageRecords(sorted: SortedFiles, configAt: ConfigAt): RuntimeRecord[] {
  const records: RuntimeRecord[] = [];
  for (const entry of sorted.userdata.values()) {
    const oci = configAt(entry.configPath);
    if (!oci) continue;
    const record = isPodman(oci) ? podmanRecord(entry.id, oci) : isCrio(oci) ? crioRecord(entry.id, oci) : undefined;
    if (!record) continue;
    const state = sorted.states.get(entry.id);
    record.pid = state?.pid ?? entry.pid;
    if (state) {
      record.startTicks = state.startTicks;
      record.cgroupPath = state.cgroupPath;
    }
    records.push(record);
  }
  return records;
}
