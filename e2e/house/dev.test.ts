/** npm run dev: Vite carries the browser window's socket, under the name that the page asks for. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const text = (path: string): string => readFileSync(join(root, path), "utf8");

it("one name of the socket in the page and on Vite's way to it", () => {
  const [, asked] = /new URL\("(\w+)", location\.href\)/.exec(text("src-renderer/state/socket.ts")) ?? [];
  expect(asked).toBeDefined();
  expect(text("scripts/dev.mjs")).toContain(`proxy: { "/${asked}": {`);
  expect(text("scripts/dev.mjs")).toContain(`folder}${asked}\``);
});

it("the page's own policy is loosened for Vite's start, styles and one socket, and for nothing else", async () => {
  const { default: config } = await import("../../electron.vite.config.ts");
  const { renderer } = config as { renderer: { plugins: unknown[] } };
  type Loosen = (html: string, context: unknown) => string;
  const plugins = renderer.plugins.flat(3) as { name: string; apply: string; transformIndexHtml: Loosen }[];
  const policy = plugins.find(({ name }) => name === "podglass-developing-policy");
  if (!policy) throw new Error("electron.vite.config.ts has no policy for the page that npm run dev shows");
  expect(policy.apply).toBe("serve");
  const loosened = policy.transformIndexHtml(text("src-renderer/index.html"), {
    server: { config: { server: { port: 4711 } } },
  });
  const parts = (html: string): string[] =>
    /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1]?.split(/;\s*/) ?? [];
  const before = parts(text("src-renderer/index.html"));
  expect(before.join(" ")).not.toContain("unsafe-inline'");
  expect(parts(loosened).filter((part) => !before.includes(part))).toEqual([
    "script-src 'self' 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self' ws://127.0.0.1:4711",
  ]);
});
