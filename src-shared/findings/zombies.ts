/** Ended processes that their parent does not collect. A momentary zombie is normal; many, or one that stays, is not. */
import { count } from "../format.ts";
import { isZombie } from "../liveness.ts";
import { type Process, processId } from "../model.ts";
import type { Finding } from "../reports.ts";
import { placeOf, processLabel, type Rule, truncate, type View } from "./view.ts";

/** So many at once under one parent are not a coincidence, even in a first reading. */
const MANY = 3;
/** A zombie that was one this long ago was not merely met between exit and wait. */
const STAYS_MS = 2000;

export const zombies: Rule = (view): Finding[] => {
  const byParent = new Map<number, Process[]>();
  for (const process of view.snapshot.processes) {
    if (!isZombie(process)) continue;
    byParent.set(process.ppid, [...(byParent.get(process.ppid) ?? []), process]);
  }
  return [...byParent].map(([ppid, dead]) => finding(view, ppid, dead));
};

const finding = (view: View, ppid: number, dead: Process[]): Finding => {
  const parent = view.find.process(ppid);
  const container =
    view.find.containerOfPid(ppid) ?? dead.map((one) => view.find.containerOfPid(one.pid)).find(Boolean);
  const stayed = dead.filter((one) => wasZombie(view, one));
  const isInit = parent?.nsPids?.at(-1) === 1;
  const keeper = parent ? processLabel(parent) : `pid ${ppid}`;
  return {
    rule: "zombies",
    severity: dead.length >= MANY || stayed.length > 0 ? "warning" : "info",
    title: `${count(dead.length, "zombie")} that ${keeper} does not reap`,
    where: container ? placeOf(view, container) : keeper,
    evidence: [
      ...truncate(dead.map((one) => `${processLabel(one)} is a zombie, child of ${keeper}`)),
      ...(stayed.length > 0
        ? [`${count(stayed.length, "of them was", "of them were")} a zombie in the reading before too`]
        : []),
      ...(isInit
        ? [`${keeper} is pid 1 of its PID namespace: orphans of the whole namespace become its children`]
        : []),
    ],
    why: "A zombie keeps its pid and its place in the pids limit until its parent waits for it; when the limit is reached nothing in the pod can start a process any more. Ordinary programs do not wait for children that they did not start.",
    todo: isInit
      ? "Give the container an init that reaps (docker run --init, tini), or let the pod share one PID namespace so that pause reaps; ending pid 1 ends the container."
      : "Mend or restart the parent: when it ends, the zombies go to the init of its PID namespace, which reaps them if it is one.",
    link: "https://man7.org/linux/man-pages/man2/wait.2.html",
    at: {
      pid: ppid,
      ...(container ? { containerId: container.id } : {}),
      ...(container?.podKey === undefined ? {} : { podKey: container.podKey }),
    },
  };
};

const wasZombie = (view: View, process: Process): boolean =>
  view.before !== undefined && view.before.elapsedMs >= STAYS_MS && view.before.zombies.has(processId(process));
