/** Does a pod's network outlive its pause? It depends on who cleans up when pause exits, not on who holds the namespace. */
import type { Pod } from "../../src-shared/model.ts";

const KEPT = /^(none|host|ns:.*)$/;

/**
 * podman: conmon's exit command runs `podman container cleanup`, which tears the network down although the namespace
 * lives (libpod/container_internal_linux.go, cleanupNetwork); only none, host and ns: have nothing to tear down.
 * Docker: the daemon releases the endpoint of a container that ends (moby daemon/monitor.go). A CRI runtime leaves the
 * network to StopPodSandbox, which comes from a kubelet.
 */
export function networkSurvives(pod: Pod): { ok: boolean; detail: string } {
  if (pod.namespaces.net === undefined)
    return { ok: true, detail: "the pod shares no network of its own: there is nothing to lose" };
  const mode = pod.networkMode;
  switch (pod.runtime) {
    case "podman":
      if (mode !== undefined && KEPT.test(mode))
        return { ok: true, detail: `podman has no network to tear down (${mode})` };
      return {
        ok: false,
        detail: `podman takes eth0 away when pause exits (network ${mode ?? "not told by any record"}): conmon runs podman's cleanup; only --network none, host or ns: survives`,
      };
    case "docker":
      if (mode !== undefined && KEPT.test(mode))
        return { ok: true, detail: `Docker has no network to tear down (${mode})` };
      return {
        ok: false,
        detail: `Docker releases the network of a container that ends (${mode ?? "its own"}); only --network none or host survives`,
      };
    case "lab":
      return { ok: true, detail: "nobody watches a lab pod's pause" };
    default:
      return { ok: true, detail: `${pod.runtime} keeps the address until the sandbox is stopped` };
  }
}
