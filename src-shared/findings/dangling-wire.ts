/** A pod whose wire leads nowhere: its other end is down, or no longer on the bridge that the pod's packets must cross. */
import { inert } from "../format.ts";
import { ownNetwork } from "../questions/own-networks.ts";
import { wiresOfPod } from "../questions/wires.ts";
import type { Finding } from "../reports.ts";
import { podLabel, type Rule } from "./view.ts";

export const danglingWire: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) =>
    (wiresOfPod(view.snapshot, pod) ?? []).flatMap(({ inside, outside, loose }) => {
      if (!loose || !outside) return [];
      const end = outside.interface;
      return [
        {
          rule: "dangling-wire",
          severity: "warning",
          title: `The wire of a pod leads nowhere: the other end of its ${inert(inside.name, 20)} is loose`,
          where: podLabel(pod),
          evidence: [
            `${inert(inside.name, 20)} in the pod is interface ${end.index}, ${inert(end.name, 20)}, in net:[${outside.namespace}]`,
            loose.why,
          ],
          why: "A veth is two interfaces, and what goes into one comes out of the other. Where that one is down or on no bridge, the pod has an address and a route and reaches nobody. It happens when a bridge is recreated under running pods, by a restart of a network service, or by hand.",
          todo: "Put the other end back (ip link set NAME master BRIDGE up), or make the pod anew.",
          link: "https://man7.org/linux/man-pages/man4/veth.4.html",
          at: { podKey: pod.key, namespace: { type: "net", inode: ownNetwork(view.snapshot, pod)! } },
        } satisfies Finding,
      ];
    }),
  );
