import { expect, test } from "vitest";
import { cgroupPathOf, idOf, itemKey, itemOf } from "./item-key.ts";

test("what is written is read again, colons in a name or not", () => {
  expect(itemOf(itemKey.pod("lab/a:b"))).toEqual({ kind: "pod", id: "lab/a:b" });
  expect(itemOf(itemKey.process({ pid: 7, startTicks: 70 }))).toEqual({ kind: "process", id: "7:70" });
  expect(itemOf(itemKey.namespace({ type: "net", inode: 4 }))).toEqual({ kind: "ns", id: "net:4" });
  expect(itemOf(itemKey.file(7, 3))).toEqual({ kind: "fd", id: "7:3" });
  expect(idOf("cgroup", itemKey.cgroup("/a"))).toBe("/a");
  expect(idOf("pod", itemKey.cgroup("/a"))).toBeUndefined();
  for (const none of ["host", "outside", "bead:x:y", "", undefined, null]) expect(itemOf(none)).toBeUndefined();
});

test("a group that is pointed at needs no snapshot to have it", () => {
  const nothing = { pods: [], containers: [] } as never;
  expect(cgroupPathOf(nothing, itemKey.cgroup("/gone"))).toBe("/gone");
  expect(cgroupPathOf(nothing, itemKey.pod("gone"))).toBeUndefined();
});
