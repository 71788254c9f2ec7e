import { expect, screen } from "../fixtures.ts";
import { openLive, liveTest as test } from "../live.ts";

test("from the start to a pod of the demo node", async ({ app }) => {
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await expect(page.getByText("web-pinned").first()).toBeVisible();
  await screen(app, "demo-pods");
  await page.getByText("web-pinned").first().click();
  await expect(page.getByRole("heading", { name: "web-pinned" })).toBeVisible();
  await expect(page.getByText(/CRI-O dropped/).first()).toBeVisible();
  await screen(app, "demo-pod");
});

test("from the start to a pod of a live node over ssh", async ({ app, live }) => {
  const { page } = app;
  // The first spec that goes there: the key was never seen.
  expect(await openLive(page, live)).toEqual({ keyAsked: true });
  // A pod without infra has its id for a name until the slow tier has asked podman.
  const nameless = new RegExp(`^(?:${live.podman.none}|${live.podman.noneName})$`);
  const filter = page.getByPlaceholder("Filter");
  for (const name of [live.podman.pause, live.podman.shared, live.containerd.web, live.containerd.hostnet]) {
    // The table draws the rows in sight alone; the machine may have many pods besides.
    await filter.fill(name);
    await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
  }
  await filter.fill(live.podman.none);
  await expect(page.getByText(nameless).first()).toBeVisible();
  await filter.fill("");
  await screen(app, "live-pods");
  await filter.fill(live.containerd.web);
  await page.getByText(live.containerd.web, { exact: true }).first().click();
  await expect(page.getByRole("heading", { name: live.containerd.web })).toBeVisible();
  await expect(page.getByText("sidecar").first()).toBeVisible();
  await screen(app, "live-pod");
  expect(app.words()).not.toContain(live.user.password);
});

test("a node that cannot be reached says why, and the window stays whole", async ({ app }) => {
  const { page } = app;
  await page.getByPlaceholder(/root@/).fill("root@127.0.0.1:1");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByText(/refused/).first()).toBeVisible();
  await screen(app, "refused");
});
