/** Is this pod a kubelet's? Then what we do to its sandbox is answered: a sandbox that is not ready is made anew. */

import { lookup } from "../lookup.ts";
import type { Pod, Snapshot, Verdict } from "../model.ts";
import { runtimeOf } from "../runtimes/table.ts";

/** By what was written down when the pod was made; a kubelet that does not run now still owns its pods. */
export function kubeletOwns(snapshot: Snapshot, pod: Pod): Verdict {
  if (!runtimeOf(pod.runtime).kubelets || pod.owner?.kind === "user") return "no";
  if (pod.owner?.kind === "kubelet") return "yes";
  if (snapshot.node.kubelet !== undefined && pod.uid !== undefined) return "yes";
  // Records that were read and name no kubelet say no; one that was not read may be the one that does.
  const find = lookup(snapshot);
  const sandbox = find.sandboxOf(pod);
  const all = [...(sandbox ? [sandbox] : []), ...pod.containers.flatMap((id) => find.container(id) ?? [])];
  const unread = all.some(({ oci, labels }) => oci === undefined && labels === undefined) || find.mayHaveMore(pod);
  return unread ? "unknown" : "no";
}

export const isKubelets = (snapshot: Snapshot, pod: Pod): boolean => kubeletOwns(snapshot, pod) === "yes";
