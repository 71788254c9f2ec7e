import { expectAccessible } from "../axe.ts";
import { expect, reload, screen, test } from "../fixtures.ts";

test("the start offers the demo first, and Enter takes it", async ({ app }) => {
  const { page } = app;
  await expect(page.getByRole("heading", { name: "See what holds a pod together." })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Demo node/ })).toBeFocused();
  await expectAccessible(page);
  await screen(app, "welcome");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible();
});

test("several nodes stay open side by side, and Escape leads back from the start", async ({ app }) => {
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible();
  await page.getByRole("button", { name: "Add a node" }).click();
  await page.getByPlaceholder(/root@/).fill("root@127.0.0.1:1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /could not be opened/ })).toBeVisible();
  await expect(page.getByText("ssh -p 1 root@127.0.0.1")).toBeVisible();
  await expectAccessible(page);
  await screen(app, "refused");
  const nodes = page.getByRole("navigation", { name: "Nodes and pages" });
  await expect(nodes.getByRole("button", { name: /demo/ })).toBeVisible();
  await page.keyboard.press("n");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "Pods" })).toBeVisible();
});

test("keys and signs have a sheet, and the palette finds pods, pids and inodes", async ({ app }) => {
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys and signs" })).toBeVisible();
  await expectAccessible(page);
  await screen(app, "help");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("web-pin");
  await expect(page.getByRole("option", { name: /web-pinned/ }).first()).toBeVisible();
  await expectAccessible(page);
  await screen(app, "palette");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "web-pinned" })).toBeVisible();

  const inode = (await page.locator(".mx-cell.shared").first().getAttribute("title")) ?? "";
  await page.keyboard.press("Control+k");
  await page.keyboard.type(/\d+/.exec(inode)?.[0] ?? "");
  await expect(page.getByRole("option", { name: inode })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "web-pinned" })).toBeVisible();
});

test("a theme that was chosen stays after a reload, and so do the nodes that are open", async ({ app }) => {
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("theme dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.waitForTimeout(700);
  await reload(page);
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
