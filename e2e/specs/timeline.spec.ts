import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { expectAccessible } from "../axe.ts";
import { expect, openFile, screen, test } from "../fixtures.ts";

const cli = resolve(import.meta.dirname, "../../out/main/cli.js");

test("a recording opens like a node: scrub by keys, play, and put a pod beside itself at two moments", async ({
  app,
}) => {
  const { page } = app;
  const folder = join(app.stateDir, "recordings");
  mkdirSync(folder);
  chmodSync(folder, 0o777); // Electron may run as another user than the test
  const path = join(folder, "demo.podglass");
  const args = [cli, "record", "demo", "-o", path, "--every", "500ms", "--for", "4s"];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 40_000 });
  expect(stderr + String(status)).toMatch(/frames.*0$/s);
  chmodSync(path, 0o644);

  await openFile(app, path);
  const track = page.getByRole("slider", { name: "Moment of the recording" });
  await expect(track).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("web-pinned").first()).toBeVisible();

  await track.focus();
  await page.keyboard.press("Home");
  await expect(track).toHaveAttribute("aria-valuenow", "0");
  await page.getByRole("region", { name: "Recording" }).getByRole("button", { name: "Keep" }).click();
  await track.focus();
  await page.keyboard.press("ArrowRight");
  await expect(track).toHaveAttribute("aria-valuenow", "1");
  await page.keyboard.press("End");
  await expect(track).not.toHaveAttribute("aria-valuenow", "1");
  await screen(app, "timeline");
  await page.getByRole("button", { name: /^with 0:00/ }).click();
  await expect(page.getByRole("region", { name: "What differs" })).toBeVisible();
  await expect(page.getByText(/, at \d\d:\d\d:\d\d/)).toHaveCount(2);

  await track.focus();
  await page.keyboard.press("Home");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(track).not.toHaveAttribute("aria-valuenow", "0");

  const kept = page.getByRole("region", { name: "Recordings and snapshots" });
  await page.getByRole("button", { name: "Add a node" }).click();
  await expect(kept.getByRole("button", { name: /^demo .*moments/ })).toBeVisible();
  await screen(app, "welcome-recordings");
  await kept.getByRole("button", { name: /^demo .*moments/ }).click();
  await expect(track).toBeVisible({ timeout: 20_000 });
  rmSync(path);
  await page.getByRole("button", { name: "Add a node" }).click();
  await expect(kept.getByText("the file is gone")).toBeVisible();
  await kept.getByRole("button", { name: "Forget demo.podglass" }).click();
  await expect(kept).toHaveCount(0);
});

test("a recorded scene is chosen at the start, opens where its trouble begins and steps through its story", async ({
  app,
}) => {
  const { page } = app;
  await page.getByRole("button", { name: "Demo scenes and recordings" }).click();
  const dialog = page.getByRole("dialog", { name: "Demo scenes and recordings" });
  await expect(dialog.getByRole("region", { name: "Played by the demo node" }).getByRole("button")).not.toHaveCount(0);
  await expectAccessible(page);
  await screen(app, "scenes");
  await dialog.getByRole("button", { name: /Two pauses are killed/ }).click();
  const track = page.getByRole("slider", { name: "Moment of the recording" });
  await expect(track).toBeVisible({ timeout: 20_000 });
  const recording = page.getByRole("region", { name: "Recording" });
  await expect(recording).toContainText("pause of web died");
  // The page takes the focus when it is drawn.
  await expect(page.getByRole("grid", { name: "Pods" })).toBeFocused();
  await track.focus();
  await page.keyboard.press("End");
  await expect(recording).toContainText("pod shared gone");
  await page.keyboard.press("PageUp");
  await expect(recording).toContainText("pause of shared died");
  await page.keyboard.press("Home");
  await expect(track).toHaveAttribute("aria-valuenow", "0");
  await expect(page.getByText("hostnet", { exact: true }).first()).toBeVisible();
});
