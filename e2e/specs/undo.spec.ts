/** What was done is undone by a click, and the node says so itself: read anew, not remembered. */
import type { Page } from "@playwright/test";
import { expectAccessible } from "../axe.ts";
import { expect, screen, test } from "../fixtures.ts";

/** Reads the node again, and gives what can be done with the open pod: that follows from its sandbox and its pins. */
async function offered(page: Page): Promise<string[]> {
  await page.keyboard.press("r");
  const buttons = await page.locator(".pod-acts").getByRole("button").allInnerTexts();
  return buttons.filter((words) => /^(Pin|Unpin|Drop pause…|Restore…)$/.test(words));
}

test("pin, drop, undo in the dialog; then undo of the pin in the journal", async ({ app }) => {
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await page.locator(".pt .c-name").getByText("web", { exact: true }).click();
  await expect.poll(() => offered(page)).toEqual(["Pin", "Drop pause…"]);

  await page.getByRole("button", { name: "Pin", exact: true }).click();
  const pin = page.getByRole("dialog", { name: /^Pin/ });
  await pin.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(pin.getByText("Done.")).toBeVisible({ timeout: 20_000 });
  await pin.getByRole("button", { name: "Close" }).last().click();
  await expect.poll(() => offered(page)).toEqual(["Unpin", "Drop pause…"]);
  await expect(page.getByText(/net, ipc and uts are also pinned/).first()).toBeVisible();

  await page.getByRole("button", { name: "Drop pause…" }).click();
  const drop = page.getByRole("dialog", { name: /^Drop pause of web/ });
  await drop.getByRole("button", { name: "Drop pause" }).click();
  await expect(drop.getByText("Done.")).toBeVisible({ timeout: 20_000 });
  await expect(page.locator(".rails .beam.ghost").first()).toBeVisible();
  await drop.getByRole("button", { name: "Undo" }).click();
  await expect(drop.getByText("At work…")).toHaveCount(0, { timeout: 20_000 });
  await expect(drop.getByText("Done.")).toBeVisible({ timeout: 20_000 });
  await screen(app, "drop-undone");
  await drop.getByRole("button", { name: "Close" }).last().click();
  await expect.poll(() => offered(page)).toEqual(["Unpin", "Drop pause…"]);

  await page.getByRole("button", { name: /^Journal/ }).click();
  await expect(page.getByRole("heading", { name: "Journal" })).toBeVisible();
  await screen(app, "journal");
  const pinned = page.locator(".jr-entry").filter({ has: page.locator("b", { hasText: /^pin / }) });
  await pinned.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone.")).toBeVisible({ timeout: 20_000 });
  await expectAccessible(page);
  await screen(app, "journal-undone");
  await pinned.getByRole("button", { name: "Open" }).click();
  await expect.poll(() => offered(page)).toEqual(["Pin", "Drop pause…"]);
});
