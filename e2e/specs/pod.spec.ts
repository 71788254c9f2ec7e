import { expectAccessible } from "../axe.ts";
import { type App, expect, screen, test } from "../fixtures.ts";

async function openPod(app: App, name: string): Promise<void> {
  const { page } = app;
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await page.locator(".pt .c-name").getByText(name, { exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.locator("svg.rails")).toBeVisible();
}

test("what if: the picture and the words tell the same of pause, a pin and a container", async ({ app }) => {
  const { page } = app;
  await openPod(app, "debug");
  await expectAccessible(page);
  await screen(app, "pod-shared-pid");
  const ask = page.getByRole("region", { name: "What if" });
  await ask.getByRole("button", { name: "pause" }).click();
  await expect(page.getByText(/^When pause of debug/)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Dies with it" })).toBeVisible();
  await expect(page.locator(".rails .g.dies").first()).toBeVisible();
  await expect(page.locator(".rails .row.bad").first()).toContainText("ends");
  await expectAccessible(page);
  await screen(app, "what-if");
  await page.keyboard.press("Escape");
  await expect(page.getByText(/^When pause of debug/)).toHaveCount(0);
  await expect(page.getByRole("table").filter({ hasText: "without pause" })).toBeVisible();
  await page.keyboard.press("w");
  await expect(ask.getByRole("button", { pressed: true })).toHaveText("pause");
});

test("the matrix says what the picture draws", async ({ app }) => {
  const { page } = app;
  await openPod(app, "web");
  const drawn = await page.locator(".rails .bead").count();
  const written = await page.locator(".mx-cell").count();
  expect(written).toBe(drawn);
  const held = page.getByRole("row", { name: /^held by/ });
  await expect(held.getByRole("img", { name: "pause" }).first()).toBeVisible();
  for (const tab of ["Walls", "OCI config", "Network"]) {
    await page.getByRole("tab", { name: tab }).click();
    await expect(page.getByRole("tab", { name: tab })).toHaveAttribute("aria-selected", "true");
    await expectAccessible(page);
    if (tab !== "Walls") continue;
    await page.getByLabel("namespace", { exact: true }).selectOption({ label: "net, the node's own" });
    await expect(page.getByRole("row", { name: /^enter it could not enter: it lacks CAP_SYS_ADMIN/ })).toBeVisible();
    await expect(page.getByRole("row", { name: /^\d+ root inside is root on the node/ })).toBeVisible();
  }
  await page.getByRole("tab", { name: "Network" }).press("ArrowLeft");
  await expect(page.getByRole("tab", { name: "Mounts" })).toBeFocused();
});

test("mounts and sysctls are read when one looks: what the pod shares beside namespaces, and where it differs @desktop", async ({
  app,
}) => {
  const { page } = app;
  await openPod(app, "web");
  await page.getByRole("tab", { name: "Mounts" }).click();
  const shm = page.getByRole("tabpanel", { name: "mounts" }).getByRole("row", { name: /^\/dev\/shm/ });
  await expect(shm).toContainText("all", { timeout: 20_000 });
  // Quick refreshes come every second and leave it there.
  await page.keyboard.press("r");
  await expect(shm).toContainText("/shm");
  await screen(app, "pod-mounts");
  await page.getByRole("tab", { name: "Sysctls" }).click();
  const ports = page.getByRole("row", { name: /^net.ipv4.ip_unprivileged_port_start/ });
  await expect(ports.getByRole("cell")).toHaveText(["net.ipv4.ip_unprivileged_port_start", "0", "1024"]);
  await expectAccessible(page);
  await screen(app, "pod-sysctls");
});

test("by hand: real commands with this pod's pids, ready to copy @desktop", async ({ app }) => {
  const { page } = app;
  await openPod(app, "web");
  const hand = page.getByRole("region", { name: "By hand" });
  await expect(hand.getByRole("button", { name: /^ls -l \/proc\/\d+\/ns$/ }).first()).toBeVisible();
  await expect(hand.getByRole("button", { name: /nsenter -t \d+ -n ip addr/ })).toBeVisible();
  await expect(hand.getByRole("button", { name: /findmnt -t nsfs/ })).toBeVisible();
});

test("a drop shows its plan, refuses with why, pins first when asked, and reads the node again", async ({ app }) => {
  const { page } = app;
  await openPod(app, "web");
  await page.getByRole("button", { name: "Drop pause…" }).click();
  const dialog = page.getByRole("dialog", { name: /^Drop pause of web/ });
  await expect(dialog.getByText("Nothing has been done yet.")).toBeVisible();
  // Of itself it pins first; without, it is refused, and the refusal offers the way out.
  await expect(dialog.getByRole("button", { name: "Pin, then drop" })).toBeEnabled();
  await dialog.getByRole("checkbox", { name: /Pin first/ }).uncheck();
  await expect(dialog.getByText(/Refused/)).toBeVisible();
  await expect(dialog.getByRole("heading", { name: "What will happen" })).toHaveCount(0);
  await expect(dialog.getByRole("button", { name: "Drop pause" })).toBeDisabled();
  await screen(app, "plan-refused");
  await dialog.getByRole("button", { name: "Pin first" }).click();
  const go = dialog.getByRole("button", { name: "Pin, then drop" });
  await expect(go).toBeEnabled();
  await expectAccessible(page);
  await screen(app, "plan");
  await go.click();
  await expect(dialog.getByText("Done.")).toBeVisible({ timeout: 20_000 });
  await expect(dialog.getByRole("heading", { name: "Read again afterwards" })).toBeVisible();
  await screen(app, "plan-done");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  // The button that opened it is used up: the focus is among its neighbours, not lost to the page.
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest(".pod-acts") !== null)).toBe(true);
  await expect(page.getByText(/pins hold net, ipc and uts/)).toBeVisible();
  await expect(page.locator(".rails .beam.ghost")).toBeVisible();
  await screen(app, "pod-dropped");
  await expect(page.getByRole("button", { name: "Restore…" })).toBeVisible();
});

test("a user's own pod is told as his, and a box unlocks what can be done to it; undo asks for no second yes @desktop", async ({
  app,
}) => {
  const { page } = app;
  await page.getByPlaceholder(/root@/).fill("demo:sick");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.locator(".pt .c-name").getByText("borrowed", { exact: true }).click();
  await page.getByRole("button", { name: "Pin", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Pin the namespaces of borrowed/ });
  await expect(dialog.getByText(/made of processes of user 1000/)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Pin", exact: true })).toBeDisabled();
  await expectAccessible(page);
  await screen(app, "plan-of-a-users-pod");
  await dialog.getByRole("checkbox", { name: /ordinary user/ }).check();
  await dialog.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(dialog.getByText("Done.")).toBeVisible({ timeout: 20_000 });
  await dialog.getByRole("button", { name: "Undo" }).click();
  await expect(dialog.getByText("Undone.")).toBeVisible({ timeout: 20_000 });
});

test("the address is a link: pasted, it leads back to the pod and what was asked of it, and opens no node by itself", async ({
  app,
}) => {
  const { page } = app;
  await openPod(app, "web");
  const place = new URL(page.url()).hash.slice(1);
  expect(place).toMatch(/^\/demo\/pod\?pod=/);
  const paste = async (link: string) => {
    await page.keyboard.press("n");
    await page.getByLabel("Another node").fill(link);
    await page.keyboard.press("Enter");
  };
  const key = new URLSearchParams(place.split("?")[1]).get("pod") ?? "";
  await paste(`podglass://open${place}&if=${encodeURIComponent(`sandbox:${key}`)}`);
  await expect(page.getByRole("heading", { level: 1, name: "web" })).toBeVisible();
  await expect(page.getByText("When pause of web")).toBeVisible();
  await paste("podglass://open/demo%3Aqos/findings");
  await expect(page.getByText("The link leads to demo:qos, which is not open here.")).toBeVisible();
  await page.getByRole("button", { name: "Open demo:qos" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /demo:qos/ })).toBeVisible();
  // The palette knows lessons, and what can be done with the pod on the screen.
  await paste(`podglass://open${place}`);
  await expect(page.getByRole("heading", { level: 1, name: "web" })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("zombies");
  await expect(page.getByRole("option", { name: /When pause must stay/ })).toBeVisible();
  await page.getByPlaceholder(/^Pod, container/).fill("pin: web");
  await expect(page.getByRole("option", { name: /^Pin/i }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toContainText("Nothing has been done yet.");
});
