/** What a plan needs to know that no snapshot tells: checks.sh looks on the node and changes nothing. */
import { type PinsManifest, parsePinsManifest } from "../../src-shared/manifests.ts";
import type { Connection } from "../transport/transport.ts";
import checksScript from "./checks.sh?raw";
import common from "./common.sh?raw";
import { compose } from "./compose.ts";
import { reason, runOnNode } from "./remote.ts";
import { groupArguments, identityArguments, namespaceArguments, type Target } from "./target.ts";

export interface Look {
  /** False: the script could not look at all; `why` says so. */
  looked: boolean;
  why?: string;
  /** The script had to go to pid 1's mount namespace through nsenter. */
  entered: boolean;
  manifest?: PinsManifest;
  /** Roots of what is mounted in the pod's folder of pins: "net:[4026531840]". */
  pins: Set<string>;
  /** Pins of this pod in other mount namespaces than pid 1's. */
  copies: { mountNamespace: number; pid: number; root: string; path: string }[];
  missing: string[];
  /** Folders of ours that are links, or not root's alone. */
  unsafe: string[];
  locked: boolean;
  /** Stand-ins that restore started, in the pod's podglass-pause leaf. */
  standIns: number[];
  /** A check's own words, by its name. */
  said: Map<string, { ok: boolean; detail: string }>;
}

/** What a look that found nothing out of the ordinary says. */
export const nothingFound = (): Look => ({
  looked: true,
  entered: false,
  pins: new Set(),
  copies: [],
  missing: [],
  unsafe: [],
  locked: false,
  standIns: [],
  said: new Map(),
});

const checks = compose(checksScript, common);

/** Throws ConnectionError. */
export async function look(
  connection: Connection,
  target: Target,
  options: { sudo: boolean; standIn?: boolean; signal?: AbortSignal },
): Promise<Look> {
  const process = target.sandbox ?? target.entry;
  const result = await runOnNode(
    connection,
    checks,
    [
      target.folder,
      ...(process ? identityArguments(process) : ["0", "0", "", ""]),
      options.standIn ? "1" : "0",
      ...groupArguments(target.groups),
      ...namespaceArguments(target.pinned),
    ],
    options,
  );
  const found = nothingFound();
  for (const { word, name, rest } of result.lines) {
    if (word === "ok" || word === "no") found.said.set(name, { ok: word === "ok", detail: rest });
    else if (word === "copy") {
      const [pid = "", root = "", path = ""] = rest.split(" ");
      found.copies.push({ mountNamespace: Number(name), pid: Number(pid), root, path });
    } else if (word === "fact" && name === "entered") found.entered = true;
    else if (word === "fact" && name === "manifest") found.manifest = parsePinsManifest(rest);
    else if (word === "fact" && name === "pin") found.pins.add(rest);
    else if (word === "fact" && name === "missing") found.missing.push(rest);
    else if (word === "fact" && (name === "link" || name === "open")) found.unsafe.push(rest);
    else if (word === "fact" && name === "locked") found.locked = true;
    else if (word === "fact" && name === "stand-in") found.standIns.push(Number(rest));
  }
  found.standIns = [...new Set(found.standIns)];
  const started = result.lines.some(({ word, name }) => word === "fact" && name === "uid");
  if (!started) return { ...found, looked: false, why: reason(result) };
  return found;
}
