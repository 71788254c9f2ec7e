import { expect, it } from "vitest";
import type { Container } from "../model.ts";
import { mountTree } from "./mount-tree.ts";

type Mount = NonNullable<Container["mounts"]>[number];
const mount = (id: number, parent: number, destination: string, more: Partial<Mount> = {}): Mount => ({
  ...{ id, parent, destination, source: destination, fstype: "ext4", readOnly: false },
  ...more,
});
const one = (name: string, mounts: Mount[], oci: { destination: string; source: string }[] = []): Container =>
  ({ id: `${name}0123456789ab`, name, kind: "app", mounts, oci: { mounts: oci } }) as unknown as Container;
const drawn = (container: Container, ...others: Container[]) =>
  mountTree(container, [container, ...others]).map(({ level, destination, whose, over, spreads, peers, covered }) =>
    [
      `${"  ".repeat(level)}${destination}`,
      whose,
      ...[over && `over ${over}`, covered && "covered", spreads === "nowhere" ? "" : spreads, ...peers].filter(Boolean),
    ].join(", "),
  );

it("says which mount stands in which, whose it is, and with whom of the pod it is shared", () => {
  const app = one(
    "app",
    [
      mount(1, 0, "/", { fstype: "overlay" }),
      mount(2, 1, "/dev", { fstype: "tmpfs" }),
      mount(3, 2, "/dev/shm", { fstype: "tmpfs" }),
      // The kernel's own /proc, number 9, is not among them.
      mount(4, 9, "/proc/keys", { fstype: "tmpfs" }),
      mount(5, 1, "/data", { propagation: ["shared:7", "master:2"] }),
      mount(6, 1, "/etc/hosts"),
      mount(7, 1, "/node"),
      mount(8, 7, "/node"),
      mount(10, 7, "/node/below"),
    ],
    [
      { destination: "/etc/hosts", source: "/var/lib/x/app0123456789ab/hosts" },
      { destination: "/node", source: "/etc" },
    ],
  );
  const sidecar = one("sidecar", [mount(21, 20, "/v", { propagation: ["master:7"] })]);
  expect(drawn(app, sidecar)).toEqual([
    "/, image",
    "  /data, node, among group 7, from group 2, sidecar at /v",
    "  /dev, memory",
    "    /dev/shm, memory",
    "  /etc/hosts, pod",
    "  /node, node, covered",
    "    /node, node",
    "    /node/below, node, covered",
    "  /proc/keys, memory, over /proc",
  ]);
  expect(drawn(sidecar, app)).toEqual(["/v, node, from group 7, app at /data"]);
});

it("ends where a node says that mounts stand in each other, and says nothing of what was not read", () => {
  expect(drawn(one("app", [mount(1, 2, "/a"), mount(2, 1, "/b")]))).toEqual([]);
  expect(drawn(one("app", [{ destination: "/", source: "/", fstype: "ext4" }]))).toEqual([]);
});
