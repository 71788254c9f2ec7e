import { expect, test } from "vitest";
import { apart } from "./apart.ts";

test("of two paths only what differs stands out, and a long beginning gives way to it", () => {
  const [a, b] = apart("/run/netns/cni-88a43cb5-9cd9", "/run/netns/0eefaa3a-90dc");
  expect(a).toEqual({ before: "/run/netns/", differs: "cni-88a43cb5-9cd9", after: "" });
  expect(b?.differs).toBe("0eefaa3a-90dc");
  const [long] = apart(
    "/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/a.scope",
    "/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/b.scope",
  );
  expect(long).toEqual({ before: "…table.slice/", differs: "a", after: ".scope" });
});

test("what has little in common, or is short, stands as it is; nothing is lost", () => {
  expect(apart("process", "dropped")).toEqual([{ before: "process" }, { before: "dropped" }]);
  expect(apart("pause, its containers, pins", "its containers, pins")[0]?.before).not.toContain("…");
  for (const [left, right] of [
    ["aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaa"],
    ["x/y/x/y/x/y/x/y/x/y", "x/y/x/y/x/y/x/y/x/y/x/y"],
  ] as const) {
    const [a, b] = apart(left, right);
    expect(`${a.before}${a.differs ?? ""}${a.after ?? ""}`).toBe(left);
    expect(`${b.before}${b.differs ?? ""}${b.after ?? ""}`).toBe(right);
  }
});
