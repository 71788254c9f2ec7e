import { expectAccessible } from "../axe.ts";
import { expectBoxes } from "../boxes.ts";
import { expect, reload, screen, test } from "../fixtures.ts";

test("settings: theme and text size take effect at once and stay, and the page says what this program is", async ({
  app,
}) => {
  const { page } = app;
  await page.getByPlaceholder(/root@/).fill("demo:sick");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible({ timeout: 20_000 });
  await page.getByRole("list", { name: "Tools" }).getByRole("button", { name: "Settings" }).click();
  await expect(page.getByText(/^Podglass \d+\.\d+\.\d+/)).toBeVisible();
  await expect(page.getByText("no telemetry", { exact: false })).toBeVisible();
  const rem = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  const before = await rem();
  await page.getByRole("group", { name: "Text size" }).getByRole("button", { name: "large", exact: true }).click();
  expect(await rem()).toBeCloseTo(before * 1.15, 1);
  await page.getByRole("group", { name: "Refresh" }).getByRole("button", { name: "30 s" }).click();
  await page.getByRole("group", { name: "Read-only" }).getByRole("button", { name: "on" }).click();
  await page.getByRole("group", { name: "Kept for" }).getByRole("button", { name: "15 min" }).click();
  await page.getByRole("group", { name: "Theme" }).getByRole("button", { name: "dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("group", { name: "First page" }).getByRole("button", { name: "findings" }).click();
  await page.getByRole("button", { name: "Packages and licences" }).click();
  const inside = page.getByRole("list", { name: "Packages inside" });
  await inside.getByText("react-dom", { exact: true }).click();
  await expect(inside.getByText("Permission is hereby granted").filter({ visible: true })).toContainText("Meta");
  await expectBoxes(page, "the licences");
  await screen(app, "licences");
  await page.keyboard.press("Escape");
  await expect(page.getByText(app.stateDir)).toBeVisible();
  await expectAccessible(page);
  await expectBoxes(page, "settings");
  await screen(app, "settings");
  await page.waitForTimeout(700);
  await reload(page);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect.poll(rem).toBeCloseTo(before * 1.15, 1);
  await expect(page.getByRole("group", { name: "Kept for" }).getByRole("button", { name: "15 min" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await page.getByRole("button", { name: "Add a node" }).click();
  await page.getByPlaceholder(/root@/).fill("demo");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByText("live, 30 s")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("heading", { level: 1, name: /on demo$/ })).toBeVisible();
  // Large text leaves no room for it on screen; it is there all the same.
  await expect(page.getByTitle("The rights with which this node is read")).toContainText("read-only");
  await page.getByRole("list", { name: "Tools" }).getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Reset settings" }).click();
  await expect.poll(rem).toBeCloseTo(before, 1);
});

test("the palette finds a finding and leads to it", async ({ app }) => {
  const { page } = app;
  await page.getByPlaceholder(/root@/).fill("demo:sick");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox").fill("sandbox is dead");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article")).toContainText("The sandbox is dead");
});
