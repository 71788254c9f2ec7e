/** A PID namespace that containers of a pod share, with one of the apps as its pid 1. */
import { inert } from "../format.ts";
import type { Container, Pod, Process } from "../model.ts";
import type { Finding } from "../reports.ts";
import { containerLabel, livePids, podLabel, processLabel, type Rule, truncate, type View } from "./view.ts";

/** Programs that are made to be pid 1: they reap, and do nothing that could end them. */
const INITS = new Set([
  "pause",
  "catatonit",
  "tini",
  "dumb-init",
  "docker-init",
  "podman-init",
  "s6-svscan",
  "systemd",
  "init",
  "runit",
]);

export const pidNamespaceApp: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) => {
    const all = view.find.containersOf(pod.key);
    if (all.length < 2) return [];
    const members = new Map<number, Container[]>();
    for (const container of all) {
      const inode = livePids(view, container).map((pid) => view.find.process(pid)?.namespaces.pid)[0];
      if (inode === undefined || view.find.namespace("pid", inode)?.initial) continue;
      members.set(inode, [...(members.get(inode) ?? []), container]);
    }
    return [...members].flatMap(([inode, containers]) => {
      const first = containers.length > 1 ? pidOne(view, inode) : undefined;
      const owner = first && view.find.containerOfPid(first.pid);
      if (!first || !owner || owner.kind === "sandbox" || INITS.has(first.comm)) return [];
      return [finding(pod, inode, first, owner, containers)];
    });
  });

const pidOne = (view: View, inode: number): Process | undefined => {
  return (view.find.namespace("pid", inode)?.pids ?? [])
    .map((pid) => view.find.process(pid))
    .find((one) => one?.nsPids?.at(-1) === 1);
};

const finding = (pod: Pod, inode: number, first: Process, owner: Container, containers: Container[]): Finding => {
  const debugging = containers.some((one) => one.modes?.pid === "TARGET");
  // Who is the sandbox, and who joined whom, is in their records.
  const recorded = containers.every((one) => one.oci !== undefined || one.runtime === "lab");
  return {
    rule: "pid-namespace-app-init",
    severity: debugging || !recorded ? "info" : "warning",
    title: `An app is pid 1 of a PID namespace that ${containers.length} containers share`,
    where: `${podLabel(pod)}, ${containerLabel(owner)}`,
    evidence: [
      `${processLabel(first)} of ${containerLabel(owner)} is pid 1 in pid:[${inode}]: ${inert(first.cmdline.join(" "), 160) || "no command line"}`,
      `in the same namespace: ${truncate(containers.filter((one) => one !== owner).map(containerLabel)).join(", ")}`,
      ...(recorded ? [] : ["not every record of them could be read: one may be there on purpose"]),
    ],
    why: "When pid 1 of a PID namespace ends, the kernel kills everything in it: a restart of this one container takes the others down. And orphans of all of them land on an app that does not reap.",
    todo: debugging
      ? "Nothing: a debugging container joins its target's PID namespace on purpose."
      : "Let a pause container be pid 1 (shareProcessNamespace, podman pod create --share pid), or give the first container an init such as tini.",
    link: "https://man7.org/linux/man-pages/man7/pid_namespaces.7.html",
    at: { podKey: pod.key, containerId: owner.id, namespace: { type: "pid", inode }, pid: first.pid },
  };
};
