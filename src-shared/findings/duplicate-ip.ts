/** Two pods in different network namespaces with one address. */
import { count, inert } from "../format.ts";
import type { Pod } from "../model.ts";
import type { Finding } from "../reports.ts";
import { livePids, podLabel, type Rule, truncate, type View } from "./view.ts";

export const duplicateIp: Rule = (view): Finding[] => {
  const owners = new Map<string, Pod[]>();
  for (const pod of view.snapshot.pods) {
    if (isRootless(view, pod)) continue;
    for (const ip of new Set(pod.ips)) owners.set(ip, [...(owners.get(ip) ?? []), pod]);
  }
  return [...owners].flatMap(([ip, pods]) => {
    const networks = new Set(pods.map((pod) => pod.namespaces.net ?? pod.key));
    if (pods.length < 2 || networks.size < 2) return [];
    return [
      {
        rule: "duplicate-ip",
        severity: "warning",
        title: `${count(pods.length, "pod")} have the address ${inert(ip, 64)}`,
        where: truncate(pods.map(podLabel), 4).join(", "),
        evidence: truncate(
          pods.map((pod) => `${podLabel(pod)}: ${inert(ip, 64)} in net:[${pod.namespaces.net ?? "unknown"}]`),
        ),
        why: "Packets for this address reach one of them, whichever answered ARP last; the other is silently cut off. The address plugin lost track, often after a restart of the node with its state half kept.",
        todo: "Make one of the pods anew so that it gets an address of its own, and look at the address plugin's records (host-local: /var/lib/cni/networks).",
        link: "https://www.cni.dev/plugins/current/ipam/host-local/",
        at: { podKey: pods[0]!.key },
      } satisfies Finding,
    ];
  });
};

/** Or may be, where its user namespace was not read. slirp4netns gives every rootless pod 10.0.2.100, pasta the node's own address (podman-run.1 --network): no clash. */
const isRootless = (view: View, pod: Pod): boolean => {
  if (pod.modes) return false; // the CRI gives each pod an address of its own, in a user namespace too
  return view.find.containersOf(pod.key).some((container) =>
    livePids(view, container).some((pid) => {
      const user = view.find.process(pid)?.namespaces.user;
      return user === undefined || !view.find.namespace("user", user)?.initial;
    }),
  );
};
