import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formulasFor,
  linearWeight,
  milliCpuFor,
  quadraticWeight,
  SHARES,
  sharesFor,
  sharesForMilliCpu,
  type WeightFormula,
  weightOf,
} from "./weights.ts";

/** Computed from both formulas by hand; "live" ones were read on nodes: runc 1.1.5, then runc 1.3.6 and crun 1.28. */
const TABLE: [shares: number, linear: number, quadratic: number][] = [
  [0, 0, 0],
  [1, 1, 1],
  [2, 1, 1], // live
  [51, 2, 11],
  [102, 4, 17], // live
  [256, 10, 35],
  [512, 20, 59], // live
  [1024, 39, 100], // live
  [2048, 79, 174], // live
  [4096, 157, 303],
  [8192, 313, 532],
  [65536, 2500, 3023],
  [262144, 10000, 10000], // live
  [1_000_000, 10000, 10000],
];

describe("shares to weight", () => {
  it.each(TABLE)("%d shares", (shares, linear, quadratic) => {
    expect(linearWeight(shares)).toBe(linear);
    expect(quadraticWeight(shares)).toBe(quadratic);
  });

  it("stays in 1..10000 and never falls, over the whole range", () => {
    for (const formula of ["linear", "quadratic"] as const) {
      let last = 1;
      for (let shares: number = SHARES.min; shares <= SHARES.max; shares++) {
        const weight = weightOf(formula, shares);
        if (weight < last || weight > 10_000 || !Number.isInteger(weight)) {
          throw new Error(`${formula} ${shares} gives ${weight} after ${last}`);
        }
        last = weight;
      }
      expect(last).toBe(10_000);
    }
  });

  it("agrees with integer arithmetic for the linear formula over the whole range", () => {
    for (let shares: number = SHARES.min; shares <= SHARES.max; shares++) {
      const exact = Number(1n + ((BigInt(shares) - 2n) * 9999n) / 262142n);
      if (linearWeight(shares) !== exact) throw new Error(`${shares}: ${linearWeight(shares)} is not ${exact}`);
    }
  });
});

describe("and back", () => {
  it("gives the whole range of shares that make a weight", () => {
    expect(sharesFor("linear", 39)).toEqual({ from: 999, to: 1024 });
    expect(sharesFor("quadratic", 100)?.to).toBeGreaterThanOrEqual(1024);
    expect(sharesFor("linear", 1)).toEqual({ from: 2, to: 28 });
    expect(sharesFor("linear", 10_000)).toEqual({ from: 262_144, to: 262_144 });
    expect(sharesFor("linear", 10_001)).toBeUndefined();
    expect(sharesFor("linear", 1.5)).toBeUndefined();
  });

  it("is the inverse, edges included", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<WeightFormula>("linear", "quadratic"),
        fc.integer({ min: 1, max: 10_000 }),
        (formula, weight) => {
          const range = sharesFor(formula, weight);
          if (!range) return;
          expect(weightOf(formula, range.from)).toBe(weight);
          expect(weightOf(formula, range.to)).toBe(weight);
          if (range.from > 2) expect(weightOf(formula, range.from - 1)).toBeLessThan(weight);
          if (range.to < SHARES.max) expect(weightOf(formula, range.to + 1)).toBeGreaterThan(weight);
        },
      ),
    );
  });

  it("says which formula was at work", () => {
    expect(formulasFor(1024, 39)).toEqual(["linear"]);
    expect(formulasFor(1024, 100)).toEqual(["quadratic"]);
    expect(formulasFor(2, 1)).toEqual(["linear", "quadratic"]);
    expect(formulasFor(1024, 77)).toEqual([]);
  });
});

describe("the kubelet's requests", () => {
  it.each([
    [0, 2],
    [1, 2],
    [10, 10],
    [100, 102],
    [250, 256],
    [500, 512],
    [1000, 1024],
    [300_000, 262_144],
  ])("%d milli-cpus are %d shares", (milli, shares) => expect(sharesForMilliCpu(milli)).toBe(shares));

  it("does not pretend to know the request from the weight alone", () => {
    for (const { formula, from, to } of milliCpuFor(39)) {
      expect(weightOf(formula, sharesForMilliCpu(from))).toBe(39);
      expect(weightOf(formula, sharesForMilliCpu(to))).toBe(39);
    }
    const [linear, quadratic] = milliCpuFor(39);
    expect(linear!.to).toBe(1000);
    expect(quadratic!.to).toBeLessThan(linear!.from);
  });

  it("names requests that do give the weight back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 256_000 }),
        fc.constantFrom<WeightFormula>("linear", "quadratic"),
        (milli, formula) => {
          const weight = weightOf(formula, sharesForMilliCpu(milli));
          const range = milliCpuFor(weight).find((one) => one.formula === formula)!;
          expect(range.from).toBeLessThanOrEqual(milli);
          expect(range.to).toBeGreaterThanOrEqual(milli);
        },
      ),
    );
  });
});
