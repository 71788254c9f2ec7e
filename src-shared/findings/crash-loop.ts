/** A container that ends again and again: the kubelet or its runtime starts it anew, and waits longer each time. */
import { count } from "../format.ts";
import type { Container, ContainerEnd } from "../model.ts";
import type { Finding } from "../reports.ts";
import { containerLabel, livePids, podLabel, type Rule, truncate, type View } from "./view.ts";

/** As often as this, and the last time this short ago: five minutes is the kubelet's longest back-off, and as much again. */
const OFTEN = 3;
const LATELY_MS = 10 * 60_000;

export const crashLoop: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) => {
    const byName = new Map<string, Container[]>();
    for (const one of view.find.containersOf(pod.key))
      if (one.kind !== "sandbox") byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
    return [...byName.values()].flatMap((runs) => {
      const last = runs.reduce((a, b) => ((b.restartCount ?? 0) > (a.restartCount ?? 0) ? b : a));
      const ends = runs.flatMap(({ ended }) => ended ?? []);
      if ((last.restartCount ?? 0) < OFTEN || !ends.some((end) => isLately(view, end))) return [];
      return [
        {
          rule: "crash-loop",
          severity: "warning",
          title: `A container has been started again ${count(last.restartCount!, "time", "times")}`,
          where: `${podLabel(pod)}, ${containerLabel(last)}`,
          evidence: [
            livePids(view, last).length > 0
              ? "its last run goes on"
              : "it does not run now: whoever starts it waits between tries",
            ...truncate(ends.map(endWords), 3),
          ],
          why: "Each try makes new namespaces and a new cgroup, and joins what the pod shares. Between tries the pod lacks it, and what it answers fails.",
          todo: "Read its log (crictl logs --previous, kubectl logs -p, docker logs) and the reason of its last end; memory is the reason where it was killed for it.",
          link: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy",
          at: { podKey: pod.key, containerId: last.id },
        } satisfies Finding,
      ];
    });
  });

const isLately = ({ snapshot }: View, { at }: ContainerEnd): boolean => {
  const ago = Date.parse(snapshot.takenAt) - Date.parse(at ?? "");
  return ago >= 0 && ago <= LATELY_MS;
};

const endWords = ({ exitCode, signal, oomKilled, at }: ContainerEnd): string =>
  [
    at ? `ended ${at}` : "ended",
    ...(signal === undefined ? (exitCode === undefined ? [] : [`exit code ${exitCode}`]) : [`signal ${signal}`]),
    ...(oomKilled ? ["killed for want of memory"] : []),
  ].join(", ");
