/** A sick node at 3 a.m.: that it is sick, and where, must be seen without looking for it. */
import { expectAccessible } from "../axe.ts";
import { type App, expect, screen, test } from "../fixtures.ts";

async function openScene({ page }: App, target: string): Promise<void> {
  await page.getByPlaceholder(/root@/).fill(target);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible({ timeout: 20_000 });
}

test("a sick node is seen to be sick: in the side bar, in the title, in the first row", async ({ app }) => {
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
