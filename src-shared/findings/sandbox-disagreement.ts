/** Containers of one pod that live in different namespaces of a type that the pod should share: a split pod. */
import { shortInode } from "../format.ts";
import type { NamespaceType, Pod } from "../model.ts";
import type { Finding } from "../reports.ts";
import { containerLabel, livePids, podLabel, type Rule, truncate, type View } from "./view.ts";

export const sandboxDisagreement: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) =>
    // Who is in the other namespace may have joined one of whom nothing was read, as kubectl debug --target does.
    (view.find.mayHaveMore(pod) ? [] : (pod.disagree ?? [])).flatMap((type) => {
      const groups = groupsOf(view, pod, type);
      return groups.size > 1 ? [finding(pod, type, groups)] : [];
    }),
  );

const groupsOf = (view: View, pod: Pod, type: NamespaceType): Map<number, string[]> => {
  const groups = new Map<number, string[]>();
  for (const container of view.find.containersOf(pod.key)) {
    for (const inode of new Set(livePids(view, container).map((pid) => view.find.process(pid)?.namespaces[type]))) {
      if (inode === undefined) continue;
      groups.set(inode, [...(groups.get(inode) ?? []), containerLabel(container)]);
    }
  }
  return groups;
};

const finding = (pod: Pod, type: NamespaceType, groups: Map<number, string[]>): Finding => ({
  rule: "sandbox-disagreement",
  severity: "warning",
  title: `Containers of one pod are in ${groups.size} different ${type} namespaces`,
  where: podLabel(pod),
  evidence: truncate(
    [...groups].map(([inode, names]) => `${type} ${inode} (${shortInode(inode)}): ${names.join(", ")}`),
  ),
  why: "The pod is split: its containers no longer see the same network, hostname or message queues, so localhost between them fails although each looks healthy. This happens when a sandbox was recreated under running containers.",
  todo: "Restart the containers that are in the older namespace, or make the whole pod anew.",
  link: "https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking",
  at: { podKey: pod.key },
});
