/** Chromium and the bench's pages, built once: nothing leaves this process. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { extname, join, resolve } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import react from "@vitejs/plugin-react";
import { build } from "vite";

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const ORIGIN = "http://podglass-bench.invalid";

export async function buildPages(root: string, folder: string): Promise<void> {
  await build({
    root: join(root, "bench/drawing"),
    configFile: false,
    logLevel: "error",
    plugins: [react()],
    worker: { format: "es" },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "chrome130",
      rollupOptions: { input: ["index.html", "window.html"].map((name) => join(root, "bench/drawing", name)) },
    },
  });
}

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: [
      process.env.PODGLASS_CHROMIUM,
      "/usr/bin/chromium",
      "/usr/bin/chromium-browser",
      "/usr/bin/google-chrome",
    ].find((path): path is string => path !== undefined && existsSync(path)),
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--enable-precise-memory-info",
      "--js-flags=--expose-gc",
    ],
  });

/** Opens a page of the bench's build; `work` gets it, and it is closed whatever happens. */
export async function onPage<T>(
  browser: Browser,
  folder: string,
  name: string,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.route(`${ORIGIN}/**`, async (route) => {
      const path = resolve(folder, `.${new URL(route.request().url()).pathname}`);
      if (!path.startsWith(folder) || !existsSync(path)) return route.fulfill({ status: 404 });
      return route.fulfill({ contentType: TYPES[extname(path)] ?? "text/plain", body: await readFile(path) });
    });
    await page.goto(`${ORIGIN}/${name}`);
    return await work(page);
  } finally {
    await page.close();
  }
}

/** What the machine was doing meanwhile: figures of a busy one are not comparable. */
export const loadNote = (): string =>
  `Load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(", ")} at the end of this table.`;

export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

/** Frames of a browser at 60 a second, as its clock of tenths tells them. */
export const meetsFrames = (median: number, p95: number): boolean => median <= 16.8 && p95 <= 33.4;
