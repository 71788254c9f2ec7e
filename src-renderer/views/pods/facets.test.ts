import { describe, expect, it } from "vitest";
import { cgroupReports } from "../../../src-shared/cgroups/report.ts";
import { findings } from "../../../src-shared/findings/findings.ts";
import { podRows } from "../../../src-shared/questions/pod-rows.ts";
import type { Finding } from "../../../src-shared/reports.ts";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { FACETS, facetValues, filterRows } from "./facets.ts";

const snapshot = syntheticSnapshot({ pods: 120 });
const reports = new Map(cgroupReports(snapshot).map((report) => [report.path, report]));
const byPod = new Map<string, Finding[]>();
for (const finding of findings(snapshot)) {
  const key = finding.at?.podKey;
  if (key !== undefined) byPod.set(key, [...(byPod.get(key) ?? []), finding]);
}
const rows = podRows(snapshot, reports, byPod);
const RUNTIME = FACETS.find(({ id }) => id === "runtime")!;
const ALL = { text: "", sandbox: "all", chosen: {} };

describe("the pods table's rows", () => {
  it("are all pods of the node, with memory against the limit that holds", () => {
    expect(rows.map(({ key }) => key)).toEqual(snapshot.pods.map(({ key }) => key));
    for (const row of rows) {
      const report = reports.get(row.pod.cgroupPath ?? "");
      expect(row.memory).toBe(report?.usage.memoryBytes);
      expect(row.limit).toEqual(report?.effective.memoryMaxBytes);
      expect(row.limitHere).toBe(row.limit !== undefined && row.limit.setBy === row.pod.cgroupPath);
    }
  });

  it("keep a pod that has just gone, once", () => {
    const gone = { ...snapshot.pods[0]!, key: "containerd/gone", name: "gone" };
    const more = podRows(snapshot, reports, byPod, [gone, snapshot.pods[1]!]);
    expect(more.filter((row) => row.gone).map(({ key }) => key)).toEqual(["containerd/gone"]);
    expect(more).toHaveLength(rows.length + 1);
  });
});

describe("filtering", () => {
  it("finds words in any order, in name, namespace, runtime, uid or address", () => {
    const one = rows[7]!;
    const found = filterRows(rows, { ...ALL, text: `${one.runtime} ${one.name.toUpperCase()}` });
    expect(found).toContain(one);
    expect(filterRows(rows, { ...ALL, text: "no such pod anywhere" })).toEqual([]);
  });

  it("counts for each value exactly the rows that choosing it leaves", () => {
    for (const facet of FACETS)
      for (const { value, count } of facetValues(rows, facet, ALL))
        expect(filterRows(rows, { ...ALL, chosen: { [facet.id]: [value] } }), `${facet.id} ${value}`).toHaveLength(
          count,
        );
  });

  it("joins values of one facet by or, facets by and, and keeps a choice that leaves nothing", () => {
    const runtimes = facetValues(rows, RUNTIME, ALL).map(({ value }) => value);
    expect(filterRows(rows, { ...ALL, chosen: { runtime: runtimes } })).toHaveLength(rows.length);
    const narrow = { ...ALL, chosen: { runtime: ["none such"] } };
    expect(filterRows(rows, narrow)).toEqual([]);
    expect(facetValues(rows, RUNTIME, narrow)).toContainEqual({ value: "none such", count: 0 });
  });
});
