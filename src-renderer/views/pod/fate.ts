import { namespaceId, type Pod, type Snapshot } from "../../../src-shared/model.ts";
import { aftermath } from "../../../src-shared/pods/aftermath.ts";
import type { Fate } from "../../drawing/rails-figure.tsx";
import type { RailsModel } from "../../drawing/rails-model.ts";

export interface Choice {
  key: string;
  kind: "pause" | "container" | "process" | "pin" | "fd";
  name: string;
  pids: number[];
  pins: string[];
  fds: { pid: number; fd: number }[];
}

/** Everything of one pod that one can imagine gone, in the order of the picture. */
export function choicesOf(snapshot: Snapshot, pod: Pod, model: RailsModel): Choice[] {
  const none = { pids: [], pins: [], fds: [] };
  const choices: Choice[] = [];
  for (const row of model.rows) {
    if (row.key.startsWith("sandbox:")) {
      const { pid } = pod.sandbox;
      if (pid !== undefined) choices.push({ ...none, key: row.key, kind: "pause", name: row.name, pids: [pid] });
    } else if (row.key.startsWith("container:")) {
      const container = snapshot.containers.find(({ id }) => row.key === `container:${id}`);
      if (container && container.pids.length > 0)
        choices.push({ ...none, key: row.key, kind: "container", name: row.name, pids: container.pids });
    } else if (row.key.startsWith("process:"))
      choices.push({ ...none, key: row.key, kind: "process", name: row.name, pids: [Number(row.key.split(":")[1])] });
  }
  for (const holder of model.holders) {
    if (holder.kind === "pin")
      choices.push({ ...none, key: holder.key, kind: "pin", name: holder.name, pins: [holder.name] });
    else {
      const [, pid, fd] = holder.key.split(":");
      choices.push({
        ...none,
        key: holder.key,
        kind: "fd",
        name: holder.name,
        fds: [{ pid: Number(pid), fd: Number(fd) }],
      });
    }
  }
  return choices;
}

/** What the picture shows of a choice: namespaces that the kernel would free, rows that would end. */
export function fateOf(snapshot: Snapshot, model: RailsModel, choice: Choice): Fate {
  const { died, freed } = aftermath(snapshot, choice);
  const dead = new Set(freed.map(namespaceId));
  const spaces = new Map<string, "dies" | "stays">();
  for (const space of model.spaces)
    if (space.style === "shared" || dead.has(space.id)) spaces.set(space.id, dead.has(space.id) ? "dies" : "stays");
  const rows = new Map<string, "ends" | "runs" | "stuck">();
  for (const row of model.rows) {
    if (row.key === choice.key) continue;
    const pids = pidsOf(snapshot, row.key);
    if (pids.length > 0) rows.set(row.key, pids.every((pid) => died.has(pid)) ? "ends" : "runs");
  }
  return { chosen: choice.key, spaces, rows };
}

function pidsOf(snapshot: Snapshot, key: string): readonly number[] {
  if (key.startsWith("container:")) return snapshot.containers.find(({ id }) => key === `container:${id}`)?.pids ?? [];
  if (key.startsWith("process:")) return [Number(key.split(":")[1])];
  const pid = snapshot.pods.find((pod) => key === `sandbox:${pod.key}`)?.sandbox.pid;
  return pid === undefined ? [] : [pid];
}
