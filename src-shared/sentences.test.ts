import { expect, test } from "vitest";
import { OWNER_EVIDENCE, SANDBOX_EVIDENCE } from "./evidence.ts";
import { GAP_REMEDIES, GAP_WHATS, GAP_WHYS } from "./gaps.ts";
import { EFFECTS, OBSTACLES, REMARKS } from "./reasons.ts";
import { known, type Sentences, say, withParts } from "./sentences.ts";

const TABLES: Record<string, Sentences> = {
  ...{ SANDBOX_EVIDENCE, OWNER_EVIDENCE, GAP_WHATS, GAP_WHYS, GAP_REMEDIES, EFFECTS, OBSTACLES, REMARKS },
};
const holes = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);

test.each(Object.entries(TABLES))("of %s no hole is left open", (_, table) => {
  for (const [code, template] of Object.entries(table)) {
    const parts = Object.fromEntries(holes(template).map((name, at) => [name, `<${at}>`]));
    const text = say(table, { code, ...parts } as never);
    expect(text, code).not.toMatch(/[{}]/);
    for (const part of Object.values(parts)) expect(text).toContain(part);
  }
});

test.each(Object.entries({ SANDBOX_EVIDENCE, OWNER_EVIDENCE, GAP_WHATS, GAP_WHYS, GAP_REMEDIES }))(
  "each sentence of %s is known again as itself, with its parts",
  (_, table: Sentences) => {
    for (const [code, template] of Object.entries(table)) {
      const parts = Object.fromEntries(holes(template).map((name, at) => [name, `/a${at}`]));
      expect(known(table, say(table, { code, ...parts } as never))).toEqual({ code, parts });
    }
  },
);

test("a part may look like the words around it, and a long text costs no more than its length", () => {
  const path = "/a: pid /b: pid ";
  const text = say(SANDBOX_EVIDENCE, { code: "gone", path, pid: 7 });
  const shown = withParts([SANDBOX_EVIDENCE], text, (part) => (part === "" ? "" : "x"));
  expect(shown).not.toContain("/b");
  const began = performance.now();
  expect(known(GAP_WHYS, "pid ".repeat(100_000))).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(500);
});

test("a value that looks like a hole is no hole", () => {
  expect(say(SANDBOX_EVIDENCE, { code: "named-by", path: "/{id}", id: "$&" })).toBe(
    "/{id}: names sandbox $&, which has no process",
  );
});
