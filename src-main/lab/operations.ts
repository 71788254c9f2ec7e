/** What goes wrong with pods, done to a lab pod on purpose: by a lesson's button, on the demo node and on a real one. */
import type { LabDeed } from "../../src-shared/api.ts";
import { bytes } from "../../src-shared/format.ts";
import { compose } from "../actions/compose.ts";
import { pinsFolder } from "../actions/folder.ts";
import { identityIn, type Line, Refused, type RunOptions, reason, runOnNode } from "../actions/remote.ts";
import { type Connection, ReadingError } from "../transport/transport.ts";
import doScript from "./do.sh?raw";
import { labManifests, REFUSED, shared } from "./lab.ts";
import startScript from "./start.sh?raw";

const script = compose(doScript, ...shared, startScript);

/** In words for a person who is asked whether to do it. */
export function deedWords(deed: LabDeed): { effect: string; command: string } {
  const place = deed.member ? `${deed.name}/${deed.member}` : deed.name;
  const group = `podglass-lab/${place}`;
  if (deed.do === "kill") return { effect: `the first process of ${place} is killed`, command: "kill -KILL PID" };
  if (deed.do === "restart")
    return {
      effect: `the first process of ${place} is killed, and a new one started in the pod's namespaces`,
      command: "kill -KILL PID; nsenter --net=… --ipc=… --uts=… unshare --mount --pid …",
    };
  if (deed.do === "grow")
    return {
      effect: `a process in ${place} takes ${bytes(deed.bytes)}; it ends after ten minutes, or when the kernel kills it`,
      command: `head -c ${deed.bytes} /dev/zero | tail | sleep 600`,
    };
  return {
    effect: `the memory limit of ${place} becomes ${bytes(deed.bytes)}`,
    command: `echo ${deed.bytes} >${group}/memory.max (cgroup v1: memory.limit_in_bytes)`,
  };
}

/** Does it and answers with what happened, as a sentence. Throws Refused with the node's own words, or ReadingError. */
export async function labDo(connection: Connection, deed: LabDeed, run: RunOptions = {}): Promise<string> {
  const manifest = (await labManifests(connection, run)).get(deed.name);
  if (!manifest) throw new Refused(`there is no lab pod ${deed.name} on ${connection.label}`);
  const container = manifest.containers.find((one) => one.name === deed.member);
  const target = deed.member === "pause" ? manifest.pause : container;
  if (deed.do === "limit" ? deed.member && !container : !target)
    throw new Refused(`the lab pod ${deed.name} has no ${deed.member || "member of that name"}`);
  if (deed.do === "restart" && deed.member === "pause")
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
      deed.do,
      deed.name,
      deed.member,
      String(target?.pid ?? ""),
      String(target?.startTicks ?? ""),
      "bytes" in deed ? String(deed.bytes) : "0",
      pinsFolder(`lab/${deed.name}`),
      String(manifest.pause?.pid ?? ""),
      String(manifest.pause?.startTicks ?? ""),
    ],
    { ...run, answer },
  );
  if (result.code !== 0) {
    const no = result.lines.find((line) => line.word === "no");
    const words = `${deed.name}: ${no ? no.rest : reason(result)}`;
    throw result.code === REFUSED ? new Refused(words) : new ReadingError(words);
  }
  const says = result.lines.find((line) => line.word === "ok")?.rest ?? "done";
  // The script tells sizes in bytes.
  return "bytes" in deed ? says.replace(/\b(\d+)( bytes)?$/, (_, size: string) => bytes(Number(size))) : says;
}
