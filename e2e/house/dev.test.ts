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
