/** What happened on a node since it was opened, and the way to the moments before and after. */
import { expectAccessible } from "../axe.ts";
import { expectBoxes } from "../boxes.ts";
import { expect, screen, test } from "../fixtures.ts";

test("a pin is told as it happens, filtered by kind, and opens the node before it and the pod before and after", async ({
  app,
}) => {
  test.setTimeout(120_000);
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  const pages = page.getByRole("list", { name: /^Pages of/ });
  await pages.getByRole("button", { name: "Events" }).click();
  await expect(page.getByText("Nothing has happened yet")).toBeVisible({ timeout: 20_000 });
  // Something must be kept of before.
  await expect(page.getByRole("button", { name: /^Look back: ([4-9]|\d\d)(\.\d)? s kept/ })).toBeVisible({
    timeout: 30_000,
  });

  await pages.getByRole("button", { name: /^Pods/ }).click();
  await page.locator(".pt .c-name").getByText("web", { exact: true }).click();
  await page.getByRole("button", { name: "Pin", exact: true }).click();
  const pin = page.getByRole("dialog", { name: /^Pin/ });
  await pin.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(pin.getByText("Done.")).toBeVisible({ timeout: 20_000 });
  await pin.getByRole("button", { name: "Close" }).last().click();

  await pages.getByRole("button", { name: "Events" }).click();
  const rows = page.getByRole("list", { name: "Events, newest first" }).getByRole("listitem");
  const pinned = rows.filter({ hasText: /pin/ }).first();
  await expect(pinned).toBeVisible({ timeout: 20_000 });
  await expectAccessible(page);
  await expectBoxes(page, "events");
  await screen(app, "events");
  await page.getByRole("group", { name: "Kinds" }).getByRole("button", { name: "limits" }).click();
  await expect(page.getByText("No event matches")).toBeVisible();
  await page.getByRole("group", { name: "Kinds" }).getByRole("button", { name: "pins" }).click();

  await pinned.getByRole("button", { name: "Before and after" }).click();
  const table = page.getByRole("region", { name: "What differs" });
  await expect(table.getByRole("row", { name: /pin/ }).first()).toBeVisible({ timeout: 20_000 });
  await screen(app, "events-compare");
  await page.goBack();
  await pinned.getByRole("button", { name: "See before" }).click();
  await expect(page.getByRole("status").filter({ hasText: "As it was at" })).toBeVisible();
  await page.locator("body").press("l");
  await expect(page.getByText(/^As it was at/)).toHaveCount(0);
});
