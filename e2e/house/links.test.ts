/** Pages of the project lead somewhere: each relative link and picture names a file that is there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
  .concat(readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => join("docs", name)))
  .filter((name) => name.endsWith(".md"));

it("each link between pages, and each picture, is there", () => {
  const dead: string[] = [];
  let links = 0;
  for (const page of pages) {
    const text = readFileSync(join(root, page), "utf8").replace(/^```.*?^```/gms, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links += 1;
      const path = resolve(join(root, dirname(page)), target);
      if (!existsSync(path)) dead.push(`${page}: ${relative(root, path)}`);
    }
  }
  expect(links).toBeGreaterThan(20);
  expect(dead).toEqual([]);
});
