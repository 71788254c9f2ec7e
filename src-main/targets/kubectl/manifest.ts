/**
 * The pod through which a node of a cluster is looked into. It does nothing but wait for the end of its stdin: `stdinOnce`
 * ends that with the first client's connection (core/v1 Container), whoever dies, and the deadline ends it when even the
 * kubelet did not notice. Data alone: no word of it is text for a shell.
 */

/** Has `cat`, `sh` and `nsenter`, and is small. */
export const IMAGE = "docker.io/library/busybox:1.37";

/** How long such a pod lasts at most (s); a node that is watched for longer is come back to by a new one. */
export const DEADLINE_S = 3600;

/** What all of them have: by this the ones that were left behind are found. */
export const LABEL = "app.kubernetes.io/managed-by=podglass";

export const CONTAINER = "podglass";

/** A Pod of core/v1. */
export function manifestOf(name: string, node: string, image: string): object {
  const [key = "", value = ""] = LABEL.split("=");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { [key]: value, "app.kubernetes.io/name": "podglass-node" } },
    spec: {
      // No scheduler is asked, no taint sends it away, and no pod network is waited for: sick nodes are looked into too.
      nodeName: node,
      tolerations: [{ operator: "Exists" }],
      hostNetwork: true,
      hostPID: true,
      restartPolicy: "Never",
      activeDeadlineSeconds: DEADLINE_S,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          name: CONTAINER,
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["cat"],
          stdin: true,
          stdinOnce: true,
          securityContext: { privileged: true, runAsUser: 0 },
        },
      ],
    },
  };
}
