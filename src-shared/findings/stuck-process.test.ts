import { expect, it } from "vitest";
import { containerOf, podOf, processOf, snapshotOf } from "../testing/snapshot.ts";
import { findings } from "./findings.ts";

const node = (stuck: boolean) =>
  snapshotOf({
    processes: [processOf(7, { comm: "db", state: "S", ...(stuck ? { stuck, cmdline: [] } : {}) })],
    containers: [containerOf("c", { name: "app", pid: 7, pids: [7], podKey: "k" })],
    pods: [podOf("k", { name: "web", namespace: "shop", containers: ["c"] })],
  });

it("says of a process whose command line does not answer that ps and top hang on it, and where it is", () => {
  expect(findings(node(false)).filter(({ rule }) => rule === "stuck-process")).toEqual([]);
  const [found, ...more] = findings(node(true)).filter(({ rule }) => rule === "stuck-process");
  expect(more).toEqual([]);
  expect(found).toMatchObject({ severity: "warning", at: { pid: 7, containerId: "c", podKey: "k" } });
  expect(found?.title).toContain("ps and top hang");
  expect(found?.where).toBe("pod shop/web, container app, pid 7 (db)");
});
