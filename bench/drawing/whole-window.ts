/** The app's own window in Chromium: on a crowded node, and over an hour of live refreshes. */
import type { Browser, Page } from "@playwright/test";
import type { BenchFigure, BenchTable } from "../table.ts";
import { meetsFrames, onPage, quantile } from "./harness.ts";

const HOUR = 3600;
/** An hour is played as fast as it is drawn; on a busy machine as much of it as this time allows. */
const PATIENCE_MS = 150_000;
/** A turn of the wheel; a fling, in which no row stays on the screen; the scrollbar dragged. */
const SPEEDS = [
  ["wheeled", 120],
  ["flung", 900],
  ["dragged", 3000],
] as const;
const SCREENS = ["pods", "picture", "cgroups", "findings"];

/** Calls something that window.ts has put into the page. */
const call = <T>(page: Page, words: string): Promise<T> => page.evaluate(`window.${words}`) as Promise<T>;

/** 20,000 processes in 5,000 cgroups and more: no task of the window's thread may be long. Then the table, scrolled. */
export const crowded = async (browser: Browser, folder: string): Promise<BenchTable> => {
  const figures: BenchFigure[] = [];
  const told = (what: string, ms: number) =>
    figures.push({
      what,
      figure: ms === 0 ? "under 50 ms" : `${ms.toFixed(0)} ms`,
      goal: "≤ 50 ms",
      ok: ms <= 50,
    });
  await onPage(browser, folder, "window.html?pods=1500&processes=20000", async (page) => {
    await page.waitForFunction("window.begin");
    await call(page, "begin()");
    await page.getByRole("heading", { name: "bench" }).first().waitFor();
    await page.waitForTimeout(1500);
    told("20,000 processes, 5,044 cgroups: longest task as they arrive", await call(page, "longest()"));
    for (const view of SCREENS) {
      const opened = await call<number>(page, `visit(${JSON.stringify(view)})`);
      told(`longest task when ${view} opens`, opened);
      await call(page, "liveOn(5)");
      told(`longest task in five refreshes of ${view}`, await call(page, "longest()"));
    }
  });
  return {
    title: "The window on a crowded node: tasks of the thread that draws",
    figures,
    notes: ["Tasks as PerformanceObserver tells them, those of 50 ms and more."],
  };
};

export const table = (browser: Browser, folder: string): Promise<BenchTable> =>
  onPage(browser, folder, "window.html?pods=5000&view=pods", async (page) => {
    await page.waitForFunction("window.begin");
    await call(page, "begin()");
    await page.locator(".pt-scroll").waitFor();
    await page.waitForTimeout(3000);
    const figures: BenchFigure[] = [];
    for (const [name, px] of SPEEDS) {
      const times = await call<number[]>(page, `scroll(".pt-scroll", 150, ${px})`);
      const [median, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
      figures.push({
        what: `5,000 rows, ${name} by ${px.toLocaleString("en")} px a frame: median / p95`,
        figure: `${median.toFixed(1)} / ${p95.toFixed(1)} ms`,
        goal: "≤ 16.7 / 33 ms",
        ok: meetsFrames(median, p95),
      });
    }
    const { drawn, shown } = await call<{ drawn: number[]; shown: number }>(page, "drawnAgain(5)");
    figures.push({
      what: `rows of the ${shown} drawn that a refresh draws again, median of 5`,
      figure: String(quantile(drawn, 0.5)),
    });
    return {
      title: "The pods table",
      figures,
      notes: ["In each refresh a quarter of all processes and cgroups change: their rows say something else."],
    };
  });

export const hour = (browser: Browser, folder: string): Promise<BenchTable> =>
  onPage(browser, folder, "window.html?pods=200&view=picture", async (page) => {
    await page.waitForFunction("window.begin");
    await call(page, "begin()");
    await page.getByRole("heading", { name: "bench" }).first().waitFor();
    const heap = async (): Promise<number> => {
      await call(page, "gc()");
      return (await call<number>(page, "performance.memory.usedJSHeapSize")) / 1e6;
    };
    const times: number[] = [];
    const heaps: number[] = [];
    const start = performance.now();
    const live = async (until: number) => {
      while (times.length < until && performance.now() - start < PATIENCE_MS)
        times.push(...(await call<number[]>(page, "liveOn(60)")));
      heaps.push(await heap());
    };
    await live(60);
    await live(HOUR / 2);
    await live(HOUR);
    const [before = 0, middle = 0, after = 0] = heaps;
    const minutes = Math.round(times.length / 60);
    const sorted = times.sort((a, b) => a - b);
    return {
      title: `The window over ${minutes} minutes of live refreshes: 200 pods, the picture open, ${times.length.toLocaleString("en")} deltas`,
      figures: [
        { what: "JavaScript heap after a minute", figure: `${before.toFixed(1)} MB` },
        { what: "after half an hour", figure: `${middle.toFixed(1)} MB` },
        {
          what: `after ${minutes} minutes`,
          figure: `${after.toFixed(1)} MB`,
          goal: "flat",
          ok: minutes >= 45 && after - middle <= Math.max(2, middle * 0.05),
        },
        {
          what: "a refresh, drawn, median / p95",
          figure: `${quantile(sorted, 0.5).toFixed(0)} / ${quantile(sorted, 0.95).toFixed(0)} ms`,
        },
      ],
    };
  });
