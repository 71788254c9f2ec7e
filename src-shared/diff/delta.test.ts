import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Process } from "../model.ts";
import { processOf, snapshotOf } from "../testing/snapshot.ts";
import { applyDelta, deltaBetween, itemOrder, sameJson } from "./delta.ts";

const snapshot = (processes: Process[], takenAt = "2026-01-01T00:00:00.000Z") => snapshotOf({ takenAt, processes });

const someProcess = fc.record({
  pid: fc.integer({ min: 1, max: 40 }),
  ppid: fc.integer({ min: 0, max: 3 }),
  startTicks: fc.integer({ min: 1, max: 3 }),
  state: fc.constantFrom("S", "R", "Z"),
  uid: fc.constant(0),
  comm: fc.string({ maxLength: 4 }),
  cmdline: fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }),
  rssBytes: fc.integer({ min: 0, max: 5 }),
  oomScoreAdj: fc.option(fc.integer({ min: -1, max: 1 })),
  namespaces: fc.constant({ net: 1 }),
  cgroup: fc.constant({ v2: "/" }),
});
const someProcesses = fc
  .uniqueArray(someProcess, { selector: (p) => `${p.pid}:${p.startTicks}`, maxLength: 30 })
  .map((list) => list.sort(itemOrder.processes));

describe("delta", () => {
  it("applied to the state before gives the state after, in the same order", () => {
    fc.assert(
      fc.property(someProcesses, someProcesses, (before, after) => {
        const a = snapshot(before);
        const b = snapshot(after, "2026-01-01T00:00:01.000Z");
        expect(applyDelta(a, deltaBetween(a, b, 2))).toEqual(b);
      }),
    );
  });

  it("of a node that did not change is empty, and a pid with another start time is another process", () => {
    const one = processOf(7, { startTicks: 10 });
    const a = snapshot([one]);
    expect(deltaBetween(a, snapshot([{ ...one }]), 2).changes).toEqual({});
    const reused = deltaBetween(a, snapshot([{ ...one, startTicks: 11 }]), 2);
    expect(reused.changes.processes?.gone).toEqual(["7:10"]);
    expect(reused.changes.processes?.put).toHaveLength(1);
  });

  it("keeps the objects that did not change", () => {
    const a = snapshot([processOf(1), processOf(2)]);
    const next = applyDelta(a, deltaBetween(a, snapshot([processOf(1), processOf(2, { rssBytes: 2 })]), 2));
    expect(next.processes[0]).toBe(a.processes[0]);
    expect(next.processes[1]?.rssBytes).toBe(2);
  });

  it("compares JSON values, an absent field and an undefined one being the same", () => {
    expect(sameJson({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(sameJson({ a: 1 }, { b: 1 })).toBe(false);
    expect(sameJson([1, { x: [2] }], [1, { x: [2] }])).toBe(true);
    expect(sameJson([1], { 0: 1 })).toBe(false);
  });
});
