/** A live node's last hour at the foot of its window: go back, everything is as it was; one key comes back. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expectAccessible } from "../axe.ts";
import { expect, screen, test } from "../fixtures.ts";

test("any second that is kept can be looked at, nothing is changed there, L comes back, and a stretch is saved", async ({
  app,
}) => {
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(page.getByText("web-pinned").first()).toBeVisible({ timeout: 20_000 });
  const folded = page.getByRole("region", { name: "History" });
  await expect(folded.getByRole("button", { name: /^Look back: ([4-9]|\d\d)(\.\d)? s kept/ })).toBeVisible({
    timeout: 30_000,
  });
  await screen(app, "history-folded");
  await folded.getByRole("button", { name: /^Look back/ }).click();
  const track = page.getByRole("slider", { name: "Moment of the history" });
  await expect(track).toBeVisible();
  await expect(page.getByText(/^As it was at/)).toHaveCount(0);
  await track.focus();
  await page.keyboard.press("Home");
  const mark = page.getByRole("status").filter({ hasText: "As it was at" });
  await expect(mark).toContainText(/As it was at \d\d:\d\d:\d\d by the node's clock, .* ago/);
  await expect(track).toHaveAttribute("aria-valuenow", "0");
  await page.keyboard.press("ArrowRight");
  await expect(track).toHaveAttribute("aria-valuenow", "1");
  await expectAccessible(page);
  await screen(app, "history-past");

  // Everything follows: the table, and a pod's page, where nothing can be done now.
  await page.getByText("web-pinned").first().click();
  await expect(page.getByRole("heading", { name: "web-pinned" })).toBeVisible();
  await expect(mark).toBeVisible();
  await expect(page.getByRole("button", { name: /^(Unpin|Restore)/ }).and(page.locator(":enabled"))).toHaveCount(0);

  await page.getByRole("button", { name: "Save…" }).click();
  await page.getByRole("menuitem", { name: "From this moment to now, redacted" }).click();
  await expect(page.getByText(/moments? saved to .*-node\.podglass/)).toBeVisible({ timeout: 15_000 });
  expect(readdirSync(join(app.stateDir, "recordings"))).toHaveLength(1);

  await page.locator("body").press("l");
  await expect(mark).toHaveCount(0);
  await page.getByRole("button", { name: "Fold the history" }).click();
  await expect(track).toHaveCount(0);
});
