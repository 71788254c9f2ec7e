/** Namespaces that nothing but a bind mount keeps: no process, no pod. What a runtime forgot to take down. */

import { openFiles } from "../assemble/namespaces.ts";
import { count, inert } from "../format.ts";
import type { Namespace, NamespaceType, Pod } from "../model.ts";
import type { Finding } from "../reports.ts";
import { type Rule, truncate, type View } from "./view.ts";

/** Where runtimes pin; anything else in /run/netns is a person's, made by `ip netns add`. */
const RUNTIME_PIN =
  /^(?:\/var)?\/run\/(?:(?:netns|ipcns|utsns|userns)\/(?:cni-|netns-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|docker\/netns\/[0-9a-f]{12}|crio\/ns\/.+)$|\/pinned-namespaces\/|\/io\.containerd\.[^/]+\/.+\/ns\//;
/** An overlay network of a swarm has namespaces without processes by design (moby libnetwork). */
const BY_DESIGN = /\/docker\/netns\/(?:default|ingress_sbox|lb_|\d+-)/;
const OURS = /^(?:\/var)?\/run\/podglass\/pins\//;

export const leakedPin: Rule = (view): Finding[] => {
  // Without root most processes do not show their namespaces: any pin would look forgotten.
  if (view.snapshot.node.privilege === "user" || view.unread.processes) return [];
  const wanted = claimed(view.snapshot.pods);
  // A pod of which nothing but our own pins is left is shown because of them, and wants nothing any more.
  const living = claimed(
    view.snapshot.pods.filter((pod) => pod.containers.length > 0 || pod.sandbox.pid !== undefined),
  );
  const groups = new Map<string, { namespace: Namespace; paths: string[] }[]>();
  for (const namespace of view.snapshot.namespaces) {
    if (!isForgotten(namespace)) continue;
    const paths = [...new Set(namespace.pins.map((pin) => pin.path))].sort();
    if (paths.some((path) => BY_DESIGN.test(path))) continue;
    // CRI-O pins three namespaces of one pod under one uuid: they were forgotten together.
    const kind = kindOf(paths);
    if ((kind === "ours" ? living : wanted).has(`${namespace.type}:${namespace.inode}`)) continue;
    const key = `${kind}:${togetherWith(kind, paths[0]!)}`;
    groups.set(key, [...(groups.get(key) ?? []), { namespace, paths }]);
  }
  return [...groups].map(([key, group]) => finding(view, key.slice(0, key.indexOf(":")), group));
};

const claimed = (pods: readonly Pod[]): Set<string> =>
  new Set(pods.flatMap((pod) => entries(pod.namespaces).map(([type, inode]) => `${type}:${inode}`)));

const entries = (inodes: Partial<Record<NamespaceType, number>>) => Object.entries(inodes) as [NamespaceType, number][];

const isForgotten = (one: Namespace): boolean =>
  !one.initial &&
  one.pins.length > 0 &&
  one.pids.length === 0 &&
  openFiles(one).length === 0 &&
  one.threads.length === 0 &&
  one.forChildren.length === 0;

const kindOf = (paths: string[]): "ours" | "runtime" | "person" =>
  paths.some((path) => OURS.test(path)) ? "ours" : paths.some((path) => RUNTIME_PIN.test(path)) ? "runtime" : "person";

/** What was pinned in one go: our folder, a runtime's uuid, a folder of somebody's; names of `ip netns` are each their own. */
const togetherWith = (kind: string, path: string): string => {
  if (kind === "runtime" || /^(?:\/var)?\/run\/netns\//.test(path)) return lastPart(path);
  return folderOf(path);
};
const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** A pod keeps pins by what its records name; a container without a record is one whose record was not read. */
const recordsMissing = ({ snapshot, unread }: View): boolean =>
  unread.records ||
  snapshot.containers.some(({ oci, pid, podKey, runtime }) => !oci && pid !== null && (runtime !== "lab" || !podKey));

const WORDS = {
  ours: {
    rule: "stale-pin-folder",
    severity: "warning",
    title: "A pin of ours outlived its pod",
    many: (n: number) => `${n} pins of ours outlived their pod`,
    why: "Podglass pinned this pod's namespaces and the pod is gone without an unpin. The namespaces stay in the kernel's memory until the pins go.",
    todo: "podglass unpin takes the pins away, podglass journal shows who made them. By hand: umount each path, then remove the folder.",
    link: "https://man7.org/linux/man-pages/man2/umount.2.html",
  },
  runtime: {
    rule: "leaked-pin",
    severity: "warning",
    title: "A pinned namespace has neither process nor pod",
    many: (n: number) => `${n} pinned namespaces have neither process nor pod`,
    why: "The runtime forgot to take its pin down. The namespace stays in the kernel's memory, a network namespace with its interfaces and addresses; nodes have been found with thousands.",
    todo: "Ask the runtime first whether it still knows the pod (crictl pods, podman pod ps, docker ps -a). If not: umount each path and remove the file.",
    link: "https://github.com/cri-o/cri-o/issues/273",
  },
  person: {
    rule: "pinned-namespace",
    severity: "info",
    title: "A namespace is kept by a pin alone",
    many: (n: number) => `${n} namespaces are kept by pins alone`,
    why: "No process is in it and no pod claims it. `ip netns add` makes such namespaces on purpose.",
    todo: "Nothing, if somebody made it on purpose; else umount the path and remove the file.",
    link: "https://man7.org/linux/man-pages/man8/ip-netns.8.html",
  },
} as const;

const finding = (view: View, kind: string, group: { namespace: Namespace; paths: string[] }[]): Finding => {
  const { many, ...words } = WORDS[kind as keyof typeof WORDS];
  const first = group[0]!.namespace;
  const unread = Math.max(...group.map(({ namespace }) => view.unread.namespaces(namespace.type)));
  // What would say whose it is: a process in it, or a record that names it.
  const doubts = [
    ...(unread > 0 ? [`${count(unread, "process", "processes")} did not show their namespaces: one may be in it`] : []),
    ...(recordsMissing(view)
      ? ["not every runtime record could be read: one may name a pod that these pins are kept for"]
      : []),
  ];
  const unseen = [
    ...(view.snapshot.deep ? [] : ["open files were not read: something may hold it by an fd (--deep)"]),
    ...doubts,
  ];
  return {
    ...words,
    severity: doubts.length > 0 ? "info" : words.severity,
    title: group.length > 1 ? many(group.length) : words.title,
    where: truncate(
      group.flatMap((one) => one.paths.map((path) => inert(path, 200))),
      3,
    ).join(", "),
    evidence: [
      ...truncate(
        group.map(
          ({ namespace, paths }) =>
            `${namespace.type}:[${namespace.inode}] no process, pinned at ${paths.map((path) => inert(path, 200)).join(", ")}`,
        ),
      ),
      ...unseen,
    ],
    at: { namespace: { type: first.type, inode: first.inode } },
  };
};
