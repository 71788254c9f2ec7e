import { describe, expect, it } from "vitest";
import { cgroupReports } from "../../../src-shared/cgroups/report.ts";
import { cgroupOf, snapshotOf } from "../../../src-shared/testing/snapshot.ts";
import { forgetful, steadied } from "./steady.ts";

const reports = (...paths: string[]) => cgroupReports(snapshotOf({ cgroups: paths.map((path) => cgroupOf(path)) }));
const paths = (steady: { reports: { path: string }[] }) => steady.reports.map(({ path }) => path);

describe("steadied", () => {
  it("keeps what went in its place for three seconds, and tells what came", () => {
    const memory = forgetful();
    expect(steadied(reports("/", "/a", "/b"), false, memory, 0).fresh.size).toBe(0);
    const after = steadied(reports("/", "/b", "/c"), false, memory, 1000);
    expect(paths(after)).toEqual(["/", "/a", "/b", "/c"]);
    expect([...after.gone, ...after.fresh]).toEqual(["/a", "/c"]);
    expect(paths(steadied(reports("/", "/b", "/c"), false, memory, 4500))).toEqual(["/", "/b", "/c"]);
  });

  it("neither brings nor takes anything while the pointer rests there", () => {
    const memory = forgetful();
    steadied(reports("/", "/b"), true, memory, 0);
    const during = steadied(reports("/", "/a"), true, memory, 1000);
    expect(paths(during)).toEqual(["/", "/b"]);
    expect(paths(steadied(reports("/", "/a"), true, memory, 9000))).toEqual(["/", "/b"]);
    const after = steadied(reports("/", "/a"), false, memory, 9001);
    expect(paths(after)).toEqual(["/", "/a"]);
    expect([...after.fresh]).toEqual(["/a"]);
  });

  it("lets what comes back live on", () => {
    const memory = forgetful();
    steadied(reports("/", "/a"), false, memory, 0);
    steadied(reports("/"), false, memory, 500);
    const back = steadied(reports("/", "/a"), false, memory, 900);
    expect(paths(back)).toEqual(["/", "/a"]);
    expect(back.gone.size).toBe(0);
  });
});
