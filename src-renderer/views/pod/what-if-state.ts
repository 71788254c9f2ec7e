import type { NamespaceType, Pod, Snapshot } from "../../../src-shared/model.ts";
import type { HolderRef, WhatIf } from "../../../src-shared/questions/what-if.ts";
import { idOf, itemOf } from "../../drawing/item-key.ts";
import type { RailsModel } from "../../drawing/rails-model.ts";
import type { WhatIfState } from "../../drawing/what-if-state.ts";

export interface Choice {
  key: string;
  kind: HolderRef["kind"];
  name: string;
  /** On a chip. */
  short: string;
  holder: HolderRef;
}

/** Everything of one pod that one can imagine gone, in the order of the picture: pause, containers, others, pins, files. */
export function choicesOf(snapshot: Snapshot, pod: Pod, model: RailsModel): Choice[] {
  const choices: Choice[] = [];
  for (const { key, name } of model.rows) {
    const item = itemOf(key);
    if (item?.kind === "sandbox") {
      if (pod.sandbox.pid !== undefined)
        choices.push({ key, kind: "sandbox", name, short: name, holder: { kind: "sandbox", podKey: pod.key } });
    } else if (item?.kind === "container") {
      const { id } = item;
      const lives = snapshot.containers.some((one) => one.id === id && one.pids.length > 0);
      if (lives) choices.push({ key, kind: "container", name, short: name, holder: { kind: "container", id } });
    } else if (item?.kind === "process") {
      const pid = Number(item.id.split(":")[0]);
      choices.push({ key, kind: "process", name, short: `${name} ${pid}`, holder: { kind: "process", pid } });
    }
  }
  for (const { key, kind, name, holds } of model.holders) {
    const [type = "", inode = ""] = holds.split(":");
    if (kind === "pin") {
      const holder = { kind: "pin" as const, type: type as NamespaceType, inode: Number(inode), path: name };
      choices.push({ key, kind: "pin", name, short: `${type}, ${makerOf(name)}`, holder });
    } else {
      const [pid, fd] = idOf("fd", key)?.split(":") ?? [];
      const holder = { kind: "fd" as const, pid: Number(pid), fd: Number(fd) };
      choices.push({ key, kind: "fd", name, short: `open file of ${pid}`, holder });
    }
  }
  return choices;
}

/** Whose pin it is, by its place: two pins of one namespace must not read alike. */
function makerOf(path: string): string {
  if (path.startsWith("/run/podglass/")) return "Podglass's pin";
  if (/^\/(var\/)?run\/netns\//.test(path)) return "netns pin";
  return `pin ${path.split("/").at(-1)?.slice(0, 10) ?? ""}`;
}

/** What the picture shows of an answer. */
export function whatIfStateOf(
  model: RailsModel,
  choice: Choice,
  answer: WhatIf,
  sandboxId: string | undefined,
): WhatIfState {
  const idsOf = (effects: WhatIf["dies"], kind: string) =>
    new Set(effects.filter((effect) => effect.kind === kind).map(({ id }) => id));
  const dead = idsOf(answer.dies, "namespace");
  const ended = idsOf(answer.dies, "container");
  const processes = idsOf(answer.dies, "process");
  const stuck = idsOf(answer.cannotComeBack, "container");
  const open = idsOf(answer.notKnown, "container");
  const spaces = new Map<string, "dies" | "stays">();
  for (const space of model.spaces)
    if (space.style === "shared" || dead.has(space.id)) spaces.set(space.id, dead.has(space.id) ? "dies" : "stays");
  const rows = new Map<string, "ends" | "runs" | "stuck">();
  for (const row of model.rows) {
    if (row.key === choice.key || row.kind === "ended" || row.kind === "ghost" || row.kind === "dead") continue;
    const id = idOf("sandbox", row.key) === undefined ? itemOf(row.key)?.id : sandboxId;
    if (id === undefined || open.has(id)) continue;
    rows.set(row.key, ended.has(id) || processes.has(id) ? "ends" : stuck.has(id) ? "stuck" : "runs");
  }
  return { chosen: choice.key, spaces, rows };
}
