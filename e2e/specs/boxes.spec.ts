/** Every screen at the sizes that people have; 640×400 is 1280×800 at 200 % zoom. */
import type { Page } from "@playwright/test";
import { expectBoxes } from "../boxes.ts";
import { type App, expect, screen, test } from "../fixtures.ts";

const SIZES = [
  [640, 400],
  [1024, 640],
  [1024, 700],
  [1280, 800],
  [1920, 1080],
  [2560, 1440],
] as const;

async function openScene({ page }: App, target: string): Promise<void> {
  await page.getByPlaceholder(/root@/).fill(target);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible({ timeout: 20_000 });
  await page.waitForTimeout(1000);
}

/** As the browser's own history would: without a click on something that the size may hide. */
const show = (page: Page, view: string, params: Record<string, string> = {}) =>
  page.evaluate(
    ([view, params]) => {
      const state = { ...history.state, view, params };
      history.pushState(state, "");
      dispatchEvent(new PopStateEvent("popstate", { state }));
    },
    [view, params] as const,
  );

// The desktop window is as large as its screen allows: other sizes are the browser's alone.
const shells = (width: number, height: number): string =>
  width === 1024 && height === 640 ? " @desktop" : " @browser";

for (const [width, height] of SIZES)
  test(`at ${width}×${height} nothing overlaps, is cut off or needs a horizontal bar${shells(width, height)}`, async ({
    openApp,
  }) => {
    test.setTimeout(180_000);
    const app = await openApp({ width, height });
    const { page } = app;
    await expectBoxes(page, "the start");
    await openScene(app, "demo:sick");
    const pods = await page
      .locator("tr[data-key]")
      .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.key ?? ""));
    for (const [view, params] of [
      ["pods", {}],
      ["picture", {}],
      ["cgroups", {}],
      ["findings", {}],
      ["lab", {}],
      ["journal", {}],
      ["compare", {}],
      ["lessons", {}],
      ["events", {}],
      ["log", {}],
      ["settings", {}],
      ["fleet", {}],
      ["wires", {}],
      ["pod", { pod: pods[0] ?? "" }],
    ] as const) {
      await show(page, view, params);
      await page.waitForTimeout(200);
      await expectBoxes(page, view);
      await screen(app, `boxes-${width}-${view}`);
    }
    if (width !== 640 && width !== 1280) return;
    await above(app, pods[0] ?? "");
  });

/** What lies above a page, and pages with more contrast: in the narrowest window and in the usual one. */
async function above(app: App, pod: string): Promise<void> {
  const { page } = app;
  const measured = async (what: string) => {
    await expectBoxes(page, what, 0);
    await screen(app, `boxes-${page.viewportSize()?.width}-${what}`);
  };
  await show(page, "pod", { pod, tour: "1" });
  await expect(page.getByRole("region", { name: "A tour of one pod" })).toBeVisible();
  await measured("tour");
  await page.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(page.getByRole("dialog").getByText("Checks, read on the node just now")).toBeVisible();
  await measured("plan");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await measured("help");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox").fill("orphaned");
  await measured("palette");
  await page.keyboard.press("Escape");
  await show(page, "settings");
  await page.getByRole("group", { name: "Contrast" }).getByRole("button", { name: "more" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-contrast", "hc");
  for (const [view, params] of [
    ["pod", { pod }],
    ["findings", {}],
    ["cgroups", {}],
  ] as const) {
    await show(page, view, params);
    await measured(`contrast-${view}`);
  }
}
