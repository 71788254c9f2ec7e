import fc from "fast-check";
import { expect, it } from "vitest";
import { cgroupOf, snapshotOf } from "../testing/snapshot.ts";
import { cgroupTree } from "./tree.ts";

const name = fc.constantFrom("a", "a-b", "a.slice", "b", "c d");
const path = fc.array(name, { maxLength: 4 }).map((names) => `/${names.join("/")}`);

it("walks depth first, each subtree together, also where what is between was not read", () => {
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 30 }), (paths) => {
      const { nodes } = cgroupTree(snapshotOf({ cgroups: paths.sort().map((one) => cgroupOf(one)) }));
      const key = (one: string) => (one === "/" ? "" : one.replaceAll("/", "\u0000"));
      const wanted = [...paths].sort((a, b) => (key(a) < key(b) ? -1 : 1));
      expect(nodes.map((node) => node.path)).toEqual(wanted);
    }),
  );
});
