/**
 * Drawing, in a real Chromium: the whole-node picture at several sizes, the app's own window on a crowded node (its
 * longest task), the pods table, its memory over an hour of live refreshes, and the cold start of the desktop app.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { coldStart } from "./drawing/cold-start.ts";
import { buildPages, loadNote, meetsFrames, onPage, openBrowser } from "./drawing/harness.ts";
import type { DrawingFigures, WireFigures } from "./drawing/page.ts";
import { crowded, hour, table } from "./drawing/whole-window.ts";
import type { BenchFigure, BenchTable } from "./table.ts";

const root = process.cwd();
/** Pods that with their containers and namespaces make 500, 5,000 and 20,000 items; then that many pods. */
const PODS = [38, 375, 1_500, 5_000, 20_000];
const STEPS = 90;

export async function run(): Promise<BenchTable[]> {
  const folder = join(root, "out/bench-drawing");
  const tables: BenchTable[] = [];
  try {
    await buildPages(root, folder);
    const browser = await openBrowser();
    try {
      tables.push(await noting("Whole-node picture", () => picture(browser, folder)));
      tables.push(await noting("The wires of a node", () => wires(browser, folder)));
      tables.push(await noting("The window on a crowded node", () => crowded(browser, folder)));
      tables.push(await noting("The pods table", () => table(browser, folder)));
      tables.push(await noting("The window over an hour", () => hour(browser, folder)));
    } finally {
      await browser.close();
    }
    tables.push(await noting("Cold start", () => coldStart(root)));
    return tables;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One part that fails is told and takes no other with it. */
async function noting(title: string, part: () => Promise<BenchTable>): Promise<BenchTable> {
  try {
    const table = await part();
    return { ...table, notes: [...(table.notes ?? []), loadNote()] };
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { title, figures: [{ what: "could not be measured", figure: why ?? "", goal: "a figure", ok: false }] };
  }
}

const picture = (browser: Browser, folder: string): Promise<BenchTable> =>
  onPage(browser, folder, "index.html", async (page) => {
    await page.waitForFunction("window.measureDrawing");
    const figures: BenchFigure[] = [];
    for (const pods of PODS) {
      const found = await page.evaluate(
        ([count, steps]) =>
          (window as unknown as { measureDrawing(n: number, s: number): Promise<DrawingFigures> }).measureDrawing(
            count ?? 0,
            steps ?? 0,
          ),
        [pods, STEPS],
      );
      figures.push(...figuresOf(found));
    }
    return {
      title: "Whole-node picture, Canvas 2D in Chromium with software GL, 1280×800",
      figures,
      notes: [
        "Items are pods, containers and namespaces. The goals are for 5,000 and 20,000 items; the same are asked of 5,000 and 20,000 pods.",
        "Frame times are of requestAnimationFrame, so 16.7 ms is the floor. First paint: pods in their places; whole: with bars and all.",
      ],
    };
  });

const wires = (browser: Browser, folder: string): Promise<BenchTable> =>
  onPage(browser, folder, "index.html", async (page) => {
    await page.waitForFunction("window.measureWires");
    const figures: BenchFigure[] = [];
    for (const pods of [500, 5_000]) {
      const { layoutMs, frames } = await page.evaluate(
        ([count, steps]) =>
          (window as unknown as { measureWires(n: number, s: number): Promise<WireFigures> }).measureWires(
            count ?? 0,
            steps ?? 0,
          ),
        [pods, STEPS],
      );
      const of = `${pods.toLocaleString("en")} pods`;
      figures.push({ what: `${of}: layout`, figure: `${layoutMs} ms`, goal: "≤ 50 ms", ok: layoutMs <= 50 });
      for (const [name, { median, p95 }] of Object.entries(frames))
        figures.push({
          what: `${of}: ${name}, median / p95`,
          figure: `${median} / ${p95} ms`,
          goal: "≤ 16.7 ms",
          ok: meetsFrames(median, p95),
        });
    }
    return { title: "Wires of a node, Canvas 2D in Chromium with software GL, 1280×800", figures };
  });

function figuresOf({ pods, items, firstPaintMs, wholeMs, layoutMs, longestMs, frames }: DrawingFigures): BenchFigure[] {
  const of = `${items.toLocaleString("en")} items (${pods.toLocaleString("en")} pods)`;
  const figures: BenchFigure[] = [
    {
      what: `${of}: first paint after the snapshot / whole`,
      figure: `${firstPaintMs} / ${wholeMs} ms`,
      goal: "≤ 200 ms",
      ok: firstPaintMs <= 200,
    },
    {
      what: `${of}: layout`,
      figure: `${layoutMs} ms`,
      ...(pods <= 5000 ? { goal: "≤ 50 ms", ok: layoutMs <= 50 } : {}),
    },
    { what: `${of}: longest task until whole`, figure: longestMs === 0 ? "under 50 ms" : `${longestMs} ms` },
  ];
  for (const [name, { median, p95 }] of Object.entries(frames))
    figures.push({
      what: `${of}: ${name}, median / p95`,
      figure: `${median} / ${p95} ms`,
      goal: "≤ 16.7 / 33 ms",
      ok: meetsFrames(median, p95),
    });
  return figures;
}
