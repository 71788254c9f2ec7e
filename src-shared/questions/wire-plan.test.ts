import { expect, it } from "vitest";
import type { NetworkFacts, Pod } from "../model.ts";
import { containerOf, namespaceOf, podOf, processOf, snapshotOf } from "../testing/snapshot.ts";
import { plugWords, wirePlan } from "./wire-plan.ts";

type Interface = NonNullable<NetworkFacts["interfaces"]>[number];
const NODE = 1;
const net = (inode: number, interfaces: Interface[], routes: NonNullable<NetworkFacts["routes"]> = []) =>
  namespaceOf("net", inode, {
    ...(inode === NODE ? { initial: true } : {}),
    network: { addresses: [], listeners: [], interfaces, routes },
  });
const one = (index: number, name: string, more: Partial<Interface> = {}): Interface => ({
  index,
  name,
  up: true,
  ...more,
});
const lo = one(1, "lo");
const pod = (name: string, inode: number, more: Partial<Pod> = {}): Pod =>
  podOf(`x/${name}`, { name, namespaces: { net: inode }, ...more });

const snapshot = snapshotOf({
  namespaces: [
    net(
      NODE,
      [
        lo,
        one(2, "ens3"),
        one(3, "cni0", { kind: "bridge" }),
        one(10, "v10", { kind: "veth", master: "cni0", peer: { namespace: 20, index: 2 } }),
        one(11, "v11", { kind: "veth", peer: { namespace: 21, index: 2 } }),
        one(12, "cali12", { kind: "veth", peer: { namespace: 22, index: 2 } }),
      ],
      [
        { to: "default", via: "192.0.2.1", dev: "ens3" },
        { to: "10.0.0.0/24", dev: "cni0" },
        { to: "10.0.0.9", dev: "cali12" },
      ],
    ),
    net(20, [lo, one(2, "eth0", { kind: "veth", peer: { namespace: NODE, index: 10 } })]),
    net(21, [lo, one(2, "eth0", { kind: "veth", peer: { namespace: NODE, index: 11 } })]),
    net(22, [lo, one(2, "eth0", { kind: "veth", peer: { namespace: NODE, index: 12 } })]),
    net(23, [lo, one(2, "eth0", { kind: "macvlan", peer: { namespace: NODE, index: 2 } })]),
    net(24, [lo]),
    net(25, [lo, one(2, "tap0", { kind: "tun" })]),
    net(26, [lo, one(2, "eth0", { kind: "veth", peer: { index: 77 } })]),
    namespaceOf("net", 27),
    net(28, [lo, one(2, "eth0", { kind: "macvlan", peer: { namespace: NODE, index: 2 } })]),
  ],
  processes: [
    processOf(41, { namespaces: { net: 24 } }),
    processOf(42, { namespaces: { net: 25 } }),
    processOf(43, { namespaces: { net: 28 } }),
    processOf(44, { namespaces: { net: undefined } }),
  ],
  containers: [
    containerOf("split1", { podKey: "x/split", pid: 41 }),
    containerOf("split2", { podKey: "x/split", pid: 42 }),
    // Without an infra container, in a network that it alone joins by path: the pod shares nothing.
    containerOf("alone1", { podKey: "x/alone", pid: 43 }),
    containerOf("ended1", { podKey: "x/ended" }),
    containerOf("half1", { podKey: "x/half", pid: 43 }),
    containerOf("half2", { podKey: "x/half", pid: 44 }),
  ],
  pods: [
    pod("bridged", 20, { ips: ["10.0.0.7"] }),
    pod("loose", 21, { ips: ["10.0.0.8"] }),
    pod("routed", 22, { ips: ["10.0.0.9"] }),
    pod("direct", 23),
    pod("sealed", 24),
    pod("rootless", 25),
    pod("elsewhere", 26),
    podOf("x/split", { name: "split", disagree: ["net"] }),
    podOf("x/alone", { name: "alone" }),
    podOf("x/ended", { name: "ended" }),
    podOf("x/half", { name: "half" }),
    pod("unread", 27),
    podOf("x/host", { name: "host", host: ["net"] }),
  ],
});

it("puts each pod where its wire hangs, and says of the others why they hang nowhere", () => {
  const plan = wirePlan(snapshot);
  expect(plan.groups.map(({ kind, name, plugs }) => `${kind} ${name}: ${plugs.map((plug) => plug.pod.name)}`)).toEqual([
    "bridge cni0: bridged,loose",
    "parent ens3: direct,alone",
    "routed no bridge: routed",
    "node the node's own network: host",
    "program a program: rootless",
    "unknown not known where: elsewhere",
    "none no wire: sealed",
    "split no common network: split",
    "unread not read: ended,half,unread",
  ]);
  expect(plan.uplinks.map(({ name }) => name)).toEqual(["ens3"]);
  const out = plan.groups.filter(({ uplink }) => uplink !== undefined).map(({ kind }) => kind);
  expect(out).toEqual(["bridge", "parent", "routed", "node"]);
});

it("tells a wire in words, and of a loose one no way out", () => {
  const plan = wirePlan(snapshot);
  const [bridge] = plan.groups;
  expect(bridge!.plugs.map((plug) => plugWords(plug, bridge!, plan))).toEqual([
    "eth0 in the pod, 10.0.0.7; v10 outside; on cni0; out by ens3",
    "eth0 in the pod, 10.0.0.8; v11 outside; loose: packets for 10.0.0.8 go to the bridge cni0, and v11 is on no bridge",
  ]);
});
