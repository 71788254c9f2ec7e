/**
 * What a runtime makes of a loss, beyond the kernel's counting: which containers could not be started again, and what
 * is taken away although it is held. Seen on live nodes and read in the runtimes' source: docs/pods.md, "When pause dies".
 */

import type { Lookup } from "../lookup.ts";
import { type Container, namespaceId, type Pod, type Snapshot } from "../model.ts";
import { normalPath, pidOfPath } from "../namespace-paths.ts";
import type { REMARKS } from "../reasons.ts";
import { runtimeOf } from "../runtimes/table.ts";
import type { Said } from "../sentences.ts";
import type { Aftermath, Loss } from "./aftermath.ts";
import type { Effect, EffectReason } from "./effect.ts";
import { isKubelets } from "./kubelet.ts";
import { networkAfterPause } from "./network.ts";
import { checkPaths } from "./oci-paths.ts";

export interface Circumstances {
  snapshot: Snapshot;
  find: Lookup;
  after: Aftermath;
  loss: Loss;
  pod?: Pod;
  /** Set when the pod's sandbox process is among what goes. */
  pausePid?: number;
  affected: readonly Pod[];
}

export interface Consequences {
  dies: Effect[];
  cannotComeBack: Effect[];
  remark?: Said<typeof REMARKS>;
}

export function consequences(circumstances: Circumstances): Consequences {
  const result: Consequences = { dies: [], cannotComeBack: [] };
  const { pod, pausePid, after } = circumstances;
  if (pod && (pausePid !== undefined || (pod.sandbox.pid !== undefined && after.died.has(pod.sandbox.pid)))) {
    afterPause(circumstances, pod, result);
  } else {
    const why = pod && withoutPause(circumstances.snapshot, pod);
    for (const container of pod && why ? containersOf(circumstances, pod) : []) {
      if (container.pid === null || !after.died.has(container.pid)) continue;
      result.cannotComeBack.push(comeback(container, why!));
    }
  }
  result.cannotComeBack.push(...brokenPaths(circumstances));
  const own = circumstances.loss.pins?.find((path) => /^\/run\/netns\/(cni-|[0-9a-f]{8}-)/.test(path));
  if (own) result.remark = { code: "runtimes-pin", path: own };
  return result;
}

/** Why a container of a pod whose own pause is gone already would not be started again; undefined: it would. */
function withoutPause(snapshot: Snapshot, pod: Pod): EffectReason | undefined {
  const { state, reasons = [] } = pod.sandbox;
  if (state === "dead") return { code: "dead-sandbox" };
  // Gone and not by the runtime's own doing, whoever holds what it held: the runtime's record knows no stand-in and no pin of ours.
  if (!reasons.some(({ code }) => code === "stand-in" || code === "dropped-by-podglass" || code === "gone"))
    return undefined;
  const { noReturn } = runtimeOf(pod.runtime).afterPause;
  if (isKubelets(snapshot, pod)) return { code: "new-sandbox" };
  return noReturn === undefined ? undefined : { code: "runtime", words: noReturn };
}

const comeback = (container: Container, why: EffectReason): Effect => ({
  kind: "container",
  id: container.id,
  label: container.name,
  why,
});

const containersOf = ({ find }: Circumstances, pod: Pod): Container[] =>
  pod.containers.flatMap((id) => find.container(id) ?? []);

function afterPause(circumstances: Circumstances, pod: Pod, result: Consequences): void {
  const { snapshot } = circumstances;
  const all = containersOf(circumstances, pod);
  const next = (why: EffectReason): Effect => ({
    kind: "pod",
    id: pod.key,
    label: "no new container could be made in the pod",
    why,
  });
  loseInterface(circumstances, pod, result);
  if (isKubelets(snapshot, pod)) {
    result.remark = { code: "kubelet" };
    for (const container of all) result.cannotComeBack.push(comeback(container, { code: "new-sandbox" }));
    return;
  }
  const { noReturn, splits, pins } = runtimeOf(pod.runtime).afterPause;
  if (noReturn) {
    const why: EffectReason = { code: "runtime", words: noReturn };
    for (const container of all) result.cannotComeBack.push(comeback(container, why));
    result.cannotComeBack.push(next(why));
    if (pins && holdsNothing(circumstances, pod)) result.remark = { code: "pinned" };
  } else if (splits) {
    result.remark = { code: "runtime", words: splits };
    result.cannotComeBack.push({
      kind: "pod",
      id: pod.key,
      label: "the pod could not be one again",
      why: { code: "new-infra" },
    });
  } else if (circumstances.after.freed.length > 0) result.cannotComeBack.push(next({ code: "joins-freed" }));
}

/** Where a runtime pins net, ipc and uts of every pod, its pause is the last holder of none of them. */
function holdsNothing({ find, after }: Circumstances, pod: Pod): boolean {
  const types = (["net", "ipc", "uts"] as const).filter((type) => pod.namespaces[type] !== undefined);
  const pinned = types.every((type) => find.namespace(type, pod.namespaces[type]!)?.pins.length);
  const kills = after.freed.some((namespace) => namespace.type === "pid" && namespace.inode === pod.namespaces.pid);
  return Boolean(pinned) && types.length > 0 && !kills;
}

function loseInterface({ find, after }: Circumstances, pod: Pod, result: Consequences): void {
  const net = pod.namespaces.net === undefined ? undefined : find.namespace("net", pod.namespaces.net);
  if (!net || after.freed.includes(net)) return;
  const { survives, detail } = networkAfterPause(pod);
  if (survives === "yes") return;
  result.dies.push({
    kind: "address",
    id: namespaceId(net),
    label: `the network of ${pod.name}${pod.ips.length > 0 ? ` (${pod.ips.join(", ")})` : ""}`,
    why: { code: "runtime", words: detail },
  });
}

/** A restart reads the same config.json again: a path in it that leads nowhere any more is the end of that container. */
function brokenPaths({ snapshot, after, loss, find }: Circumstances): Effect[] {
  const effects: Effect[] = [];
  const gone = new Set(loss.pins);
  for (const container of snapshot.containers) {
    // Where the path is written anew at each start, what it was does not matter.
    if (runtimeOf(container.runtime).writesPathsAnew) continue;
    if (container.kind === "sandbox") continue; // no runtime starts a sandbox again: it makes a new one
    for (const { type, path } of container.ociNamespaces ?? []) {
      if (!path) continue;
      const pid = pidOfPath(path);
      const broken =
        pid === undefined ? gone.has(normalPath(path)) : after.died.has(pid) && find.process(pid) !== undefined;
      if (!broken) continue;
      effects.push(comeback(container, { code: "joins-nothing", type, path }));
      break;
    }
    // It would be started by a path that leads astray already, whatever ends now.
    if (container.pid === null || !after.died.has(container.pid)) continue;
    const astray = checkPaths(snapshot, container).find(({ verdict }) => verdict === "gone" || verdict === "stale");
    if (astray) effects.push(comeback(container, { code: "joins-astray", type: astray.type, path: astray.path ?? "" }));
  }
  return effects;
}
