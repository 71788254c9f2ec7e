/** A pod whose wire leads nowhere: its other end is down, or no longer on the bridge that the pod's packets must cross. */
import { inert } from "../format.ts";
import type { Finding, NetworkFacts } from "../model.ts";
import { wiresOfPod } from "../questions/wires.ts";
import { podLabel, type Rule } from "./view.ts";

export const danglingWire: Rule = (view): Finding[] =>
  view.snapshot.pods.flatMap((pod) =>
    (wiresOfPod(view.snapshot, pod) ?? []).flatMap(({ inside, outside }) => {
      if (inside.kind !== "veth" || !inside.up || !outside) return [];
      const there = view.find.namespace("net", outside.namespace)?.network;
      const end = outside.interface;
      const why = there && cutOff(pod.ips, end, there);
      if (!why) return [];
      return [
        {
          rule: "dangling-wire",
          severity: "warning",
          title: `The wire of a pod leads nowhere: the other end of its ${inert(inside.name, 20)} is loose`,
          where: podLabel(pod),
          evidence: [
            `${inert(inside.name, 20)} in the pod is interface ${end.index}, ${inert(end.name, 20)}, in net:[${outside.namespace}]`,
            why,
          ],
          why: "A veth is two interfaces, and what goes into one comes out of the other. Where that one is down or on no bridge, the pod has an address and a route and reaches nobody. It happens when a bridge is made anew under running pods, by a restart of a network service, or by hand.",
          todo: "Put the other end back (ip link set NAME master BRIDGE up), or make the pod anew.",
          link: "https://man7.org/linux/man-pages/man4/veth.4.html",
          at: { podKey: pod.key, namespace: { type: "net", inode: pod.namespaces.net! } },
        } satisfies Finding,
      ];
    }),
  );

/** In words; a network that Podglass does not understand (no bridge on the way to the pod) is not called cut off. */
function cutOff(
  ips: readonly string[],
  end: NonNullable<NetworkFacts["interfaces"]>[number],
  { interfaces = [], routes = [] }: NetworkFacts,
): string | undefined {
  if (!end.up) return `${inert(end.name, 20)} is down`;
  for (const ip of ips) {
    const best = routes
      .filter(({ to, via }) => via === undefined && covers(to, ip))
      .sort((a, b) => bitsOf(b.to) - bitsOf(a.to))[0];
    const way = best && interfaces.find(({ name }) => name === best.dev);
    if (way?.kind !== "bridge" || way.name === end.name || way.name === end.master) continue;
    return `packets for ${ip} go to the bridge ${inert(way.name, 20)}, and ${inert(end.name, 20)} is ${end.master === undefined ? "on no bridge" : `on ${inert(end.master, 20)}`}`;
  }
  return undefined;
}

const bitsOf = (to: string): number => Number(to.split("/")[1] ?? 32);
/** IPv4 alone: each pod that has a bridge has an address of it. */
function covers(to: string, ip: string): boolean {
  const [network = "", bits = "32"] = to.split("/");
  const numbers = [network, ip].map((text) => {
    const parts = text.split(".").map(Number);
    return parts.length === 4 ? parts.reduce((sum, part) => sum * 256 + part, 0) : Number.NaN;
  });
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numbers[0]! / size) === Math.floor(numbers[1]! / size);
}
