import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Contents } from "../../scripts/contents.ts";
import { licenceTexts, type Part } from "../../src-renderer/views/settings/parts.ts";

const rule = "-".repeat(80);

it("finds each licence in what a build writes, also where a text has rules and heads of its own", () => {
  const contents = new Contents();
  const plugin = contents.plugin(true);
  const files = new Map<string, string>();
  const build = {
    getModuleIds: () => [],
    emitFile: ({ fileName, source }: { fileName: string; source: string }) => files.set(fileName, source),
  };
  const modules = ["react", "zod", "d3-array", "@radix-ui/react-dialog"].map(
    (name) => `${process.cwd()}/node_modules/${name}/x.js`,
  );
  const bundle = { chunk: { type: "chunk", moduleIds: modules } };
  if (typeof plugin.generateBundle !== "function") throw new Error("the plugin writes nothing");
  plugin.generateBundle.call(build as never, {} as never, bundle as never, false);
  const parts: Part[] = JSON.parse(files.get("contents.json") ?? "");
  const texts = licenceTexts(parts, files.get("third-party.txt") ?? "");
  expect(parts.map(({ name }) => name)).toEqual(["@radix-ui/react-dialog", "d3-array", "react", "zod"]);
  for (const [i, { name }] of parts.entries()) {
    const licence = readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim();
    expect(texts[i]).toBe(licence);
  }
  const odd = [
    { name: "a", version: "1", licence: "X" },
    { name: "b", version: "2", licence: "Y" },
  ];
  const all = `a 1 (X)\n\nfirst\n${rule}\nas b 2 (Y) has\n\n${rule}\n\nb 2 (Y)\n\nsecond\n`;
  expect(licenceTexts(odd, all)).toEqual([`first\n${rule}\nas b 2 (Y) has`, "second"]);
  expect(() => licenceTexts([...odd, { name: "c", version: "3", licence: "Z" }], all)).toThrow(/no text of c 3/);
});
