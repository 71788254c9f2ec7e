/** All that the runtimes' files of a reading say, in one shape. */
import type { Reading } from "../../reading.ts";
import { containerdRecords } from "./containerd.ts";
import { crioRecord, isCrio } from "./crio.ts";
import { dockerRecords } from "./docker.ts";
import { type SortedFiles, sortFiles } from "./files.ts";
import { parseOciConfig } from "./oci.ts";
import { type FoundLab, type FoundPins, podglassManifests } from "./podglass.ts";
import { isPodman, podmanRecord } from "./podman.ts";
import type { Files, RuntimeRecord } from "./record.ts";

export interface Records {
  containers: RuntimeRecord[];
  pins: FoundPins[];
  labs: FoundLab[];
  /** Paths of the runtimes' configuration files that were read. */
  configuration: string[];
}

export function readRecords(reading: Pick<Reading, "files" | "tools" | "node">): Records {
  const sorted = sortFiles(reading.files);
  return {
    containers: [
      ...containerdRecords(reading.files, sorted),
      ...storageRecords(reading.files, sorted),
      ...dockerRecords(reading.files, sorted, reading.tools["docker-inspect"]),
    ],
    ...podglassManifests(reading.files, sorted.manifests, reading.node.bootId),
    configuration: sorted.configuration,
  };
}

/** podman and CRI-O keep their containers in the same storage: the annotations tell which is which. */
function storageRecords(files: Files, sorted: SortedFiles): RuntimeRecord[] {
  const records: RuntimeRecord[] = [];
  for (const entry of sorted.userdata.values()) {
    if (!entry.configPath) continue;
    const oci = parseOciConfig(entry.configPath, files[entry.configPath]!);
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
