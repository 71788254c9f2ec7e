/** Curves of what is kept: large ones on a pod's and a cgroup's page, small ones in rows; by pointer and by keyboard. */
import { expectAccessible } from "../axe.ts";
import { expect, screen, test } from "../fixtures.ts";

test("a pod's and a group's curves are read at any moment, enlarged, told as a table, and lead back to a moment", async ({
  openApp,
}) => {
  const app = await openApp({ width: 1920, height: 1000 });
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(page.getByText("web-pinned").first()).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("button", { name: /^Look back: ([4-9]|\d\d)(\.\d)? s kept/ })).toBeVisible({
    timeout: 30_000,
  });
  await page.getByText("web-pinned").first().click();
  await page.getByRole("tab", { name: "Curves" }).click();
  const curves = page.getByRole("region", { name: "Curves of the pod" });
  const moment = curves.getByRole("slider");
  await expect(curves.getByText("Memory", { exact: true })).toBeVisible();
  await expect(moment).toHaveAttribute("aria-valuetext", /Memory the pod \d.* CPU the pod \d.* Processes the pod \d/);
  // Lines that are drawn, of the pod and of a container in it.
  const drawn = curves.locator(".cv-figure .cv-line:not(.limit)");
  expect(await drawn.count()).toBeGreaterThan(4);
  await expect(drawn.first()).toHaveAttribute("d", /^M[\d.]+ [\d.]+L/);

  await moment.focus();
  await page.keyboard.press("Home");
  await expect(moment).toHaveAttribute("aria-valuenow", "0");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(moment).toHaveAttribute("aria-valuenow", "2");
  await curves.getByRole("button", { name: "Table" }).click();
  const table = curves.getByRole("region", { name: "Curves as a table" });
  await expect(table.getByRole("row").nth(1).getByRole("cell").first()).toContainText(/\d/);
  await expectAccessible(page);
  await screen(app, "curves-pod");

  // A stretch that is drawn over fills the axis; "All of it" gives it back.
  const box = (await moment.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.01, box.y + 40);
  await page.mouse.down();
  // It stays on the axis of the chart that it began over.
  await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await curves.getByRole("button", { name: "All of it" }).click();
  await expect(curves.getByRole("button", { name: "All of it" })).toHaveCount(0);

  await moment.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "As it was at" })).toBeVisible();
  await expect(curves.locator(".cv-cursor").first()).toBeVisible();
  await page.locator("body").press("l");

  await page
    .getByRole("list", { name: "Pages of demo" })
    .getByRole("button", { name: /^Cgroups/ })
    .click();
  const node = page.getByRole("region", { name: "Curves of the node" });
  await expect(node.getByRole("slider")).toHaveAttribute("aria-valuetext", /Memory the node \d/);
  await expect(
    page
      .getByRole("treegrid")
      .getByRole("img", { name: /throughout|between/ })
      .first(),
  ).toBeVisible();
  await screen(app, "curves-cgroups");
});
