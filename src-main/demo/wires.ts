/** How the demo's network namespaces are wired: each pod by a veth on its runtime's bridge, the node by its own card. */
import type { Reading } from "../../src-shared/reading.ts";
import { hexId } from "./identity.ts";
import { INITIAL, type Space } from "./kernel.ts";
import type { NodeParts } from "./parts.ts";

type Interfaces = NonNullable<Reading["interfaces"]>;
type Routes = NonNullable<Reading["routes"]>;

/** Networks of pods by the beginning of their addresses: what the bridge of each is called. */
const BRIDGES = [
  { prefix: "10.244.0.", bits: 24, name: "cni0" },
  { prefix: "10.245.0.", bits: 24, name: "cni1" },
  { prefix: "172.17.0.", bits: 16, name: "docker0" },
];

export function wiresOf({ kernel, scene }: NodeParts): { interfaces: Interfaces; routes: Routes } {
  const spaces = [...kernel.spaces.values()].filter(({ type }) => type === "net");
  const interfaces: Interfaces = [];
  const routes: Routes = [];
  const node = INITIAL.net!;
  const mac = (...of: (string | number)[]) =>
    `02:${hexId(scene.id, "mac", ...of)
      .slice(0, 10)
      .replace(/(..)(?=.)/g, "$1:")}`;
  for (const { inode } of spaces)
    interfaces.push({ inode, index: 1, name: "lo", mac: "00:00:00:00:00:00", mtu: 65_536, up: true });
  interfaces.push({ inode: node, index: 2, name: "eth0", mac: mac("eth0"), mtu: 1500, up: true });
  const network = scene.node.address.replace(/\d+$/, "");
  routes.push(
    { inode: node, dev: 2, to: "0.0.0.0/0", via: `${network}1` },
    { inode: node, dev: 2, to: `${network}0/24` },
  );
  // An address of the node's own network: a macvlan on the node's card, with nothing of the node in between.
  for (const { inode } of spaces.filter((space) => podAddress(space)?.startsWith(network))) {
    const link = { link: 2, linkNamespace: node };
    interfaces.push({ inode, index: 2, name: "eth0", kind: "macvlan", mac: mac(inode), mtu: 1500, up: true, ...link });
    routes.push({ inode, dev: 2, to: "0.0.0.0/0", via: `${network}1` }, { inode, dev: 2, to: `${network}0/24` });
  }
  for (const [at, { prefix, bits, name }] of BRIDGES.entries()) {
    const pods = spaces.filter((space) => podAddress(space)?.startsWith(prefix));
    if (pods.length === 0) continue;
    const bridge = 3 + at;
    const to = bits === 16 ? prefix.replace(/\d+\.$/, "0.0") : `${prefix}0`;
    interfaces.push({ inode: node, index: bridge, name, kind: "bridge", mac: mac(name), mtu: 1500, up: true });
    routes.push({ inode: node, dev: bridge, to: `${to}/${bits}` });
    for (const { inode, unplugged } of pods) {
      const end = 10 + (inode - spaces[0]!.inode);
      const veth = { kind: "veth", mtu: 1500, up: true };
      interfaces.push(
        { ...veth, inode, index: 2, name: "eth0", mac: mac(inode, "in"), link: end, linkNamespace: node },
        {
          ...veth,
          inode: node,
          index: end,
          name: `veth${hexId(scene.id, inode).slice(0, 8)}`,
          mac: mac(inode, "out"),
          link: 2,
          ...(unplugged ? {} : { master: bridge }),
        },
      );
      routes.push({ inode, dev: 2, to: "0.0.0.0/0", via: `${prefix}1` }, { inode, dev: 2, to: `${to}/${bits}` });
    }
  }
  const byInode = (a: { inode: number }, b: { inode: number }) => a.inode - b.inode;
  return { interfaces: interfaces.sort(byInode), routes: routes.sort(byInode) };
}

const podAddress = ({ inode, addresses }: Space): string | undefined =>
  inode === INITIAL.net ? undefined : addresses.find(({ interface: name }) => name === "eth0")?.address;
