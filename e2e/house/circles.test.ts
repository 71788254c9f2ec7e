/**
 * No file imports itself by a detour. A circle of imports has no order in which to be read or loaded: each file in it
 * is understood only after all the others, and a constant may be used before it is made. Imports of types count too:
 * the runtime does not see them, a reader does. Only `import()` is left out: it is made to be late.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
type Graph = Map<string, string[]>;

const IMPORT = /^(?:import|export)\s[^;]*?\bfrom\s+"(\.[^"]+)"|^import\s+"(\.[^"]+)"/gm;

function importsOf(path: string): string[] {
  const found: string[] = [];
  for (const [, named, bare] of readFileSync(path, "utf8").matchAll(IMPORT)) {
    const target = resolve(dirname(path), (named ?? bare ?? "").replace(/\?.*$/, ""));
    if (/\.tsx?$/.test(target) && existsSync(target)) found.push(target);
  }
  return found;
}

function graphOf(folders: string[]): Graph {
  const graph: Graph = new Map();
  for (const folder of folders)
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      const path = join(root, folder, name);
      if (/\.tsx?$/.test(name) && !name.includes("node_modules")) graph.set(path, importsOf(path));
    }
  return graph;
}

/** Groups of files that can all be reached from each other (Tarjan, SIAM J. Comput. 1, 1972), each as one circle. */
function circles(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1 || graph.get(file)?.includes(file)) found.push(group);
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}

describe("imports", () => {
  const graph = graphOf(["src-shared", "src-main", "src-renderer", "e2e", "bench"]);

  it("are read by the test as they stand", () => {
    expect(graph.size).toBeGreaterThan(300);
    expect(graph.get(join(root, "src-main/inspector.ts"))).toContain(join(root, "src-shared/api.ts"));
  });

  it("make no circle", () => {
    const names = circles(graph).map((group) => group.map((file) => relative(root, file)).sort());
    expect(names).toEqual([]);
  });

  it("that made one would be found", () => {
    const made: Graph = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", []],
      ["e", ["e"]],
    ]);
    expect(circles(made).map((group) => group.sort())).toEqual([["a", "b", "c"], ["e"]]);
  });
});
