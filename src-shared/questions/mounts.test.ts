import { expect, it } from "vitest";
import type { Container } from "../model.ts";
import { coveredOf, mountLines } from "./mounts.ts";

type Mount = NonNullable<Container["mounts"]>[number];
const mount = (id: number, parent: number, destination: string, more: Partial<Mount> = {}): Mount => ({
  id,
  parent,
  destination,
  source: `/node${destination}`,
  fstype: "ext4",
  readOnly: false,
  ...more,
});
const one = (name: string, mounts: Mount[]): Container =>
  ({ id: name, name, kind: "app", mounts }) as unknown as Container;
const covered = (...mounts: Mount[]) => [...coveredOf(mounts)].sort((a, b) => a - b);

it("what another mount stands over is covered, with all that stands in it", () => {
  const root = mount(1, 0, "/");
  expect(covered(root, mount(2, 1, "/a"), mount(3, 2, "/a/b"))).toEqual([]);
  // Stacked: the lower one, not what stands in the upper one.
  expect(covered(root, mount(2, 1, "/a"), mount(3, 2, "/a"), mount(4, 3, "/a/b"))).toEqual([2]);
  // /a was mounted after /a/b, and in the same one: a walk crosses into /a first.
  expect(covered(root, mount(2, 1, "/a/b"), mount(3, 2, "/a/b/c"), mount(4, 1, "/a"), mount(5, 4, "/a/b"))).toEqual([
    2, 3,
  ]);
  // What was in the lower one of a stack.
  expect(covered(root, mount(2, 1, "/a"), mount(3, 2, "/a/x"), mount(4, 2, "/a"))).toEqual([2, 3]);
  expect(covered(root, mount(2, 1, "/ab"), mount(3, 1, "/a"))).toEqual([]);
  // Circles and long paths end.
  expect(covered(mount(1, 2, "/x"), mount(2, 1, "/y"))).toEqual([]);
  expect(covered(mount(1, 1, "/".repeat(100_000)))).toEqual([]);
});

it("says who has what, who may write, and among whom changes spread", () => {
  const shared = { propagation: ["shared:7"], source: "/node/volume" };
  const lines = mountLines([
    one("app", [mount(1, 0, "/"), mount(2, 1, "/v", shared), mount(3, 1, "/t", { propagation: ["master:9"] })]),
    one("sidecar", [mount(11, 10, "/v", { ...shared, readOnly: true })]),
    one("old", [{ destination: "/o", source: "/node/o", fstype: "ext4" }, mount(4, 1, "/proc", { fstype: "proc" })]),
  ]);
  expect(lines.map(({ destination, who, access, spreads }) => [destination, who, access, spreads])).toEqual([
    ["/v", ["app", "sidecar"], "differs", "among group 7"],
    ["/", ["app"], "writable", "nowhere"],
    ["/o", ["old"], undefined, undefined],
    ["/t", ["app"], "writable", "from group 9"],
  ]);
});
