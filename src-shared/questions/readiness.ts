/**
 * Pauseless readiness: could the pause container of each pod go, on this runtime with this configuration, and why or
 * why not. It only reads; what may be done is decided again, by fresh checks, where it is done.
 */

import { list, PINNABLE } from "../assemble/sandbox.ts";
import type { Pod, Readiness, Snapshot } from "../model.ts";
import { aftermath } from "./aftermath.ts";
import { pauseCost } from "./cost.ts";
import { isKubelets, losesNetwork } from "./kubelet.ts";
import { lookup } from "./lookup.ts";

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
  if (losesNetwork(pod)) {
    const who = pod.runtime === "podman" ? "podman's cleanup" : "Docker";
    found.push(
      `${who} takes the pod's network interface away when pause ends (network: ${pod.networkMode || "its own"}), whatever holds the namespace`,
    );
  }
  if (pod.runtime === "containerd" && isKubelets(snapshot, pod)) {
    found.push(
      "the kubelet would see a sandbox that is not ready, stop all containers and make the pod anew with another address; containerd cannot run a pod without pause yet (containerd#14106)",
    );
  }
  if (pod.runtime === "docker" && isKubelets(snapshot, pod)) {
    found.push(
      "the kubelet would see a sandbox that is not ready and make the pod anew; cri-dockerd has no pods without pause",
    );
  }
  return found;
}

function waysAndPrices(snapshot: Snapshot, pod: Pod): string[] {
  const find = lookup(snapshot);
  const types = PINNABLE.filter((type) => pod.namespaces[type] !== undefined);
  const pinned = types.filter((type) => find.namespace(type, pod.namespaces[type]!)?.pins.length);
  const loose = types.filter((type) => !pinned.includes(type));
  const reasons: string[] = [];
  if (pod.runtime === "cri-o") {
    const setting = snapshot.node.configuration?.find(
      (entry) => entry.runtime === "cri-o" && entry.key === "drop_infra_ctr",
    );
    reasons.push(
      `${list(pinned) || "nothing"} ${pinned.length === 1 ? "is" : "are"} pinned by CRI-O: pause holds nothing that a pin does not`,
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
  reasons.push(...prices(pod));
  return reasons;
}

function prices(pod: Pod): string[] {
  if (pod.runtime === "containerd") {
    return [
      "the price: containerd calls the sandbox NotReady afterwards and makes no container in it, so a container that ends cannot come back",
    ];
  }
  if (pod.runtime === "podman") {
    return [
      "the price: the next `podman run --pod` starts infra again with new namespaces, and old and new containers are apart",
    ];
  }
  if (pod.runtime === "docker") {
    return [
      "the price: a container that joined pause cannot be started again, for Docker refuses to join one that does not run",
    ];
  }
  return [];
}
