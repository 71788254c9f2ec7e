import { describe, expect, it } from "vitest";
import { cgroupReports } from "../../src-shared/cgroups/report.ts";
import type { CgroupReport } from "../../src-shared/reports.ts";
import { cgroupOf, snapshotOf } from "../../src-shared/testing/snapshot.ts";
import { BY_PATH, forgetful, steadied } from "./steady.ts";

const reports = (...paths: string[]) => cgroupReports(snapshotOf({ cgroups: paths.map((path) => cgroupOf(path)) }));
const paths = (steady: { items: { path: string }[] }) => steady.items.map(({ path }) => path);

describe("steadied", () => {
  it("keeps what went in its place for three seconds, and tells what came", () => {
    const memory = forgetful<CgroupReport>();
    expect(steadied(reports("/", "/a", "/b"), BY_PATH, false, memory, 0).fresh.size).toBe(0);
    const after = steadied(reports("/", "/b", "/c"), BY_PATH, false, memory, 1000);
    expect(paths(after)).toEqual(["/", "/a", "/b", "/c"]);
    expect([...after.gone, ...after.fresh]).toEqual(["/a", "/c"]);
    expect(paths(steadied(reports("/", "/b", "/c"), BY_PATH, false, memory, 4500))).toEqual(["/", "/b", "/c"]);
  });

  it("neither brings nor takes anything while the pointer rests there", () => {
    const memory = forgetful<CgroupReport>();
    steadied(reports("/", "/b"), BY_PATH, true, memory, 0);
    const during = steadied(reports("/", "/a"), BY_PATH, true, memory, 1000);
    expect(paths(during)).toEqual(["/", "/b"]);
    expect(paths(steadied(reports("/", "/a"), BY_PATH, true, memory, 9000))).toEqual(["/", "/b"]);
    const after = steadied(reports("/", "/a"), BY_PATH, false, memory, 9001);
    expect(paths(after)).toEqual(["/", "/a"]);
    expect([...after.fresh]).toEqual(["/a"]);
  });

  it("lets what comes back live on", () => {
    const memory = forgetful<CgroupReport>();
    steadied(reports("/", "/a"), BY_PATH, false, memory, 0);
    steadied(reports("/"), BY_PATH, false, memory, 500);
    const back = steadied(reports("/", "/a"), BY_PATH, false, memory, 900);
    expect(paths(back)).toEqual(["/", "/a"]);
    expect(back.gone.size).toBe(0);
  });
});
