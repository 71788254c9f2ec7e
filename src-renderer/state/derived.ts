import { cgroupReports } from "../../src-shared/cgroups/report.ts";
import { findings } from "../../src-shared/findings/findings.ts";
import type { CgroupReport, Finding, Snapshot } from "../../src-shared/model.ts";

/** What is concluded from a snapshot is concluded once, however many panels ask. */
function once<T>(conclude: (snapshot: Snapshot) => T): (snapshot: Snapshot) => T {
  const known = new WeakMap<Snapshot, T>();
  return (snapshot) => {
    let value = known.get(snapshot);
    if (value === undefined) {
      value = conclude(snapshot);
      known.set(snapshot, value);
    }
    return value;
  };
}

export const reportsOf: (snapshot: Snapshot) => CgroupReport[] = once((snapshot) => cgroupReports(snapshot));
export const findingsOf: (snapshot: Snapshot) => Finding[] = once((snapshot) => findings(snapshot));
export const reportsByPath: (snapshot: Snapshot) => Map<string, CgroupReport> = once(
  (snapshot) => new Map(reportsOf(snapshot).map((report) => [report.path, report])),
);
