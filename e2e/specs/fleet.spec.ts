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

test("many nodes come from lines, wrong ones are said, and their pods and findings stand together", async ({ app }) => {
  const { page } = app;
  await page.getByPlaceholder(/root@/).fill("demo");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible({ timeout: 20_000 });
  await page.getByRole("list", { name: "Tools" }).getByRole("button", { name: "Fleet" }).click();
  await page.getByRole("button", { name: "Add nodes" }).click();
  const dialog = page.getByRole("dialog", { name: "Add nodes" });
  // The field has the focus: a keyboard alone is enough.
  await page.keyboard.insertText(
    "demo:sick # the sick one\ndemo:qos\nno-such-alias-*\nkubectl:No_Node\nssh://nobody@127.0.0.1:9",
  );
  await dialog.getByLabel(/Remember as a group/).fill("edge");
  await expectAccessible(page);
  await screen(app, "fleet-add");
  await dialog.getByRole("button", { name: "Open 5 lines" }).click();
  await expect(dialog.getByText("2 lines were not opened")).toBeVisible({ timeout: 20_000 });
  await expect(dialog).toContainText("no-such-alias-*: No alias of");
  await expect(dialog).toContainText('kubectl:No_Node: "No_Node" is not a node\'s name');
  await expect(dialog.getByRole("button", { name: "Open edge" })).toBeVisible();
  await page.keyboard.press("Escape");

  const table = page.getByRole("table");
  await expect(table.getByRole("rowheader")).toHaveCount(4);
  await expect(page.locator(".fleet-foot")).toContainText("3 of 4 nodes were read, 1 not", { timeout: 20_000 });
  await expect(table.getByRole("row", { name: /demo:qos/ })).toContainText("at rest");
  await page.getByRole("group", { name: "Group by" }).getByRole("button", { name: "group", exact: true }).click();
  await expect(table).toContainText("in no group");

  await page.getByRole("group", { name: "Show" }).getByRole("button", { name: "pods" }).click();
  const pods = page.getByRole("grid", { name: "Pods" });
  await expect(pods.getByRole("columnheader", { name: "node" })).toBeVisible();
  await page.getByRole("button", { name: "Node", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: /demo:qos/ }).click();
  await page.keyboard.press("Escape");
  await expect(pods).not.toContainText("demo:sick");
  await expectAccessible(page);
  await screen(app, "fleet-pods");
  await page.getByRole("group", { name: "Show" }).getByRole("button", { name: "findings" }).click();
  await page.getByRole("searchbox", { name: "Filter findings" }).fill("demo:sick");
  const found = page.getByRole("list", { name: "Findings of all nodes" });
  await expect(found.getByRole("listitem").first()).toContainText("demo:sick");
  await expectAccessible(page);
  await screen(app, "fleet-findings");
  // A node at rest is live within a second of being opened, at the finding that was chosen.
  await found.getByRole("button").first().click();
  await expect(page.getByRole("list", { name: "Pages of demo:sick" })).toBeVisible();
});
