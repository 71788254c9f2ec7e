/** Many nodes in one page: worst first, grouped, with sums; one that cannot be reached is a row and holds up nobody. */
import { expectAccessible } from "../axe.ts";
import { expectBoxes } from "../boxes.ts";
import { expect, screen, test } from "../fixtures.ts";

test("every open node has a row, worst first, and a key leads into it", async ({ app }) => {
  const { page } = app;
  for (const target of ["demo", "demo:sick", "ssh://nobody@127.0.0.1:9"]) {
    await page.getByPlaceholder(/root@/).fill(target);
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await expect(page.getByRole("grid", { name: "Pods" }).or(page.getByText(/could not be opened/))).toBeVisible({
      timeout: 20_000,
    });
    if (!target.startsWith("ssh")) await page.getByRole("button", { name: "Add a node" }).click();
  }
  await page.getByRole("list", { name: "Tools" }).getByRole("button", { name: "Fleet" }).click();
  const rows = page.getByRole("table").getByRole("rowheader");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(0)).toContainText("127.0.0.1");
  await expect(page.getByRole("table").getByRole("row").nth(1)).toContainText(/refused|nothing listens/i);
  await expect(rows.nth(1)).toContainText("demo:sick");
  await expect(page.locator(".fleet-foot")).toContainText("2 of 3 nodes were read, 1 not");
  await page.getByRole("group", { name: "Group by" }).getByRole("button", { name: "kernel" }).click();
  await expect(page.getByRole("table")).toContainText("not read");
  for (const theme of ["light", "dark"] as const) {
    await page.keyboard.press("ControlOrMeta+k");
    await page.getByRole("combobox").fill(`theme ${theme}`);
    await page.keyboard.press("Enter");
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    await expectAccessible(page);
    await screen(app, `fleet-${theme}`);
  }
  await expectBoxes(page, "fleet");
  const into = page.getByRole("table").getByRole("button", { name: "demo:sick" });
  await into.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Pages of demo:sick" })).toBeVisible();
});
