import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { cgroupOf, containerOf, MiB, podOf, processOf, snapshotOf } from "../../../src-shared/testing/snapshot.ts";
import { diesFirst } from "../picture/pod-facts.tsx";
import { PodCgroups } from "./cgroups.tsx";

const files = (used: number) => ({ "memory.max": String(200 * MiB), "memory.current": String(used * MiB) });
const pod = podOf("containerd/p", { name: "web", cgroupPath: "/pods/p" });
const container = (id: string, pid: number) =>
  containerOf(id, { name: id, podKey: pod.key, pid, pids: [pid], cgroupPath: `/pods/p/${id}` });
const member = (pid: number, path: string, mib: number) =>
  processOf(pid, { comm: `of-${path.split("/").at(-1)}`, cgroup: { v2: path }, rssBytes: mib * MiB });
const snapshot = snapshotOf({
  processes: [member(10, "/pods/p/small", 40), member(11, "/pods/p/large", 90), member(12, "/pods/q", 120)],
  pods: [pod],
  containers: [container("small", 10), container("large", 11)],
  cgroups: [
    cgroupOf("/pods", files(190)),
    cgroupOf("/pods/p", files(130)),
    cgroupOf("/pods/p/small", {}, { pids: [10] }),
    cgroupOf("/pods/p/large", {}, { pids: [11] }),
    cgroupOf("/pods/q", {}, { pids: [12] }),
  ],
});

test("at one limit on two levels the fuller level runs out, and its largest member goes first", () => {
  const words = renderToStaticMarkup(<PodCgroups snapshot={snapshot} pod={pod} />).replace(/<[^>]+>/g, "");
  expect(words).toContain("Out of memory in /pods (");
  expect(words).toMatch(/of-q \(12\) dies first/);
});

test("of the pod's own containers the one that the kernel takes first is named", () => {
  expect(diesFirst(snapshot, pod)).toBe("large");
});
