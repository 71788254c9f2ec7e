/**
 * Pauseless readiness: could the pause container of each pod go, on this runtime with this configuration, and why or
 * why not. It only reads; what may be done is decided again, by fresh checks, where it is done.
 */

import { settingOf } from "../assemble/configuration.ts";
import { PINNABLE } from "../assemble/sandbox.ts";
import type { Pod, Readiness, Snapshot } from "../model.ts";
import { list } from "../reasons.ts";
import { RUNTIME_LABELS } from "../runtimes/names.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { aftermath } from "./aftermath.ts";
import { pauseCost } from "./cost.ts";
import { isKubelets } from "./kubelet.ts";
import { lookup } from "./lookup.ts";
import { networkAfterPause } from "./network.ts";

export function readiness(snapshot: Snapshot): Readiness {
  const result: Readiness = { pods: [], saves: { processes: 0, pssBytes: 0, cgroups: 0 } };
  for (const pod of snapshot.pods) {
    const answer = podReadiness(snapshot, pod);
    result.pods.push({ key: pod.key, ...answer });
    if (!answer.can) continue;
    const cost = pauseCost(snapshot, pod);
    result.saves.processes += cost.processes;
    result.saves.pssBytes += cost.pssBytes;
    result.saves.cgroups += cost.cgroups;
  }
  return result;
}

/** One pod. A "can" comes with what it takes and what it costs later; a "cannot" with every obstacle, not only the first. */
function podReadiness(snapshot: Snapshot, pod: Pod): { can: boolean; reasons: string[] } {
  const { state, pid } = pod.sandbox;
  if (state === "dropped") return { can: false, reasons: [`there is no pause process any more: ${pod.sandbox.why}`] };
  if (state === "dead")
    return { can: false, reasons: [`pause is gone already, and not by a plan: ${pod.sandbox.why}`] };
  if (state === "none" || pid === undefined)
    return { can: false, reasons: [`there never was a pause process: ${pod.sandbox.why}`] };
  const against = obstacles(snapshot, pod, pid);
  if (against.length > 0) return { can: false, reasons: against };
  return { can: true, reasons: waysAndPrices(snapshot, pod) };
}

function obstacles(snapshot: Snapshot, pod: Pod, pid: number): string[] {
  const found: string[] = [];
  const find = lookup(snapshot);
  const died = [...aftermath(snapshot, { pids: [pid] }).died].filter((entry) => entry !== pid);
  if (died.length > 0) {
    const names = [...new Set(died.flatMap((entry) => find.containerOfPid(entry)?.name ?? []))];
    found.push(
      `pause is pid 1 of the PID namespace that the pod shares: ${names.length > 0 ? `${list(names)} would be killed with it` : `${died.length} processes would be killed with it`}, and a pin does not help, for a PID namespace ends with its pid 1`,
    );
  }
  const unpinnable = Object.keys(pod.namespaces).filter(
    (type) => type !== "pid" && !(PINNABLE as readonly string[]).includes(type),
  );
  if (unpinnable.length > 0)
    found.push(`the pod shares its ${list(unpinnable)} namespace, which Podglass does not pin`);
  const network = networkAfterPause(pod);
  if (network.survives !== "yes") found.push(network.detail);
  const { kubelet } = runtimeOf(pod.runtime).afterPause;
  if (kubelet && isKubelets(snapshot, pod)) found.push(kubelet);
  return found;
}

function waysAndPrices(snapshot: Snapshot, pod: Pod): string[] {
  const find = lookup(snapshot);
  const types = PINNABLE.filter((type) => pod.namespaces[type] !== undefined);
  const pinned = types.filter((type) => find.namespace(type, pod.namespaces[type]!)?.pins.length);
  const loose = types.filter((type) => !pinned.includes(type));
  const reasons: string[] = [];
  const { pins, price } = runtimeOf(pod.runtime).afterPause;
  if (pins) {
    const setting = settingOf(snapshot.node.configuration ?? [], pod.runtime)("drop_infra_ctr");
    reasons.push(
      `${list(pinned) || "nothing"} ${pinned.length === 1 ? "is" : "are"} pinned by ${RUNTIME_LABELS[pod.runtime]}: pause holds nothing that a pin does not`,
    );
    reasons.push(
      setting?.value === "false"
        ? `drop_infra_ctr is off in ${setting.path}: with it on, pods made from then on have no pause`
        : "drop_infra_ctr is on: the pod keeps pause only because it was made before; made anew it has none",
    );
    return reasons;
  }
  if (loose.length > 0) {
    reasons.push(
      `${list(loose)} would have to be pinned first: nothing but processes holds ${loose.length === 1 ? "it" : "them"} now`,
    );
  } else if (pinned.length > 0) reasons.push(`${list(pinned)} ${pinned.length === 1 ? "is" : "are"} pinned already`);
  else reasons.push("the containers share no namespace that pause would have to hold");
  if (price) reasons.push(price);
  return reasons;
}
