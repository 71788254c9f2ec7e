import { readFileSync } from "node:fs";
import { type App, expect, screen, test } from "../fixtures.ts";
import { boxOf, coloursIn, inkIn, pixelsOf } from "../pixels.ts";

async function openDemo({ page }: App, view: string): Promise<void> {
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(page.getByText("web-pinned").first()).toBeVisible();
  await page
    .getByRole("button", { name: new RegExp(`^${view}`) })
    .first()
    .click();
}

test("the whole node: arrows walk the pods, the side says who holds what, Enter opens", async ({ app }) => {
  const { page } = app;
  await openDemo(app, "Picture");
  const plane = page.getByRole("listbox", { name: /pods or containers|pods and containers/ });
  await expect(plane).toBeVisible();
  await plane.focus();
  await page.keyboard.press("ArrowDown");
  const side = page.getByRole("complementary", { name: "Selected" });
  const first = await side.getByRole("heading").first().innerText();
  await page.keyboard.press("ArrowRight");
  await expect(side.getByRole("heading").first()).not.toHaveText(first);
  await expect(side.getByText(/pause holds|pins hold/).first()).toBeVisible();
  // What a screen reader is told of the active tile is what the side panel says.
  const name = await side.getByRole("heading").first().innerText();
  await expect(page.locator("#tile-active")).toContainText(name);
  await screen(app, "picture-selected");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name, exact: true }).getByRole("heading", { level: 1 })).toContainText(name);
});

/** The accent of the light theme, with which the frame of the selected tile is drawn. */
const ACCENT = [66, 83, 214] as const;
const planeOf = ({ page }: App) => page.locator(".plane canvas");
const selectedName = ({ page }: App) =>
  page.getByRole("complementary", { name: "Selected" }).getByRole("heading").first();

/** Each pod that an arrow reaches: a click in the middle of the frame that is drawn around it must select it again. */
async function clicksHitWhatIsDrawn(app: App, tries: number): Promise<void> {
  const { page } = app;
  const plane = planeOf(app);
  const keys = ["ArrowRight", "ArrowDown"];
  for (let i = 0; i < tries; i += 1) {
    await page.getByRole("listbox", { name: /pods or containers|pods and containers/ }).focus();
    await page.keyboard.press(keys[i % keys.length] ?? "");
    const name = await selectedName(app).innerText();
    // The ring of keyboard focus around the whole plane has the same colour.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.waitForTimeout(500);
    const frame = boxOf(await pixelsOf(page, plane), ACCENT);
    expect(frame, `${name} has a frame that is seen`).not.toBeNull();
    if (!frame) return;
    expect(frame.width, `the frame is around ${name} alone`).toBeLessThan(320);
    await page.keyboard.press("Escape");
    await expect(selectedName(app).filter({ hasText: new RegExp(`^${name}$`) })).toHaveCount(0);
    await plane.click({ position: { x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 } });
    await expect(selectedName(app)).toHaveText(name);
  }
}

for (const dpr of [1, 1.25, 2])
  test(`at ${dpr} device pixels a CSS pixel a click hits the pod that is drawn there${dpr === 2 ? " @desktop" : " @browser"}`, async ({
    openApp,
  }) => {
    const app = await openApp({ dpr, width: 1024, height: 720 });
    await app.page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await openDemo(app, "Picture");
    const shown = await planeOf(app).evaluate((canvas: HTMLCanvasElement) => ({
      own: canvas.width / devicePixelRatio,
      seen: canvas.getBoundingClientRect().width,
      room: canvas.parentElement?.clientWidth ?? 0,
    }));
    expect(Math.abs(shown.seen - shown.own)).toBeLessThan(1);
    expect(shown.seen).toBe(shown.room);
    await clicksHitWhatIsDrawn(app, 4);
    await screen(app, `picture-dpr-${dpr}`);
  });

test("the picture is painted: it is seen to have colours, and looks the same after a refresh", async ({ app }) => {
  const { page } = app;
  await openDemo(app, "Picture");
  const colours = async () => coloursIn(await pixelsOf(page, planeOf(app)));
  await expect.poll(colours).toBeGreaterThan(8);
  const before = await page.evaluate(() => history.state);
  await page.keyboard.press("r");
  await page.waitForTimeout(1500);
  expect(await page.evaluate(() => history.state)).toEqual(before);
  expect(await colours()).toBeGreaterThan(8);
});

// The desktop window is resized by its window manager.
test("until a person moves it the picture fits its place, whatever size the window takes @browser", async ({ app }) => {
  const { page } = app;
  await openDemo(app, "Picture");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.waitForTimeout(400);
  const before = await pixelsOf(page, planeOf(app));
  await page.setViewportSize({ width: 1900, height: 1000 });
  await page.waitForTimeout(400);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.waitForTimeout(400);
  const after = await pixelsOf(page, planeOf(app));
  expect([after.width, after.height]).toEqual([before.width, before.height]);
  expect(Math.abs(inkIn(after) - inkIn(before))).toBeLessThan(0.02);
});

for (const motion of ["no-preference", "reduce"] as const)
  test(`a finding leads to its place in the picture, which is seen there (motion: ${motion}) ${motion === "reduce" ? "@desktop" : "@browser"}`, async ({
    app,
  }) => {
    const { page } = app;
    await page.emulateMedia({ colorScheme: "light", reducedMotion: motion });
    await openDemo(app, "Findings");
    const list = page.getByRole("listbox", { name: /Findings/ });
    await expect(list.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
    await screen(app, "findings-first");
    const where = await page.getByRole("article").locator("p.dim").first().innerText();
    await page.getByRole("button", { name: "Show in the picture" }).click();
    const found = await selectedName(app).innerText();
    expect(where).toContain(found);
    await page.waitForTimeout(700);
    const seen = await pixelsOf(page, planeOf(app));
    expect(coloursIn(seen)).toBeGreaterThan(8);
    const frame = boxOf(seen, ACCENT);
    expect(frame, "the frame of what was found is seen").not.toBeNull();
    if (!frame) return;
    // In the middle of the plane, not cut off in a corner.
    expect(Math.abs(frame.x + frame.width / 2 - seen.width / seen.scale / 2)).toBeLessThan(frame.width / 2);
    expect(Math.abs(frame.y + frame.height / 2 - seen.height / seen.scale / 2)).toBeLessThan(frame.height / 2);
    await screen(app, `picture-from-finding-${motion}`);
    // And it is still there on the next visit.
    await page.getByRole("button", { name: /^Pods/ }).first().click();
    await page
      .getByRole("button", { name: /^Picture/ })
      .first()
      .click();
    await expect.poll(async () => coloursIn(await pixelsOf(page, planeOf(app)))).toBeGreaterThan(8);
  });

test("cgroups: the tree opens and closes by keys, and says who set each limit", async ({ app }) => {
  const { page } = app;
  await openDemo(app, "Cgroups");
  const tree = page.getByRole("treegrid");
  await expect(tree.getByRole("row").nth(1)).toBeVisible();
  await tree.focus();
  await page.keyboard.press("Home");
  await expect(tree.locator("tr[aria-selected=true]")).toHaveAttribute("aria-level", "1");
  const rows = await tree.getByRole("row").count();
  await page.keyboard.press("ArrowLeft");
  expect(await tree.getByRole("row").count()).toBeLessThan(rows);
  await page.keyboard.press("ArrowRight");
  expect(await tree.getByRole("row").count()).toBe(rows);
  await tree.getByRole("row").filter({ hasText: "shop/db" }).first().click();
  const detail = page.getByRole("complementary", { name: "Selected cgroup" });
  await expect(detail.getByText("memory at most")).toBeVisible();
  await expect(detail.getByText("set here").first()).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter cgroups" }).fill("web-pinned");
  await expect(tree.getByRole("row").filter({ hasText: "shop/db" })).toHaveCount(0);
  await screen(app, "cgroups-filtered");
});

test("compare begins with the same pod with pause and without, marks what differs, and gives the picture away", async ({
  app,
}) => {
  const { page, shell } = app;
  await openDemo(app, "Compare");
  await expect(page.getByRole("button", { name: "Left: web", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Right: web-pinned", exact: true })).toBeVisible();
  await expect(page.locator("path.crop").first()).toBeVisible();
  const table = page.getByRole("region", { name: "What differs" });
  await expect(table.getByRole("row", { name: /^sandbox process/ })).toBeVisible();
  const differing = await table.getByRole("row").count();
  await table.getByRole("button", { name: /folded/ }).click();
  expect(await table.getByRole("row").count()).toBeGreaterThan(differing);
  await screen(app, "compare-unfolded");
  await page.getByRole("button", { name: "Swap" }).click();
  await expect(page.getByRole("button", { name: "Left: web-pinned", exact: true })).toBeVisible();
  // A container beside a pod.
  await page.getByRole("button", { name: /^Right:/ }).click();
  await page.getByRole("combobox").fill("container of debug");
  await page.keyboard.press("Enter");
  await expect(page.getByText("a container,")).toBeVisible();
  await expect(page.getByText(/^A container of debug, whose sandbox it shares/)).toBeVisible();
  await expect(table.getByRole("row", { name: /^what it is pod container/ })).toBeVisible();
  await screen(app, "compare-container");
  if (shell !== "browser") return;
  await page.getByRole("button", { name: "Export" }).click();
  const saving = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "SVG" }).click();
  const svg = readFileSync((await (await saving).path()) as string, "utf8");
  expect(svg).toMatch(/^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg).toContain("<desc>");
  expect(svg).not.toMatch(/var\(--|<script|href="http|class="/);
});

test("a pod beside itself at an earlier moment @desktop", async ({ app }) => {
  const { page } = app;
  await openDemo(app, "Compare");
  await page.getByRole("button", { name: "Freeze" }).first().click();
  await expect(page.getByText(/, at \d\d:\d\d:\d\d/).first()).toBeVisible();
});

test("lab and journal of the demo node: a pod is made, seen, and taken away again", async ({ app }) => {
  const { page } = app;
  await openDemo(app, "Lab");
  await page.getByRole("textbox", { name: "name" }).fill("from-e2e");
  await page.getByRole("button", { name: "pins", exact: true }).click();
  await page.getByRole("button", { name: "Make", exact: true }).click();
  await expect(page.getByText("from-e2e is up.")).toBeVisible({ timeout: 20_000 });
  const made = page.getByRole("listitem").filter({ hasText: "from-e2e" });
  await expect(made).toContainText("held by 3 pins");
  await screen(app, "lab-made");
  await made.getByRole("button", { name: "Remove" }).click();
  await expect(made).toHaveCount(0, { timeout: 20_000 });
  await page.getByRole("textbox", { name: "name" }).fill("Not A Name");
  await page.getByRole("button", { name: "Make", exact: true }).click();
  await expect(page.getByText(/small letters, digits and dashes/)).toBeVisible();
  await page.getByRole("button", { name: /^Journal/ }).click();
  await expect(page.getByRole("heading", { name: "Journal" })).toBeVisible();
});
