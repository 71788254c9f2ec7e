/** What was asked of which node, for who looks later or writes a bug report. */
import { expectAccessible } from "../axe.ts";
import { expectBoxes } from "../boxes.ts";
import { expect, screen, test } from "../fixtures.ts";

test("the log tells each script and reading, and why a node could not be reached, and filters both", async ({
  app,
}) => {
  const { page } = app;
  const open = async (target: string) => {
    await page.getByPlaceholder(/root@/).fill(target);
    await page.getByRole("button", { name: "Open", exact: true }).click();
  };
  await open("demo");
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible({ timeout: 20_000 });
  await page.getByRole("button", { name: "Add a node" }).click();
  await open("ssh://nobody@127.0.0.1:9");
  await expect(page.getByText(/127\.0\.0\.1.*(refused|nothing listens)/i).first()).toBeVisible({ timeout: 20_000 });
  await page.getByRole("list", { name: "Tools" }).getByRole("button", { name: "Log" }).click();
  const rows = page.getByRole("table").getByRole("row");
  await expect(rows.filter({ hasText: "a quick reading" }).first()).toContainText(/×\d+, \d+ ms/, { timeout: 20_000 });
  await expect(rows.filter({ hasText: /probe/ }).first()).toBeVisible();
  await expectAccessible(page);
  await expectBoxes(page, "log");
  await screen(app, "log");
  await page.getByRole("group", { name: "Lines" }).getByRole("button", { name: "failures" }).click();
  await expect(rows.filter({ hasText: "a quick reading" })).toHaveCount(0);
  await expect(rows.filter({ hasText: "127.0.0.1" }).first()).toContainText("failed");
  await page.getByRole("searchbox", { name: "Filter the log" }).fill("nothing has this");
  await expect(page.getByText("No line matches")).toBeVisible();
});
