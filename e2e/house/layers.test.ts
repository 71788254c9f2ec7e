/** The build itself keeps the layers apart: each forbidden import is tried, and types or lint must say no. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
mkdirSync(join(root, "test-results"), { recursive: true });
const bait = mkdtempSync(join(root, "test-results", "layers-"));
afterAll(() => rmSync(bait, { recursive: true, force: true }));

/** Lint's verdict on a file that stands at `path`, in a folder that has the project's own rules and nothing else. */
function lints(path: string, text: string): boolean {
  const { vcs: _, ...rules } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "podglass-lint-"));
  try {
    writeFileSync(join(folder, "biome.json"), JSON.stringify(rules));
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    return (
      spawnSync(process.execPath, [biome, "lint", "--only=style/noRestrictedImports", path], { cwd: folder }).status ===
      0
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The compiler's verdict on a file under the layer's own options. */
function compiles(layer: string, text: string): boolean {
  const name = `${layer}-${Math.random().toString(36).slice(2)}`;
  writeFileSync(join(bait, `${name}.ts`), text);
  const config = { extends: join(root, layer, "tsconfig.json"), include: [`${name}.ts`], exclude: [] };
  writeFileSync(join(bait, `${name}.json`), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "-p", join(bait, `${name}.json`)], { cwd: root }).status === 0;
}

describe("the layers", () => {
  it("lint refuses what a layer must not import, and nothing else", () => {
    expect(lints("src-shared/x.ts", 'import "node:fs";\n')).toBe(false);
    expect(lints("src-shared/x.ts", 'import "../src-main/inspector.ts";\n')).toBe(false);
    expect(lints("src-shared/x.ts", 'import "react";\n')).toBe(false);
    expect(lints("src-shared/x.ts", 'import { z } from "zod";\nexport const s = z.string();\n')).toBe(true);
    expect(lints("src-main/inspector.ts", 'import "electron";\n')).toBe(false);
    expect(lints("src-main/inspector.ts", 'import "../src-renderer/main.tsx";\n')).toBe(false);
    expect(lints("src-main/shells/electron.ts", 'import "electron";\n')).toBe(true);
    expect(lints("src-renderer/x.tsx", 'import "../src-main/inspector.ts";\n')).toBe(false);
    expect(lints("src-renderer/x.tsx", 'import "electron";\n')).toBe(false);
    expect(lints("src-renderer/x.tsx", 'import "node:fs";\n')).toBe(false);
    expect(lints("src-renderer/views/pod/x.tsx", 'import "../../frame/top.tsx";\n')).toBe(false);
    expect(lints("src-renderer/views/pod/x.tsx", 'import "node:fs";\n')).toBe(false);
    expect(lints("src-renderer/x.tsx", 'import "../src-shared/model.ts";\n')).toBe(true);
  }, 60_000);

  it("the compiler does not know in a layer what the layer must not know", () => {
    expect(compiles("src-shared", 'import { readFileSync } from "node:fs";\nexport const f = readFileSync;\n')).toBe(
      false,
    );
    expect(compiles("src-shared", "export const d = document;\n")).toBe(false);
    expect(compiles("src-shared", "export const p = process;\n")).toBe(false);
    expect(compiles("src-main", "export const d = document;\n")).toBe(false);
    expect(compiles("src-renderer", "export const p = process;\n")).toBe(false);
    expect(compiles("src-renderer", "export const d = document;\n")).toBe(true);
    expect(compiles("src-shared", "export const n: number = 1;\n")).toBe(true);
  }, 60_000);
});
