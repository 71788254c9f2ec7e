import { expectAccessible } from "../axe.ts";
import { type App, expect, reload, screen, test } from "../fixtures.ts";

async function openDemo(app: App): Promise<void> {
  await app.page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(app.page.getByRole("grid", { name: "Pods" })).toBeVisible();
}

const names = (app: App): Promise<string[]> => app.page.locator(".pt .c-name").allInnerTexts();

test("the table filters by text and by facet, sorts, groups, and remembers how it was left", async ({ app }) => {
  const { page } = app;
  await openDemo(app);
  const all = await names(app);
  expect(all.length).toBeGreaterThan(3);
  await expectAccessible(page);
  await screen(app, "pods");

  await page.keyboard.press("/");
  await page.keyboard.type("web");
  await expect.poll(async () => (await names(app)).every((name) => name.includes("web"))).toBe(true);
  await page.keyboard.press("Escape");
  await expect.poll(() => names(app)).toEqual(all);

  await page.getByRole("button", { name: /^Runtime/ }).click();
  await page.getByRole("menuitemcheckbox", { name: /cri-o/ }).click();
  await page.keyboard.press("Escape");
  const crio = await names(app);
  expect(crio.length).toBeGreaterThan(0);
  expect(crio.length).toBeLessThan(all.length);
  await expect(page.locator(".pt .c-runtime").first()).toHaveText("cri-o");

  // What one looks for again gets a name.
  const kept = page.getByRole("button", { name: /^Kept filters/ });
  await kept.click();
  await page.getByRole("menuitem", { name: "Keep this filter…" }).click();
  await page.getByLabel("Its name").fill("of cri-o");
  await page.keyboard.press("Enter");
  const named = page.getByRole("button", { name: "of cri-o" });
  await named.click();
  await page.getByRole("menuitem", { name: "Show all pods" }).click();
  await expect.poll(() => names(app)).toEqual(all);
  await kept.click();
  await page.getByRole("menuitemradio", { name: "of cri-o" }).click();
  await expect.poll(() => names(app)).toEqual(crio);

  await page.getByRole("button", { name: /^(No grouping|By )/ }).click();
  await page.getByRole("menuitemradio", { name: "namespace" }).click();
  await expect(page.locator(".pt-group").first()).toBeVisible();
  await screen(app, "pods-grouped");

  await page.waitForTimeout(700);
  await reload(page);
  await expect(page.locator(".pt-group").first()).toBeVisible();
  await expect.poll(() => names(app)).toEqual(crio);
  await named.click();
  await page.getByRole("menuitem", { name: "Forget “of cri-o”" }).click();
  await expect(kept).toBeVisible();
});

test("rows are walked by keyboard; Enter opens, back finds the same row", async ({ app }) => {
  const { page } = app;
  await openDemo(app);
  const all = await names(app);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator('.pt tr[aria-selected="true"] .c-name')).toHaveText(all[1] ?? "");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: all[1] ?? "", exact: false, level: 1 })).toBeVisible();
  await page.keyboard.press("[");
  await expect(page.locator('.pt tr[aria-selected="true"] .c-name')).toHaveText(all[1] ?? "");

  // Another order comes at once, though the pointer is over the table.
  const first = async () => (await names(app))[0] ?? "";
  await page.locator(".pt .c-name").first().hover();
  const byName = page.getByRole("columnheader", { name: /^pod/ }).getByRole("button").first();
  await byName.click();
  await expect.poll(first).not.toBe(all[0]);

  // A press means the row that was under it, whatever comes there before it is released.
  const box = (await page.locator(".pt .c-name").first().boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  const pressed = await first();
  await page.mouse.down();
  await byName.evaluate((button: HTMLElement) => button.click());
  await expect.poll(first).not.toBe(pressed);
  await page.mouse.up();
  await expect(page.getByRole("heading", { name: pressed, exact: false, level: 1 })).toBeVisible();
});

test("a live refresh moves nothing: order, scroll, selection and focus stay", async ({ app }) => {
  const { page } = app;
  await openDemo(app);
  await page.keyboard.press("End");
  const before = await names(app);
  const selected = await page.locator('.pt tr[aria-selected="true"]').getAttribute("id");
  const taken = () => page.evaluate(() => document.querySelector(".pt .num")?.textContent);
  await taken();
  await page.waitForTimeout(3500);
  expect(await names(app)).toEqual(before);
  expect(await page.locator('.pt tr[aria-selected="true"]').getAttribute("id")).toBe(selected);
  await expect(page.getByRole("grid", { name: "Pods" })).toBeFocused();
});
