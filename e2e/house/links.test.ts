/** Pages and comments lead somewhere: each link, picture and source file that they name is there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
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

it("each source file and page of ours that a comment names is there", () => {
  const sources = ["src-shared", "src-main", "src-renderer", "e2e", "bench", "scripts", "docs"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const known = new Set(sources.map((name) => basename(name)));
  // Of others' pages their project's name or an upper case letter tells; NAME.ts is any.
  const NAMED =
    /(?<![\w./-])(?:docs\/[a-z][\w-]*\.md|(?:[\w-]+\/)*[a-z][\w-]*(?:\.[a-z][\w-]*)*\.(?:tsx?|pl|awk))(?![\w.])/g;
  const lost: string[] = [];
  let found = 0;
  for (const source of sources.filter((name) => /\.(tsx?|pl|awk|sh|mjs|css)$/.test(name)))
    for (const line of readFileSync(join(root, source), "utf8").split("\n")) {
      const [, comment = ""] = /(?:^\s*(?:\/?\*|#)|\/\*\*? |(?<!:)\/\/ )(.*)$/.exec(line) ?? [];
      for (const [name] of comment.replace(/\b(containerd|systemd|runc|crun) docs\/\S+/g, "").matchAll(NAMED)) {
        found += 1;
        const there = name.startsWith("docs/") ? existsSync(join(root, name)) : known.has(basename(name));
        if (!there) lost.push(`${source}: ${name}`);
      }
    }
  expect(found).toBeGreaterThan(60);
  expect(lost).toEqual([]);
});
