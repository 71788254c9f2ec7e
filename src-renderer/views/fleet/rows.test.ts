import { expect, test } from "vitest";
import type { NodeState } from "../../../src-shared/api.ts";
import { syntheticSnapshot } from "../../../src-shared/testing/synthetic.ts";
import { grouped, type Line, rowOf } from "./rows.ts";

const state = (target: string, more: Partial<NodeState> = {}): NodeState => ({
  ...{
    nodeId: target,
    target,
    label: target,
    kind: "ssh",
    phase: "live",
    everyMs: 1000,
    readOnly: false,
    actions: false,
  },
  ...more,
});
const line = (target: string, more?: Partial<NodeState>, pods?: number): Line => ({
  nodeId: target,
  state: state(target, more),
  row: rowOf({
    state: state(target, more),
    snapshot: pods === undefined ? undefined : syntheticSnapshot({ pods }),
  }),
});

test("a node that is on its way is neither read nor lost, and stands last", () => {
  const coming = line("coming", { phase: "connecting" });
  expect(coming.row).toBeUndefined();
  const lost = line("lost", { phase: "refused", detail: "no route to host" });
  expect(lost.row).toMatchObject({ state: "unreachable", error: "no route to host" });
  const order = grouped([coming, line("well", {}, 3), lost], "nothing").flatMap(({ lines }) => lines);
  expect(order.map(({ nodeId }) => nodeId)).toEqual(["lost", "well", "coming"]);
});

test("a node that was lost keeps the row of what was last seen", () => {
  expect(line("stale", { phase: "stale" }, 3).row?.pods?.all).toBe(3);
});

test("groups come in the order of their worst, and nothing unknown passes for a kernel", () => {
  const lines = [
    line("a", {}, 2),
    line("lost", { phase: "refused" }),
    line("b", {}, 2),
    line("new", { phase: "reading" }),
  ];
  const kernel = lines[0]?.row?.kernel ?? "";
  expect(grouped(lines, "kernel").map(({ title, lines: of }) => [title, of.length])).toEqual([
    ["not read", 1],
    [kernel, 2],
    ["not read yet", 1],
  ]);
});
