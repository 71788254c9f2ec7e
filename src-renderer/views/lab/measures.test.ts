import { expect, it } from "vitest";
import type { BenchRow } from "../../../src-shared/api.ts";
import { figure, measuresOf, plotOf, saving } from "./measures.ts";

const row = (kind: string, median: number): BenchRow => ({
  kind,
  pods: 10,
  rounds: 3,
  measures: {
    mounts: { median: 3, low: 3, high: 3, unit: "" },
    createMs: { median, low: median * 0.9, high: median * 1.2, unit: "ms" },
  },
});

it("orders measures by what they answer and draws from nought", () => {
  const rows = [row("lab pause", 20), row("lab pinned", 15)];
  expect(measuresOf(rows)).toEqual(["createMs", "mounts"]);
  const bars = plotOf(rows, "createMs");
  expect(bars.map(({ kind }) => kind)).toEqual(["lab pause", "lab pinned"]);
  expect(bars[0]!.high).toBe(1);
  expect(bars[1]!.at).toBeCloseTo(15 / 24);
  expect(saving(bars)).toBe("−25 %");
  expect(saving(plotOf(rows, "mounts"))).toBe("the same");
});

it("says figures in their unit", () => {
  expect(figure(12.34, "ms")).toBe("12 ms");
  expect(figure(620_000, "B")).toBe("605 K");
  expect(figure(2.04, "")).toBe("2");
});
