import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "@playwright/test";
import { expectAccessible } from "../axe.ts";
import { type App, expect, reload, screen, test } from "../fixtures.ts";

async function openDemo({ page }: App): Promise<void> {
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible();
}

const now = async (edge: Locator): Promise<number> => Number(await edge.getAttribute("aria-valuenow"));

test("edges of panels are moved by mouse and by keyboard, remembered, and given back", async ({ app }) => {
  const { page } = app;
  await openDemo(app);
  await page.locator(".pt .c-name").getByText("web", { exact: true }).click();
  const edge = page.getByRole("separator", { name: "Width of cgroups and processes" });
  const cgroups = page.getByRole("region", { name: "Cgroups" });
  // Told as soon as the panes have their size.
  await expect.poll(() => now(edge)).toBeGreaterThan(30);
  const usual = await now(edge);
  const before = (await cgroups.boundingBox())?.width ?? 0;
  const box = await edge.boundingBox();
  if (!box) throw new Error("the edge is not on the screen");
  await page.mouse.move(box.x + box.width / 2, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x - 100, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await cgroups.boundingBox())?.width).toBeGreaterThan(before + 80);
  const dragged = await now(edge);
  expect(dragged).toBeGreaterThan(usual);
  await edge.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => now(edge)).toBe(dragged - 2);
  await page.keyboard.press("End");
  await expect.poll(() => now(edge)).toBe(65);
  await page.keyboard.press("Home");
  await expect.poll(() => now(edge)).toBe(26);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => now(edge)).toBe(28);
  const level = page.getByRole("separator", { name: "Height of who shares what" });
  await level.focus();
  const height = await now(level);
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => now(level)).toBe(height + 2);
  await screen(app, "sizes");
  await expectAccessible(page);
  // Written a moment after it was chosen; a new start finds it.
  const file = join(app.stateDir, "settings.json");
  const kept = () => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8"))["size.pod.right"] : undefined);
  await expect.poll(kept).toBeCloseTo(28, 0);
  await reload(page);
  await expect.poll(() => now(edge)).toBe(28);
  await edge.dblclick();
  await expect.poll(() => now(edge)).toBe(usual);
});

test("the panels beside the picture, the cgroups and the findings have an edge too", async ({ app }) => {
  const { page } = app;
  await openDemo(app);
  const pages = page.getByRole("list", { name: "Pages of demo" });
  for (const [name, label] of [
    ["Picture", "Width of what is selected"],
    ["Cgroups", "Width of the selected cgroup"],
    ["Findings", "Width of the list"],
  ] as const) {
    await pages.getByRole("button", { name }).click();
    if (name === "Cgroups") await page.getByRole("treegrid").getByRole("row").nth(2).click();
    const edge = page.getByRole("separator", { name: label });
    const was = await now(edge);
    await edge.focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => now(edge)).not.toBe(was);
    await screen(app, `sizes-${name.toLowerCase()}`);
  }
});
