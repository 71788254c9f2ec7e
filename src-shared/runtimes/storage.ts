/** podman and CRI-O keep their containers in the same storage: the annotations of a config.json tell which is whose. */
import type { OciConfig } from "../model.ts";
import { type JsonObject, object, parseObject } from "./json.ts";
import type { RuntimeRecord } from "./record.ts";
import type { Sources } from "./runtime.ts";

export function storageRecords(
  { files, sorted, configAt }: Sources,
  recordOf: (id: string, oci: OciConfig, state: JsonObject) => RuntimeRecord | undefined,
): RuntimeRecord[] {
  const records: RuntimeRecord[] = [];
  for (const entry of sorted.userdata.values()) {
    const oci = configAt(entry.configPath);
    const record = oci && recordOf(entry.id, oci, object(parseObject(files[entry.statePath ?? ""])));
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
