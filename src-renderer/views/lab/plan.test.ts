import { expect, test } from "vitest";
import { layoutRails } from "../../drawing/rails.ts";
import { planModel } from "./plan.ts";

test("the next lab pod is drawn as up.sh would make it: pause or pins hold three namespaces, PIDs are shared on demand", () => {
  const paused = layoutRails(planModel({ sandbox: "pause", containers: 2, sharePid: false }));
  expect(paused.beams.map(({ kind }) => kind)).toEqual(["pause"]);
  expect(paused.rails.filter(({ style }) => style === "shared").map(({ type }) => type)).toEqual(["net", "ipc", "uts"]);
  const pinned = layoutRails(planModel({ sandbox: "pinned", containers: 3, sharePid: true }));
  expect(pinned.holders.map(({ space }) => space.split(":")[0])).toEqual(["net", "ipc", "uts"]);
  expect(pinned.rails.filter(({ style }) => style === "shared").map(({ type }) => type)).toContain("pid");
  expect(pinned.labels.filter(({ kind }) => kind === "app").map(({ name }) => name)).toEqual(["c1", "c2", "c3"]);
});

test("a number that is none, or too large, still draws a pod", () => {
  for (const containers of [0, -3, Number.NaN, 1e9])
    expect(layoutRails(planModel({ sandbox: "pinned", containers, sharePid: false })).height).toBeGreaterThan(0);
});
