import { expect, test } from "vitest";
import { cgroupReports } from "../cgroups/report.ts";
import { syntheticSnapshot } from "../testing/synthetic.ts";
import { keepRows, podRows } from "./pod-rows.ts";

const snapshot = syntheticSnapshot({ pods: 20 });
const reports = new Map(cgroupReports(snapshot).map((report) => [report.path, report]));
const rowsOf = (byPath: typeof reports) => podRows(snapshot, byPath, new Map());

test("a refresh in which nothing changed keeps the very list", () => {
  const rows = rowsOf(reports);
  expect(keepRows(rows, rowsOf(reports))).toBe(rows);
});

test("only the row whose memory moved is another", () => {
  const rows = rowsOf(reports);
  const pod = snapshot.pods.find(({ cgroupPath }) => cgroupPath !== undefined && reports.has(cgroupPath));
  const report = reports.get(pod?.cgroupPath ?? "");
  if (!pod || !report) throw new Error("the synthetic node has no pod with a cgroup");
  const more = { ...report, usage: { ...report.usage, memoryBytes: (report.usage.memoryBytes ?? 0) + 4096 } };
  const next = keepRows(rows, rowsOf(new Map([...reports, [report.path, more]])));
  expect(next.filter((row, i) => row !== rows[i]).map(({ key }) => key)).toEqual([pod.key]);
});

test("a pod that goes leaves the other rows as they are", () => {
  const rows = rowsOf(reports);
  const next = keepRows(rows, rowsOf(reports).slice(1));
  expect(next).toHaveLength(rows.length - 1);
  expect(next.every((row) => rows.includes(row))).toBe(true);
});
