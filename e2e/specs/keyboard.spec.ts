/** Two of the guide's jobs with no mouse at all; the third, a lesson, is in lessons.spec.ts. */
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";

/** Walks on with Tab as a person does. Fails where the focus does not come by within 80 steps. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible({ timeout: 20_000 });
  for (let steps = 0; steps < 80; steps++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(target).toBeFocused();
}

const press = async (page: Page, target: Locator): Promise<void> => {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
};

test("a sick node without a mouse: from its address to what is wrong, a command, and the pod @desktop", async ({
  openApp,
}) => {
  const { page } = await openApp();
  const address = page.getByPlaceholder(/root@/);
  await tabTo(page, address);
  await page.keyboard.type("demo:sick");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press("4");
  const list = page.getByRole("listbox", { name: /^Findings/ });
  await expect(list).toBeFocused();
  await expect(list.getByRole("option", { selected: true })).toHaveCount(1);
  const copy = page.getByRole("button", { name: /^Copy/ }).first();
  await press(page, copy);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("hungry");
  await expect(page.getByRole("dialog").getByRole("option", { selected: true })).toContainText("hungry");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /hungry/ })).toBeVisible();
  await page.keyboard.press("[");
  await expect(list).toBeFocused();
});

test("a pod without pause without a mouse: pinned, dropped, undone @browser", async ({ openApp }) => {
  const { page } = await openApp();
  await press(page, page.getByRole("button", { name: /^Demo node/ }));
  await expect(page.getByRole("grid", { name: "Pods" })).toBeFocused();
  await page.keyboard.press("/");
  await page.keyboard.type("web");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  const acts = page.locator(".pod-acts");
  await press(page, acts.getByRole("button", { name: "Pin", exact: true }));
  const pin = page.getByRole("dialog", { name: /^Pin/ });
  await press(page, pin.getByRole("button", { name: "Pin", exact: true }));
  await expect(pin.getByText("Done.")).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press("Escape");
  await expect(pin).toHaveCount(0);
  // The dialog gives the focus back to where it came from, or beside it.
  const from = await page.evaluate(() => document.activeElement?.tagName);
  expect(from).not.toBe("BODY");
  await press(page, acts.getByRole("button", { name: "Drop pause…" }));
  const drop = page.getByRole("dialog", { name: /^Drop pause of web/ });
  await press(page, drop.getByRole("button", { name: "Drop pause" }));
  await expect(drop.getByText("Done.")).toBeVisible({ timeout: 20_000 });
  await press(page, drop.getByRole("button", { name: "Undo" }));
  await expect(drop.getByText("At work…")).toHaveCount(0, { timeout: 20_000 });
  await expect(drop.getByText("Done.")).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press("Escape");
  await expect(acts.getByRole("button", { name: "Drop pause…" })).toBeVisible();
});
