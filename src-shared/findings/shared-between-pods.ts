/** A namespace of a pod that another pod is in as well. The node's own do not count. */
import { count } from "../format.ts";
import type { NamespaceType } from "../model.ts";
import type { Finding } from "../reports.ts";
import { podLabel, type Rule, truncate } from "./view.ts";

/** user, time and cgroup namespaces are shared by all rootless containers of one person: that is how they are made. */
const PRIVATE_TO_A_POD: NamespaceType[] = ["net", "ipc", "uts", "pid", "mnt"];

export const sharedBetweenPods: Rule = (view): Finding[] =>
  view.snapshot.namespaces.flatMap((namespace) => {
    if (namespace.initial || namespace.pids.length < 2 || !PRIVATE_TO_A_POD.includes(namespace.type)) return [];
    const members = new Map<string, number[]>();
    for (const pid of namespace.pids) {
      const key = view.find.containerOfPid(pid)?.podKey;
      if (key !== undefined && view.find.pod(key)) members.set(key, [...(members.get(key) ?? []), pid]);
    }
    if (members.size < 2) return [];
    const labels = [...members.keys()].map((key) => podLabel(view.find.pod(key)));
    return [
      {
        rule: "namespace-shared-between-pods",
        severity: "warning",
        title: `${count(members.size, "pod")} are in one ${namespace.type} namespace`,
        where: truncate(labels, 4).join(", "),
        evidence: truncate(
          [...members].map(
            ([key, pids]) =>
              `${podLabel(view.find.pod(key))}: ${truncate(pids.map(String), 6).join(", ")} in ${namespace.type}:[${namespace.inode}]`,
          ),
        ),
        why: "Pods are meant to be apart. In one network namespace they share ports, addresses and localhost; in one PID or mount namespace each can see and touch the other's processes and files.",
        todo: "See in their OCI configurations who joined whom (podglass pod). If nobody meant it, a path such as /proc/PID/ns/net was reused: make the later pod anew.",
        link: "https://man7.org/linux/man-pages/man7/namespaces.7.html",
        at: { namespace: { type: namespace.type, inode: namespace.inode }, podKey: [...members.keys()][0] },
      } satisfies Finding,
    ];
  });
