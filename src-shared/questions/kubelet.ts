/** Is this pod a kubelet's? Then what we do to its sandbox is answered: a sandbox that is not ready is made anew. */
import type { Pod, Snapshot } from "../model.ts";

export const isKubelets = (snapshot: Snapshot, pod: Pod): boolean =>
  snapshot.node.kubelet !== undefined &&
  pod.uid !== undefined &&
  (pod.runtime === "containerd" || pod.runtime === "cri-o" || pod.runtime === "docker");

/**
 * Would the runtime tear the pod's network down when pause exits, whatever holds the namespace? podman: conmon's exit
 * command runs its cleanup; Docker: the endpoint is the sandbox container's (facts seen live: docs/pods.md).
 */
export function losesNetwork(pod: Pod): boolean {
  const mode = pod.networkMode ?? "";
  if (pod.runtime === "podman")
    return mode !== "none" && mode !== "host" && mode !== "container" && !mode.startsWith("ns:");
  if (pod.runtime === "docker" && pod.uid === undefined) {
    return mode !== "none" && mode !== "host" && !mode.startsWith("container:");
  }
  return false;
}
