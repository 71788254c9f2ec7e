/** Is this pod a kubelet's? Then what we do to its sandbox is answered: a sandbox that is not ready is made anew. */
import type { Pod, Snapshot } from "../model.ts";
import { runtimeOf } from "../runtimes/table.ts";

export const isKubelets = (snapshot: Snapshot, pod: Pod): boolean =>
  snapshot.node.kubelet !== undefined && pod.uid !== undefined && runtimeOf(pod.runtime).kubelets;
