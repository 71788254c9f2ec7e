/** What a step lets one do. An operation is a request of api.ts; nothing else can be done from a lesson. */

import { ACTIONS, type ActionName } from "../actions.ts";
import { count as counted } from "../format.ts";
import type { Snapshot } from "../model.ts";
import type { DemoExperiment, LabOperation, LabOptions } from "../requests.ts";
import { containerNamed, podNamed, processNamed } from "./find.ts";
import { bytesOf } from "./values.ts";

export type Operation =
  | { kind: "make"; words: string; options: LabOptions }
  | { kind: "remove"; words: string; name: string }
  | { kind: "act"; words: string; action: ActionName; pod: string }
  | { kind: "try"; words: string; trial: Trial };

/** What goes wrong, on purpose. On lab pods a button everywhere; on other pods of the demo node too, of a real node by hand. */
export type Trial =
  | { do: "limit"; place: string; bytes: number }
  | { do: "kill"; place: string }
  | { do: "grow"; place: string; bytes: number }
  | { do: "zombies"; place: string; count: number }
  | { do: "reap"; place: string }
  | { do: "restart"; place: string };

export function parseOperation(key: "make" | "remove" | "act" | "try", text: string): Operation {
  const words = text.split(/\s+/);
  if (key === "make") return { kind: "make", words: `Make pod ${words[0]}`, options: labOptions(words) };
  if (key === "remove") return { kind: "remove", words: `Remove pod ${text}`, name: text };
  if (key === "act") {
    const [name = "", pod = ""] = words;
    const action = ACTIONS.find((one) => one === name);
    if (!action || !pod) throw new Error(`"act: ${text}" is none of: ${ACTIONS.map((one) => `${one} POD`).join(", ")}`);
    return {
      kind: "act",
      words: `${action[0]?.toUpperCase()}${action.slice(1)} ${pod}`,
      action,
      pod,
    };
  }
  return { kind: "try", ...trialOf(text) };
}

function trialOf(text: string): { words: string; trial: Trial } {
  const [verb = "", place = "", ...rest] = text.split(/\s+/);
  const wrong = () =>
    new Error(
      `"try: ${text}" is none of: kill POD/NAME, restart POD/NAME, grow POD/NAME SIZE, limit POD[/NAME] SIZE, zombies POD/NAME N, reap POD/NAME`,
    );
  const amount = bytesOf(rest.join(" "));
  if (verb === "limit" && place && amount !== undefined)
    return {
      words: `Set the memory limit of ${place} to ${rest.join(" ")}`,
      trial: { do: "limit", place, bytes: amount },
    };
  if (!place.includes("/")) throw wrong();
  const [pod, name] = [place.slice(0, place.lastIndexOf("/")), place.slice(place.lastIndexOf("/") + 1)];
  const named = `${name} of ${pod}`;
  if (verb === "kill") return { words: `Kill ${named}`, trial: { do: "kill", place } };
  if (verb === "restart") return { words: `Crash ${named} and start it again`, trial: { do: "restart", place } };
  if (verb === "reap") return { words: `Let ${named} wait for its children`, trial: { do: "reap", place } };
  if (verb === "grow" && amount !== undefined)
    return { words: `Let ${named} take ${rest.join(" ")} more`, trial: { do: "grow", place, bytes: amount } };
  const count = Number(rest[0]);
  if (verb === "zombies" && Number.isInteger(count) && count > 0 && count <= 100)
    return {
      words: `Let ${counted(count, "child", "children")} of ${named} end`,
      trial: { do: "zombies", place, count },
    };
  throw wrong();
}

/** `NAME pause|pinned [containers N] [share-pid] [memory SIZE] [cpu CORES] [zombies N] [hog]`, as the command line's lab up. */
function labOptions([name = "", sandbox = "", ...rest]: string[]): LabOptions {
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) || (sandbox !== "pause" && sandbox !== "pinned"))
    throw new Error(
      '"make:" is NAME pause|pinned [containers N] [share-pid] [memory SIZE] [cpu CORES] [zombies N] [hog]',
    );
  const options: LabOptions = { name, sandbox };
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at];
    if (word === "share-pid") options.sharePid = true;
    else if (word === "hog") options.hog = true;
    else if (word === "containers") options.containers = Number(rest[++at]);
    else if (word === "zombies") options.zombies = Number(rest[++at]);
    else if (word === "cpu") options.cpuCores = Number(rest[++at]);
    else if (word === "memory") options.memoryBytes = bytesOf(rest[++at] ?? "");
    else throw new Error(`"make:" does not know "${word}"`);
  }
  return options;
}

/** The same trial on a lab pod, demo node or real; undefined where the pod is none, or a lab pod cannot do it. */
export function labOperationOf(snapshot: Snapshot, trial: Trial): LabOperation | undefined {
  const [name = "", member = ""] = trial.place.split("/");
  if (podNamed(snapshot, name)?.runtime !== "lab" || trial.do === "zombies" || trial.do === "reap") return undefined;
  return { ...("bytes" in trial ? { bytes: trial.bytes } : {}), do: trial.do, name, member } as LabOperation;
}

/** The experiment that a trial is on this node just now; undefined where what it speaks of is not there. */
export function experimentOf(snapshot: Snapshot, trial: Trial): DemoExperiment | undefined {
  if (trial.do === "limit") return undefined;
  if (trial.do === "restart") {
    const pod = podNamed(snapshot, trial.place.slice(0, trial.place.lastIndexOf("/")));
    return pod && { do: "restart", pod: pod.name, container: trial.place.slice(trial.place.lastIndexOf("/") + 1) };
  }
  const pid = processNamed(snapshot, trial.place)?.pid ?? containerNamed(snapshot, trial.place)?.pid;
  if (pid === undefined || pid === null) return undefined;
  if (trial.do === "grow") return { do: "grow", pid, bytes: trial.bytes };
  if (trial.do === "zombies") return { do: "zombies", pid, count: trial.count };
  return { do: trial.do, pid };
}
