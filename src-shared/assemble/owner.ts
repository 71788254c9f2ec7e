/**
 * Who would make a pod anew, or whose processes pass for one: a fact of the pod, read from what was written down when it
 * was made, and not from a process that happens to run now. A stopped kubelet still owns its pods.
 */
import { OWNER_EVIDENCE } from "../evidence.ts";
import { type NamespaceInodes, type PodOwner, type Process, processId } from "../model.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { type Said, say } from "../sentences.ts";
import type { Draft } from "./drafts.ts";

/** Programs with a kubelet inside: k3s, RKE2, k0s, microk8s, OpenShift's and KubeEdge's small ones (facts of their source). */
const KUBELETS = /^(kubelet|kubelite|hyperkube|k3s|k3s-server|k3s-agent|rke2|k0s|microshift|edgecore)$/;

/** @param pidNamespace the node's own: a kubelet in another is that of a node in a container */
export const findKubelet = (processes: readonly Process[], pidNamespace: number | undefined): Process | undefined =>
  processes.find(
    ({ comm, namespaces }) =>
      KUBELETS.test(comm) &&
      (namespaces.pid === undefined || pidNamespace === undefined || namespaces.pid === pidNamespace),
  );

/** systemd gives a user's processes groups of their own, and lets them make more: systemd docs/CGROUP_DELEGATION.md. */
const OF_USER = /^\/user\.slice\/user-(\d{1,10})\.slice\/user@\1\.service\//;
/** What a kubelet mounts into its containers: etc-hosts, termination log, volumes (pkg/kubelet/kubelet_getters.go, podDir). */
const KUBELET_MOUNT = /\/pods\/([0-9a-f-]{32,36})\/(etc-hosts|containers|volumes|volume-subpaths)(\/|$)/;

interface Around {
  byPid: ReadonlyMap<number, Process>;
  initial: NamespaceInodes;
  kubelet?: Process;
}

export function ownerOf(draft: Draft, uid: string | undefined, around: Around): PodOwner | undefined {
  const { kubelet } = around;
  const members = draft.sandbox ? [draft.sandbox, ...draft.members] : draft.members;
  for (const { monitor, within } of members) {
    // A node in a container has monitors of its own: no stranger's, and out of our hands all the same.
    if (within !== undefined) continue;
    const user = monitor && strangerOf(around.byPid.get(monitor.pid), around.initial);
    if (user) return user;
  }
  for (const { container } of members) {
    const user = OF_USER.exec(container.cgroupPath)?.[1];
    if (user !== undefined && user !== "0")
      return {
        kind: "user",
        uid: Number(user),
        evidence: say(OWNER_EVIDENCE, { code: "user-group", path: container.cgroupPath, uid: user }),
      };
  }
  if (!runtimeOf(draft.runtime).kubelets || uid === undefined) return undefined;
  const evidence = evidenceOf(draft, uid, kubelet);
  return evidence === undefined
    ? undefined
    : { kind: "kubelet", ...(isStatic(draft, uid) ? { static: true } : {}), evidence };
}

/** Anybody may call a process containerd-shim or conmon: one is root's in the node's own user and mount namespaces alone. */
function strangerOf(monitor: Process | undefined, initial: NamespaceInodes): PodOwner | undefined {
  if (!monitor) return undefined;
  const { uid, comm, namespaces } = monitor;
  const elsewhere = (["user", "mnt"] as const).filter(
    (type) => namespaces[type] !== undefined && initial[type] !== undefined && namespaces[type] !== initial[type],
  );
  if (uid === 0 && elsewhere.length === 0) return undefined;
  const [type, other] = elsewhere;
  const parts = { comm, process: processId(monitor), uid };
  const said: Said<typeof OWNER_EVIDENCE> =
    type === undefined
      ? { code: "monitor", ...parts }
      : other === undefined
        ? { code: "monitor-within", ...parts, type }
        : { code: "monitor-within-two", ...parts, type, other };
  return { kind: "user", uid, evidence: say(OWNER_EVIDENCE, said) };
}

function evidenceOf(draft: Draft, uid: string, kubelet: Process | undefined): string | undefined {
  for (const { record } of draft.members) {
    const mount = record?.oci?.mounts?.find(({ source }) => KUBELET_MOUNT.exec(source ?? "")?.[1] === uid);
    if (mount) return say(OWNER_EVIDENCE, { code: "mount", path: record!.path, source: mount.source ?? "" });
  }
  const source = draft.pod.annotations?.["kubernetes.io/config.source"];
  if (source) return say(OWNER_EVIDENCE, { code: "annotation", source });
  // Anybody may put a pod below kubepods, and a container's record would tell what a kubelet mounts: without one, the group tells.
  const told = draft.members.some(({ record }) => record?.oci !== undefined);
  const members = draft.sandbox ? [draft.sandbox, ...draft.members] : draft.members;
  const group = told ? undefined : members.find(({ owner }) => owner.podPath?.includes("kubepods"))?.owner.podPath;
  if (group) return say(OWNER_EVIDENCE, { code: "group", path: group });
  return kubelet && say(OWNER_EVIDENCE, { code: "kubelet", process: processId(kubelet) });
}

/** A static pod's uid is a hash of its manifest, 32 hex digits without dashes (kubelet pkg/kubelet/config/common.go). */
function isStatic({ pod }: Draft, uid: string): boolean {
  const source = pod.annotations?.["kubernetes.io/config.source"];
  return source === undefined ? /^[0-9a-f]{32}$/.test(uid) : source !== "api";
}
