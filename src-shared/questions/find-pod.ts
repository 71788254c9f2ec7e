/** The pod that a person means by what was typed. */
import type { Pod, Snapshot } from "../model.ts";

/** One pod, or all that it could be: none or several; and where none, what may be meant instead. */
export type FoundPod = { pod: Pod } | { pod?: undefined; candidates: Pod[]; meant: Pod[]; note?: string };

/** @param text a key, a name, namespace/name, or a unique prefix of a uid or of a sandbox's id */
export function findPod(snapshot: Snapshot, text: string): FoundPod {
  const { pods } = snapshot;
  const exact = pods.find((pod) => pod.key === text);
  if (exact) return { pod: exact };
  const named = pods.filter((pod) => pod.name === text || (pod.namespace && `${pod.namespace}/${pod.name}` === text));
  const found = named.length > 0 ? named : text === "" ? [] : pods.filter((pod) => startsWith(pod, text));
  if (found.length === 1) return { pod: found[0]! };
  if (found.length > 0) return { candidates: found, meant: [] };
  const ofFiles = pods.filter(({ staticPod }) => staticPod);
  return {
    candidates: [],
    meant: ofFiles.filter((pod) => withoutNode(pod, text)),
    ...(API_UID.test(text) && ofFiles.length > 0 ? { note: API_NOTE } : {}),
  };
}

/** A kubelet puts "-" and its node's name behind a static pod's (pkg/kubelet/config/common.go, generatePodName). */
const withoutNode = ({ name, namespace }: Pod, text: string): boolean => {
  const wanted = text.slice(text.indexOf("/") + 1);
  return (
    wanted !== "" && name.startsWith(`${wanted}-`) && (!text.includes("/") || text.startsWith(`${namespace ?? ""}/`))
  );
};

const API_UID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** The API has a mirror of it with a uid of its own, which no record on the node tells; the mirror names the node's. */
const API_NOTE =
  "The API gives a static pod another uid than its node does: the node's is in the annotation kubernetes.io/config.mirror there.";

function startsWith(pod: Pod, text: string): boolean {
  const id = pod.key.slice(pod.key.indexOf("/") + 1);
  return Boolean(
    pod.uid?.startsWith(text) || pod.sandbox.id?.startsWith(text) || id.startsWith(text) || pod.key.startsWith(text),
  );
}
