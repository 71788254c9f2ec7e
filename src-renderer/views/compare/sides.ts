import { podAlone } from "../../../src-shared/diff/subject.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { type RailsModel, railsModel } from "../../drawing/rails-model.ts";

/** What one side shows: a pod's key or a container's id, on a node, now or as a kept snapshot was. */
export interface Side {
  nodeId: string;
  key: string;
  /** Id of a kept snapshot; absent: as the node is now. */
  kept?: string;
}

type Params = Record<string, string>;

/** A side in the address: "<node id> <key>", and the kept snapshot beside it. */
export function sideFrom(params: Params, which: "left" | "right"): Side | undefined {
  const text = params[which];
  const gap = text?.indexOf(" ") ?? -1;
  if (text === undefined || gap <= 0) return undefined;
  const side = { nodeId: text.slice(0, gap), key: text.slice(gap + 1) };
  const kept = params[`${which}Kept`];
  return kept === undefined ? side : { ...side, kept };
}

export const sideParams = (side: Side | undefined, which: "left" | "right"): Record<string, string | undefined> => ({
  [which]: side && `${side.nodeId} ${side.key}`,
  [`${which}Kept`]: side?.kept,
});

/** What is compared, found in its snapshot. */
export interface Subject {
  side: Side;
  snapshot: Snapshot;
  name: string;
  words: string;
  pod?: Pod;
  /** Of a container: the pod that it is in. */
  home?: Pod;
}

export function subjectIn(snapshot: Snapshot, side: Side): Subject | undefined {
  const pod = snapshot.pods.find(({ key }) => key === side.key);
  if (pod) {
    const words = [pod.namespace, pod.runtime, pod.qos].filter((word) => word !== undefined).join(", ");
    return { side, snapshot, name: pod.name, words, pod };
  }
  const container = snapshot.containers.find(({ id }) => id === side.key);
  if (!container) return undefined;
  const home = snapshot.pods.find(({ key }) => key === container.podKey);
  return { side, snapshot, name: container.name, words: `a container, ${container.runtime}`, home };
}

/** The rails of a pod, or of one container drawn as if it were a pod of its own. */
export function railsOf({ snapshot, side, pod }: Subject): RailsModel | undefined {
  if (pod) return railsModel(snapshot, pod.key);
  const container = snapshot.containers.find(({ id }) => id === side.key);
  if (!container) return undefined;
  const alone = podAlone(container);
  const containers = snapshot.containers.map((one) => (one === container ? { ...one, podKey: alone.key } : one));
  return railsModel({ ...snapshot, pods: [...snapshot.pods, alone], containers }, alone.key);
}

/** A pod's name without what tells the twins of a pair apart: "web-pause" and "web-pinned" are both "web". */
const stem = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[-_.]?(no-?pause|pause(less|d)?|pinned|dropped|with|without|no-?infra|infra)\b/g, "")
    .replace(/[-_.][0-9a-f]{4,}(-[0-9a-z]{5})?$/, "");

const containerNames = (snapshot: Snapshot, pod: Pod): string =>
  snapshot.containers
    .filter(({ podKey, kind }) => podKey === pod.key && kind !== "sandbox")
    .map(({ name }) => name)
    .sort()
    .join(",");

/**
 * The pair to show first: the same pod with pause and without. Best is one stem and the same containers; then the same
 * containers; then any pod held by pause beside any held by pins alone; then any two.
 */
export function firstPair(nodes: readonly { nodeId: string; snapshot: Snapshot }[]): [Side, Side] | undefined {
  let best: { score: number; pair: [Side, Side] } | undefined;
  const all = nodes.flatMap(({ nodeId, snapshot }) =>
    snapshot.pods.map((pod) => ({
      side: { nodeId, key: pod.key },
      stem: stem(pod.name),
      names: containerNames(snapshot, pod),
      pod,
    })),
  );
  const paused = all.filter(({ pod }) => pod.sandbox.state === "process").slice(0, 400);
  const others = all.filter(({ pod }) => pod.sandbox.state === "dropped").slice(0, 400);
  for (const one of paused)
    for (const other of others) {
      const score =
        1 +
        (one.stem === other.stem ? 8 : 0) +
        (one.names !== "" && one.names === other.names ? 4 : 0) +
        (one.pod.namespace === other.pod.namespace ? 2 : 0) +
        (one.pod.host.join() === other.pod.host.join() ? 1 : 0);
      if (!best || score > best.score) best = { score, pair: [one.side, other.side] };
    }
  const [a, b] = all;
  return best?.pair ?? (a && b ? [a.side, b.side] : undefined);
}
