/**
 * Pauseless readiness: could the pause container of each pod go, on this runtime with this configuration, and why or
 * why not. It only reads; what may be done is decided again, by fresh checks, where it is done.
 */

import { settingOf } from "../assemble/configuration.ts";
import { listed } from "../format.ts";
import { lookup } from "../lookup.ts";
import { pinTypes } from "../manifests.ts";
import type { Pod, Snapshot, Verdict } from "../model.ts";
import type { Readiness } from "../reports.ts";
import { RUNTIME_LABELS } from "../runtimes/names.ts";
import { runtimeOf } from "../runtimes/table.ts";
import { unread } from "../unread.ts";
import { pauseCost } from "./cost.ts";
import { obstacles, obstacleWords } from "./obstacles.ts";

export function readiness(snapshot: Snapshot): Readiness {
  const result: Readiness = { pods: [], saves: { processes: 0, pssBytes: 0, cgroups: 0, pssUnread: 0 } };
  for (const pod of snapshot.pods) {
    const { verdict, reasons } = podReadiness(snapshot, pod);
    const can = verdict === "yes";
    result.pods.push({ key: pod.key, verdict, can, reasons });
    if (!can) continue;
    const cost = pauseCost(snapshot, pod);
    result.saves.processes += cost.processes;
    result.saves.pssBytes += cost.pssBytes;
    result.saves.cgroups += cost.cgroups;
    result.saves.pssUnread += cost.pssUnread;
  }
  return result;
}

/** A yes comes with what it takes and what it costs later; a no or unknown with every obstacle, not only the first. */
function podReadiness(snapshot: Snapshot, pod: Pod): { verdict: Verdict; reasons: string[] } {
  const against = obstacles(snapshot, pod);
  if (against.length === 0) return { verdict: "yes", reasons: waysAndPrices(snapshot, pod) };
  return {
    verdict: against.some(({ verdict }) => verdict === "no") ? "no" : "unknown",
    reasons: against.map(obstacleWords),
  };
}

function waysAndPrices(snapshot: Snapshot, pod: Pod): string[] {
  const find = lookup(snapshot);
  const types = pinTypes.filter((type) => pod.namespaces[type] !== undefined);
  const pinned = types.filter((type) => find.namespace(type, pod.namespaces[type]!)?.pins.length);
  const loose = types.filter((type) => !pinned.includes(type));
  const reasons: string[] = [];
  const { pins, price, noReturn } = runtimeOf(pod.runtime).afterPause;
  if (pins) {
    const setting = settingOf(snapshot.node.configuration ?? [], pod.runtime)("drop_infra_ctr");
    reasons.push(
      `${listed(pinned) || "nothing"} ${pinned.length === 1 ? "is" : "are"} pinned by ${RUNTIME_LABELS[pod.runtime]}: pause holds nothing that a pin does not`,
    );
    reasons.push(
      setting?.value === "false"
        ? `drop_infra_ctr is off in ${setting.path}: with it on, pods made from then on have no pause`
        : "drop_infra_ctr is on: the pod keeps pause only because it was made before; recreated it has none",
    );
    return reasons;
  }
  if (loose.length > 0) {
    const them = loose.length === 1 ? "it" : "them";
    reasons.push(
      unread(snapshot).pins
        ? `${listed(loose)} would have to be pinned first, unless a pin that could not be read holds ${them}`
        : `${listed(loose)} would have to be pinned first: nothing but processes holds ${them} now`,
    );
  } else if (pinned.length > 0) reasons.push(`${listed(pinned)} ${pinned.length === 1 ? "is" : "are"} pinned already`);
  else reasons.push("the containers share no namespace that pause would have to hold");
  // Its own pause is gone already: what that costs is paid, and comes back by no stand-in.
  const standIn = pod.sandbox.reasons?.some(({ code }) => code === "stand-in");
  if (standIn && noReturn)
    reasons.push(`a container that ends cannot come back, with the stand-in or without it: ${noReturn}`);
  else if (price) reasons.push(price);
  return reasons;
}
