/** A sick node at 3 a.m.: that it is sick, and where, must be seen without looking for it. */
import { expectAccessible } from "../axe.ts";
import { type App, expect, screen, test } from "../fixtures.ts";

async function openScene({ page }: App, target: string): Promise<void> {
  await page.getByPlaceholder(/root@/).fill(target);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible({ timeout: 20_000 });
}

test("a sick node is seen to be sick: in the side bar, in the title, in the first row", async ({ app, shell }) => {
  const { page } = app;
  await openScene(app, "demo:sick");
  await expect(page).toHaveTitle(/^\(\d+\) demo:sick · Pods · Podglass$/);
  const side = page.getByRole("navigation", { name: "Nodes and pages" });
  await expect(side.getByRole("img", { name: /^\d+ critical$/ })).toBeVisible();
  await expect(side.getByRole("button", { name: /^Findings critical/ })).toBeVisible();
  const grid = page.getByRole("grid", { name: "Pods" });
  await expect(
    grid
      .locator("tbody tr")
      .first()
      .getByRole("img", { name: /finding/ }),
  ).toHaveClass(/bad/);
  const head = grid.getByRole("columnheader").first().getByRole("button");
  expect((await head.boundingBox())?.width).toBeGreaterThanOrEqual(24);
  await expect(grid.getByRole("columnheader").first()).toHaveAttribute("aria-sort", "descending");
  await head.click();
  await expect(grid.getByRole("columnheader").first()).not.toHaveAttribute("aria-sort", "descending");
  await expectAccessible(page);
  await screen(app, "sick-pods");
  if (shell !== "browser") return;
  // A page that comes late leaves the focus where a person has put it meanwhile.
  await page.route("**/findings-*.js", async (route) => {
    await new Promise((late) => setTimeout(late, 400));
    await route.continue();
  });
  await page.keyboard.press("4");
  const search = page.getByRole("button", { name: /^Find pod/ });
  await search.focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("listbox", { name: /^Findings/ })).toBeVisible();
  await expect(search).toBeFocused();
});

test("a replay of an OOM kill opens at the kill, which is critical and first", async ({ app }) => {
  const { page } = app;
  await openScene(app, "demo:oom");
  await page
    .getByRole("button", { name: /^Findings/ })
    .first()
    .click();
  const list = page.getByRole("listbox", { name: /Findings/ });
  await expect(list.getByRole("option").first()).toContainText("OOM kill");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/need/);
  await screen(app, "oom-findings");
});

test("findings: one row for what is one, commands to copy, Markdown for the channel, a rule that is expected is muted", async ({
  app,
}) => {
  const { page, shell } = app;
  await openScene(app, "demo:sick");
  await page.keyboard.press("4");
  const list = page.getByRole("listbox", { name: /Findings/ });
  await expect(list).toBeFocused();
  // Findings come while the node lives: both are read until they are of one reading.
  await expect(async () => {
    const all = /\d+$/.exec((await page.getByRole("button", { name: /^all \d+$/ }).textContent()) ?? "")?.[0];
    expect(await page.getByRole("button", { name: /^Findings critical/ }).textContent()).toMatch(
      new RegExp(`\\D${all}$`),
    );
  }).toPass();
  // Not innerText: a row below the fold is not drawn, and has none.
  const rows = await list.getByRole("option").allTextContents();
  expect(new Set(rows).size, "no two rows read alike").toBe(rows.length);
  await expect(page.getByRole("article")).toContainText("The sandbox is dead");
  const hand = page.getByRole("region", { name: "By hand" });
  await expect(hand.getByRole("button", { name: /^kubectl -n shop delete pod orphaned$/ })).toBeVisible();
  await expectAccessible(page);
  await screen(app, "sick-findings");
  if (shell === "browser") {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toMatch(/^\*\*critical: The sandbox is dead/);
    expect(text).toContain("kubectl -n shop delete pod orphaned");
  }
  await page.getByRole("button", { name: "Mute this rule" }).click();
  await expect(list.getByRole("option").filter({ hasText: "The sandbox is dead" })).toHaveCount(0);
  await page.getByRole("button", { name: "1 muted" }).click();
  await page.getByRole("button", { name: "Unmute this rule" }).click();
  await page.getByRole("button", { name: /^Show all/ }).click();
  await page.getByRole("searchbox", { name: "Filter findings" }).fill("Stalled by disk");
  await expect(list.getByRole("option")).toHaveCount(1);
});

test("a recording says that it runs, for how long, and where it is when it ends", async ({ app }) => {
  const { page } = app;
  await openScene(app, "demo:sick");
  await page.locator(".top button.pill").last().click();
  await page.getByRole("menuitem", { name: "Record", exact: true }).click();
  const running = page.getByRole("button", { name: "Stop recording" });
  await expect(running).toContainText(/Rec 0:0[2-9]/, { timeout: 20_000 });
  await screen(app, "recording");
  await running.click();
  await expect(running).toHaveCount(0);
  const notice = page.getByRole("log", { name: "Messages" });
  await expect(notice).toContainText(/Recorded \d+ readings, .*podglass/);
  await notice.getByRole("button", { name: "Open it" }).click();
  await expect(page.getByRole("slider", { name: "Moment of the recording" })).toBeVisible({ timeout: 20_000 });
});
