/** All that the runtimes' files of a reading say, in one shape. */
import type { OciConfig } from "../model.ts";
import type { Reading } from "../reading.ts";
import { sortFiles } from "../runtimes/files.ts";
import type { RuntimeName } from "../runtimes/names.ts";
import { parseOciConfig } from "../runtimes/oci.ts";
import type { Claim, ConfigAt, RuntimeRecord } from "../runtimes/record.ts";
import { runtimes } from "../runtimes/table.ts";
import { type FoundPins, pinManifests } from "./manifests.ts";

export interface Records {
  containers: RuntimeRecord[];
  claims: (Claim & { runtime: RuntimeName })[];
  pins: FoundPins[];
  /** Paths of the runtimes' configuration files that were read. */
  configuration: string[];
}

/** What was parsed for the last reading of a node, by path: a config.json is never rewritten, and is read at every tick. */
export type OciMemory = Map<string, { content: string; config: OciConfig | undefined }>;

/** A hundred configs are about five milliseconds: then the caller may let others have the thread. */
const CONFIGS_PER_STEP = 100;

export function* readRecords(
  reading: Pick<Reading, "files" | "node">,
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
  const { bootId } = reading.node;
  const sources = { files, sorted, configAt, bootId };
  return {
    containers: runtimes.flatMap((runtime) => runtime.records(sources)),
    claims: runtimes.flatMap(
      ({ name, claims }) => claims?.(sources).map((claim) => ({ ...claim, runtime: name })) ?? [],
    ),
    pins: pinManifests(files, sorted.manifests, bootId),
    configuration: sorted.configuration,
  };
}
