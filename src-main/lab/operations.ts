/** What goes wrong with pods, done to a lab pod on purpose: by a lesson's button, on the demo node and on a real one. */

import { bytes } from "../../src-shared/format.ts";
import type { LabOperation } from "../../src-shared/requests.ts";
import { compose } from "../actions/compose.ts";
import { pinsFolder } from "../actions/folder.ts";
import { identityIn, type Line, Refused, type RunOptions, reason, runOnNode } from "../actions/remote.ts";
import { type Connection, ReadingError } from "../transport/transport.ts";
import doScript from "./do.sh?raw";
import { labManifests, REFUSED, shared } from "./lab.ts";
import startScript from "./start.sh?raw";

const script = compose(doScript, ...shared, startScript);

/** In words for a person who is asked whether to do it. */
export function operationWords(operation: LabOperation): { effect: string; command: string } {
  const place = operation.member ? `${operation.name}/${operation.member}` : operation.name;
  const group = `podglass-lab/${place}`;
  if (operation.do === "kill") return { effect: `the first process of ${place} is killed`, command: "kill -KILL PID" };
  if (operation.do === "restart")
    return {
      effect: `the first process of ${place} is killed, and a new one started in the pod's namespaces`,
      command: "kill -KILL PID; nsenter --net=… --ipc=… --uts=… unshare --mount --pid …",
    };
  if (operation.do === "grow")
    return {
      effect: `a process in ${place} takes ${bytes(operation.bytes)}; it ends after ten minutes, or when the kernel kills it`,
      command: `head -c ${operation.bytes} /dev/zero | tail | sleep 600`,
    };
  return {
    effect: `the memory limit of ${place} becomes ${bytes(operation.bytes)}`,
    command: `echo ${operation.bytes} >${group}/memory.max (cgroup v1: memory.limit_in_bytes)`,
  };
}

/** Does it and answers with what happened, as a sentence. Throws Refused with the node's own words, or ReadingError. */
export async function labDo(connection: Connection, operation: LabOperation, run: RunOptions = {}): Promise<string> {
  const manifest = (await labManifests(connection, run)).get(operation.name);
  if (!manifest) throw new Refused(`there is no lab pod ${operation.name} on ${connection.label}`);
  const container = manifest.containers.find((one) => one.name === operation.member);
  const target = operation.member === "pause" ? manifest.pause : container;
  if (operation.do === "limit" ? operation.member && !container : !target)
    throw new Refused(`the lab pod ${operation.name} has no ${operation.member || "member of that name"}`);
  if (operation.do === "restart" && operation.member === "pause")
    throw new Refused("a pause is not started again: restore starts a stand-in where the namespaces are pinned");
  // Written where the first process of a container is another: a restart.
  const answer = (line: Line): string => {
    const containers = manifest.containers.map((one) => (one === container ? { ...one, ...identityIn(line) } : one));
    return JSON.stringify({ ...manifest, containers });
  };
  const result = await runOnNode(
    connection,
    script,
    [
      operation.do,
      operation.name,
      operation.member,
      String(target?.pid ?? ""),
      String(target?.startTicks ?? ""),
      "bytes" in operation ? String(operation.bytes) : "0",
      pinsFolder(`lab/${operation.name}`),
      String(manifest.pause?.pid ?? ""),
      String(manifest.pause?.startTicks ?? ""),
    ],
    { ...run, answer },
  );
  if (result.code !== 0) {
    const no = result.lines.find((line) => line.word === "no");
    const words = `${operation.name}: ${no ? no.rest : reason(result)}`;
    throw result.code === REFUSED ? new Refused(words) : new ReadingError(words);
  }
  const says = result.lines.find((line) => line.word === "ok")?.rest ?? "done";
  // The script tells sizes in bytes.
  return "bytes" in operation ? says.replace(/\b(\d+)( bytes)?$/, (_, size: string) => bytes(Number(size))) : says;
}
