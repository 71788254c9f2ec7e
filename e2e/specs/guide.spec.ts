/**
 * The pictures of the guide and of the README, each where the guide says it is. They are drawn in every run, so a step that no
 * longer works fails here; PODGLASS_PICTURES=docs puts them where the pages show them from.
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type App, expect, test } from "../fixtures.ts";

const root = resolve(import.meta.dirname, "../..");
const KEPT = process.env.PODGLASS_PICTURES === "docs";

async function picture({ page }: App, name: string): Promise<void> {
  const folder = join(root, KEPT ? "docs/guide/pictures" : "e2e/screens/guide");
  mkdirSync(folder, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
}

async function openNode({ page }: App, target: string): Promise<void> {
  await page.getByPlaceholder(/root@/).fill(target);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible();
}

test("a node is sick: the worst pods first, then what was found @browser", async ({ app }) => {
  const { page } = app;
  await openNode(app, "demo:sick");
  await picture(app, "sick-pods");
  await page
    .getByRole("button", { name: /^Findings/ })
    .first()
    .click();
  await expect(page.getByRole("listbox", { name: /Findings/ })).toBeVisible();
  await picture(app, "sick-findings");
});

test("with pause and without: a pod, and what if its pause went @browser", async ({ app }) => {
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await page.locator(".pt .c-name").getByText("web", { exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^web / })).toBeVisible();
  await expect(page.locator("svg.rails")).toBeVisible();
  await picture(app, "pod");
  await page.getByRole("region", { name: "What if" }).getByRole("button", { name: "pause" }).click();
  await expect(page.getByText(/When pause of web/)).toBeVisible();
  await picture(app, "what-if");
});

test("a lesson, after its first step @browser", async ({ app }) => {
  const { page } = app;
  await page
    .getByRole("button", { name: /^Lessons/ })
    .first()
    .click();
  await page.getByRole("button", { name: /Who is pause/ }).click();
  await page.getByRole("button", { name: "Make pod keeper" }).click();
  await expect(page.getByRole("list", { name: "What the node shows" })).toContainText("its sandbox process lives");
  await expect(page.locator("svg.rails")).toBeVisible();
  await picture(app, "lesson");
});
