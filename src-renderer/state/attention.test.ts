import { expect, test } from "vitest";
import type { NodeState } from "../../src-shared/api.ts";
import { lookedAt } from "./attention.ts";
import type { OpenNode } from "./nodes.ts";

const node = (target: string, kind: NodeState["kind"] = "ssh") => ({ state: { target, kind } }) as OpenNode;
const nodes = { open: { a: node("edge-1"), b: node("edge-2"), c: node("demo:sick", "demo") }, order: ["a", "b", "c"] };

test("a window looks at the node of its page, at both sides of a comparison and where a lesson is played", () => {
  expect(lookedAt({ view: "pods", nodeId: "a", params: {} }, nodes, "demo")).toEqual(["a"]);
  expect(lookedAt({ view: "fleet", params: {} }, nodes, "demo")).toEqual([]);
  const sides = { left: "b containerd/x y", right: "c lab/z" };
  expect(lookedAt({ view: "compare", nodeId: "a", params: sides }, nodes, "demo")).toEqual(["a", "b", "c"]);
  expect(lookedAt({ view: "compare", params: { left: "gone k" } }, nodes, "demo")).toEqual([]);
  expect(lookedAt({ view: "lessons", params: {} }, nodes, "edge-2")).toEqual(["b", "c"]);
});
