import { expectAccessible } from "../axe.ts";
import { expect, screen, test } from "../fixtures.ts";

test("wires of a node: arrows walk them, words tell each from the pod to the way out, Enter opens its pod; and as a table", async ({
  app,
}) => {
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(page.getByText("web-pinned").first()).toBeVisible();
  await page
    .getByRole("button", { name: /^Wires/ })
    .first()
    .click();
  const plane = page.getByRole("listbox", { name: /^Wires of/ });
  await plane.focus();
  await page.keyboard.press("ArrowDown");
  const active = page.locator("#wire-active");
  await expect(active).toContainText(/: eth0 in the pod, 10\.\S+; veth\w+ outside; on cni\d; out by eth0/);
  const first = await active.innerText();
  await page.keyboard.press("ArrowRight");
  await expect(active).not.toHaveText(first);
  const name = (await active.innerText()).split(":")[0]!;
  await expectAccessible(page);
  await screen(app, "wires-selected");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name, exact: true }).getByRole("heading", { level: 1 })).toContainText(name);
  await page.goBack();
  await page.getByRole("button", { name: "table", exact: true }).click();
  const row = page.getByRole("row", { name: new RegExp(`^${name} `) });
  await expect(row).toContainText("veth");
  await expectAccessible(page);
  await screen(app, "wires-table");
  await row.getByRole("button", { name }).click();
  await expect(page.getByRole("region", { name, exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "Network" }).click();
  await expect(page.getByRole("heading", { name: "Listening" })).toBeVisible();
});
