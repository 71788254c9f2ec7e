/** Hand-made Docker pods: who joins whose namespaces, by record, and who is at the root of it. */

import { dockerIdOf } from "./records/docker.ts";
import { ociType } from "./records/oci.ts";
import type { RuntimeRecord } from "./records/record.ts";

const PID_PATH = /^\/proc\/(\d+)\/ns\//;

/** Container id to the id of the container that it joins in the end; the joined one is in it too, with its own id. */
export function dockerRoots(records: readonly RuntimeRecord[]): Map<string, string> {
  const docker = records.filter((record) => record.runtime === "docker" && !record.pod?.sandboxId);
  const idOf = dockerIdOf(docker);
  const byProcess = new Map(
    docker.flatMap((record) => (record.pid === undefined ? [] : [[record.pid, record.id] as const])),
  );
  const joined = new Map<string, string>();
  for (const record of docker) {
    const target = joinedByName(record, idOf) ?? joinedByPath(record, byProcess);
    if (target && target !== record.id) joined.set(record.id, target);
  }
  const roots = new Map<string, string>();
  for (const id of joined.keys()) {
    let root = id;
    for (const seen = new Set<string>(); joined.has(root) && !seen.has(root); root = joined.get(root)!) seen.add(root);
    roots.set(id, root);
    roots.set(root, root);
  }
  return roots;
}

function joinedByName(record: RuntimeRecord, idOf: (name: string) => string | undefined): string | undefined {
  const named = record.joins?.net ?? record.joins?.ipc ?? record.joins?.pid;
  // A container that was removed is still named by those that joined it.
  return named && (idOf(named) ?? (/^[0-9a-f]{64}$/.test(named) ? named : undefined));
}

/** Where hostconfig.json could not be read: config.json says /proc/<pid of the joined>/ns/net. */
function joinedByPath(record: RuntimeRecord, byProcess: ReadonlyMap<number, string>): string | undefined {
  if (record.networkMode !== undefined) return undefined;
  for (const type of ["net", "ipc", "pid"] as const) {
    const path = record.oci?.namespaces.find((entry) => ociType(entry.type) === type)?.path;
    const pid = path && PID_PATH.exec(path)?.[1];
    const target = pid && byProcess.get(Number(pid));
    if (target) return target;
  }
  return undefined;
}
