/** What Podglass itself left on a node when it was cut off: half made lab pods, stand-ins nobody knows, copies of pins. */
import { baseName } from "../cgroups/tree.ts";
import { inert } from "../format.ts";
import type { Finding } from "../reports.ts";
import { podLabel, type Rule, truncate, type View } from "./view.ts";

const LINK = "https://man7.org/linux/man-pages/man7/mount_namespaces.7.html";

export const leftovers: Rule = (view): Finding[] => [
  // Without our manifests every lab pod and every stand-in would look forgotten, without the node's mounts every pin a copy.
  ...(view.unread.records ? [] : [...halfMade(view), ...unknownStandIns(view), ...outlived(view)]),
  ...(view.unread.pins ? [] : copies(view)),
];

/** A group of the lab's whose pod is not there: its making or its removal was cut off. */
function halfMade({ snapshot }: View): Finding[] {
  const known = new Set(snapshot.pods.map((pod) => pod.key));
  const pids = new Map<string, Set<number>>();
  for (const { path, pids: members } of snapshot.cgroups) {
    const name = /^\/podglass-lab\/([^/]+)/.exec(path)?.[1];
    if (!name || known.has(`lab/${name}`) || name.endsWith("-shell")) continue;
    const all = pids.get(name) ?? new Set();
    for (const pid of members) all.add(pid);
    pids.set(name, all);
  }
  return [...pids].map(([name, members]) => ({
    rule: "lab-leftover",
    severity: "warning",
    title: "A lab pod was left half made",
    where: `cgroup /podglass-lab/${inert(name, 63)}`,
    evidence: [
      "the group is there, and no manifest of a lab pod",
      members.size > 0 ? `processes in it: ${truncate([...members].map(String), 8).join(", ")}` : "no process in it",
    ],
    why: "Making or removing it was cut off: the connection was lost, or the app was ended.",
    todo: `podglass lab down --name ${inert(name, 63)} takes all of it away; lab down without a name takes every lab pod.`,
    link: "https://docs.kernel.org/admin-guide/cgroup-v2.html",
    at: { cgroupPath: `/podglass-lab/${name}` },
  }));
}

/** A process in a leaf podglass-pause that is no pod's sandbox. */
function unknownStandIns({ snapshot }: View): Finding[] {
  const sandboxes = new Set(snapshot.pods.map((pod) => pod.sandbox.pid));
  const found = new Map<number, string>();
  for (const { path, pids } of snapshot.cgroups)
    if (baseName(path) === "podglass-pause") for (const pid of pids) if (!sandboxes.has(pid)) found.set(pid, path);
  return [...found].map(([pid, path]) => ({
    rule: "stand-in-leftover",
    severity: "warning",
    title: "A stand-in of ours holds namespaces, and no manifest knows it",
    where: `process ${pid}`,
    evidence: [`it is in ${inert(path, 300)}`],
    why: "Restoring was cut off between starting it and writing it down, or its pod is gone. It keeps the pod's namespaces alive.",
    todo: "podglass undo brings the pod back to before the restore. By hand: kill it, then rmdir its group.",
    link: "https://man7.org/linux/man-pages/man7/namespaces.7.html",
    at: { pid, cgroupPath: path },
  }));
}

/** A stand-in whose pod its runtime has removed: nothing is left but what it holds. */
const outlived = ({ snapshot }: View): Finding[] =>
  snapshot.pods
    .filter(
      ({ sandbox, containers }) => containers.length === 0 && sandbox.reasons?.some(({ code }) => code === "stand-in"),
    )
    .map((pod) => ({
      rule: "stand-in-leftover",
      severity: "warning",
      title: "A stand-in of ours outlived its pod",
      where: podLabel(pod),
      evidence: [...(pod.sandbox.evidence ?? []), "no container of the pod is left"],
      why: "Removing the pod does not end a process that its runtime does not know: the stand-in and our pins keep the pod's namespaces alive.",
      todo: "podglass unpin takes the pins away; then end the process and remove its group podglass-pause.",
      link: "https://man7.org/linux/man-pages/man7/namespaces.7.html",
      at: { podKey: pod.key, ...(pod.sandbox.pid === undefined ? {} : { pid: pod.sandbox.pid }) },
    }));

/** A mount namespace that was made while a pin was there has its own copy, which outlives the pin. */
function copies({ snapshot }: View): Finding[] {
  const first = snapshot.namespaces.find(({ type, initial }) => type === "mnt" && initial)?.inode;
  if (first === undefined) return [];
  return snapshot.namespaces.flatMap(({ type, inode, pins }) => {
    const ours = pins.filter(({ path }) => path.startsWith("/run/podglass/"));
    const here = ours.some(({ mountNamespace }) => mountNamespace === first);
    if (here || ours.length === 0) return [];
    const where = [...new Set(ours.map(({ mountNamespace }) => mountNamespace))];
    const holders = where.flatMap(
      (each) => snapshot.namespaces.find((one) => one.type === "mnt" && one.inode === each)?.pids[0] ?? [],
    );
    return [
      {
        rule: "pin-copy",
        severity: "warning" as const,
        title: "A copy of an unmounted pin lives on in another mount namespace",
        where: `${type}:[${inode}]`,
        evidence: [
          `${truncate([...new Set(ours.map(({ path }) => inert(path, 200)))], 3).join(", ")} in mount namespace ${truncate(where.map(String), 5).join(", ")}`,
          ...(holders.length > 0 ? [`processes there: ${truncate(holders.map(String), 5).join(", ")}`] : []),
        ],
        why: "A mount namespace is a copy of its maker's at that moment. Unmounting in pid 1's does not reach a private copy, and the namespace stays alive.",
        todo: `nsenter -t ${holders[0] ?? "PID"} -m umount ${inert(ours[0]!.path, 200)}, or end the processes of that mount namespace.`,
        link: LINK,
        at: { namespace: { type, inode } },
      },
    ];
  });
}
