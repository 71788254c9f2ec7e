/** Whose a container is: what the cluster itself runs needs much that is unusual in a workload. */
import type { Container, Pod } from "../model.ts";
import { runtimeOf } from "../runtimes/table.ts";
import type { View } from "./view.ts";

/** Namespaces of the cluster's own pods. */
const SYSTEM =
  /^(?:kube-.+|openshift(?:-.+)?|.+-system|calico-.+|tigera-.+|metallb.*|rook-.+|longhorn.*|monitoring|cilium.*|istio-.+|gatekeeper.*|ingress-.+)$/;

export const isSystemPod = (pod: Pod): boolean =>
  pod.staticPod === true || (pod.namespace !== undefined && SYSTEM.test(pod.namespace));

/** A CRI pod has a Kubernetes namespace: where it is not known, neither is whether the pod is the system's. */
export const isUnnamedPod = (pod: Pod): boolean => pod.namespace === undefined && runtimeOf(pod.runtime).cri === true;

/**
 * A container that runs, is known not to be the system's, and whose root is the node's: what it may write there it can.
 * No sandbox, no node in a container (its pods live within it).
 */
export function isWorkload(view: View, container: Container): boolean {
  if (container.kind === "sandbox" || container.pid === null) return false;
  const pod = container.podKey === undefined ? undefined : view.find.pod(container.podKey);
  if (pod && (isSystemPod(pod) || isUnnamedPod(pod))) return false;
  const user = view.find.process(container.pid)?.namespaces.user;
  if (user === undefined || !view.find.namespace("user", user)?.initial) return false;
  return !view.snapshot.pods.some(({ within }) => within === container.id);
}

/** Where in the picture a container is. */
export const atContainer = ({ id, podKey }: Container) => ({
  containerId: id,
  ...(podKey === undefined ? {} : { podKey }),
});
