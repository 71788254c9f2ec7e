import { expectAccessible } from "../axe.ts";
import { type App, expect, screen, test } from "../fixtures.ts";

const SIZES = [
  { width: 1280, height: 800, shell: "@browser" },
  { width: 1920, height: 1080, shell: "@desktop" },
];

/** Chooses through the palette, as a person does; works in both shells. */
async function choose(app: App, words: string): Promise<void> {
  await app.page.keyboard.press("Control+k");
  await app.page.keyboard.type(words);
  await app.page.keyboard.press("Enter");
  await expect(app.page.getByRole("dialog")).toHaveCount(0);
}

for (const { shell, ...size } of SIZES) {
  test(`every page of a node at ${size.width}, light, dark and high contrast, is whole and accessible ${shell}`, async ({
    openApp,
  }) => {
    test.setTimeout(180_000);
    const app = await openApp(size);
    const { page } = app;
    await page.getByRole("button", { name: /^Demo node/ }).click();
    await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible();
    const pages = page.getByRole("list", { name: "Pages of demo" }).getByRole("button");
    const everywhere = page.getByRole("list", { name: "Tools" }).getByRole("button");
    for (const look of ["light", "dark", "more"] as const) {
      if (look === "more") await choose(app, "contrast more");
      else await choose(app, `theme ${look}`);
      const stops = [...(await pages.all()), ...(await everywhere.all())];
      for (const stop of stops) {
        const name = (await stop.innerText()).replace(/[^A-Za-z]+/g, "").toLowerCase();
        await stop.click();
        await expect(stop).toHaveAttribute("aria-current", "page");
        await page.waitForTimeout(400);
        await expect(page.locator("body")).not.toContainText(/undefined|NaN|\[object/);
        await screen(app, `${name}-${look}-${size.width}`);
        if (size.width === 1280) await expectAccessible(page);
      }
      await choose(app, "debug shop");
      await expect(page.locator("svg.rails").first()).toBeVisible();
      await screen(app, `pod-${look}-${size.width}`);
      await expectAccessible(page);
    }
  });
}
