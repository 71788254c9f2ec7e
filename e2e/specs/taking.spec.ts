/** Taking it away: what lies in the file is what stood on the screen. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessible } from "../axe.ts";
import { expectBoxes } from "../boxes.ts";
import { type App, expect, openFile, test } from "../fixtures.ts";

async function openPod({ page }: App, name: string): Promise<void> {
  await page.getByRole("button", { name: /^Demo node/ }).click();
  await page.locator(".pt .c-name").getByText(name, { exact: true }).click();
  await expect(page.locator("svg.rails").first()).toBeVisible();
}

/** Chooses from the menu; the browser downloads, and the desktop's own dialog is answered with a path of ours. */
async function take(
  { page, electron, stateDir }: App,
  item: string | RegExp,
): Promise<{ name: string; bytes: Buffer }> {
  const folder = mkdtempSync(join(stateDir, "taken-"));
  chmodSync(folder, 0o777); // Electron may run as another user than the test
  await electron?.evaluate(({ dialog }, into) => {
    dialog.showSaveDialog = (async (...args: unknown[]) => {
      const { defaultPath } = args.at(-1) as { defaultPath: string };
      return { canceled: false, filePath: `${into}/${defaultPath.split("/").at(-1)}` };
    }) as typeof dialog.showSaveDialog;
  }, folder);
  const saving = electron ? undefined : page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
  if (saving) {
    const saved = await saving;
    return { name: saved.suggestedFilename(), bytes: readFileSync((await saved.path()) as string) };
  }
  await expect.poll(() => readdirSync(folder).length).toBe(1);
  const [name = ""] = readdirSync(folder);
  await expect(page.getByText(`Saved ${name}.`).first()).toBeVisible();
  return { name, bytes: readFileSync(join(folder, name)) };
}

/** Width, height and the number of colours of a picture, as the browser decodes it. */
const decoded = (page: Page, bytes: Buffer) =>
  page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const image = await createImageBitmap(new Blob([data], { type: "image/png" }));
    const { width, height } = image;
    const ctx = new OffscreenCanvas(width, height).getContext("2d");
    ctx?.drawImage(image, 0, 0);
    const pixels = new Uint32Array(ctx?.getImageData(0, 0, width, height).data.buffer ?? new ArrayBuffer(0));
    return { width, height, colours: new Set(pixels).size };
  }, bytes.toString("base64"));

test("a pod as SVG, as PNG of three sizes, as a slide and as JSON; the picture as PNG, the pods as CSV", async ({
  app,
}) => {
  const { page } = app;
  await openPod(app, "web");
  const svg = await take(app, "SVG");
  expect(svg.name).toBe("web.svg");
  const text = svg.bytes.toString("utf8");
  const drawn = await page.evaluate((words) => {
    const root = new DOMParser().parseFromString(words, "image/svg+xml").documentElement;
    const letters = (of: ParentNode, what: string) =>
      [...of.querySelectorAll(what)].map((one) => one.textContent?.trim() ?? "").filter(Boolean);
    return {
      broken: root.querySelector("parsererror") !== null,
      width: Number(root.getAttribute("width")),
      height: Number(root.getAttribute("height")),
      circles: root.querySelectorAll("circle").length,
      shown: [...document.querySelectorAll("svg.rails circle:not(.hit)")].filter(
        (one) => getComputedStyle(one).display !== "none",
      ).length,
      words: letters(root, "text"),
      rows: letters(document, "svg.rails .row text").slice(0, 4),
    };
  }, text);
  expect(drawn.broken).toBe(false);
  expect(drawn.circles).toBe(drawn.shown);
  expect(drawn.circles).toBeGreaterThan(3);
  expect(drawn.words.at(1), "where it is from, when, and by which version").toMatch(
    /^demo, \d{4}-.* UTC · Podglass \d/,
  );
  for (const words of drawn.rows) expect(drawn.words.join(" ")).toContain(words);

  for (const scale of [1, 2, 4]) {
    const png = await take(app, `PNG, ${scale}×`);
    expect(png.name).toBe(scale === 1 ? "web.png" : `web-${scale}x.png`);
    const { width, height, colours } = await decoded(page, png.bytes);
    expect([width, height]).toEqual([Math.round(drawn.width * scale), Math.round(drawn.height * scale)]);
    expect(colours).toBeGreaterThan(16);
  }

  const facts = JSON.parse((await take(app, /^The pod as JSON/)).bytes.toString("utf8"));
  expect(JSON.stringify(facts)).toContain('"name":"web"');

  const slide = await take(app, "PNG for a slide, 16:9, dark");
  expect(await decoded(page, slide.bytes)).toMatchObject({ width: 3200, height: 1800 });
  await page
    .getByRole("navigation", { name: "Nodes and pages" })
    .getByRole("button", { name: "Compare", exact: true })
    .click();
  expect((await take(app, "SVG")).bytes.toString("utf8"), "what both cost, below the figures").toContain("of pause");
  // What stands on a canvas, and a table as a spreadsheet takes it.
  await page.getByRole("button", { name: /^Picture/ }).click();
  const picture = await take(app, "PNG, 2×");
  expect(picture.name).toBe("demo-picture-2x.png");
  expect((await decoded(page, picture.bytes)).colours).toBeGreaterThan(16);
  await page.getByRole("button", { name: /^Pods/ }).click();
  const rows = (await take(app, "CSV")).bytes.toString("utf8").split("\r\n");
  expect(rows[0]).toMatch(/^pod,namespace,/);
  expect(rows.filter((row) => row !== "")).toHaveLength(1 + (await page.locator("tr[data-key]").count()));
});

test("a snapshot that was taken away opens again as a node", async ({ app }) => {
  const { page } = app;
  await openPod(app, "web");
  const { name, bytes } = await take(app, "The node’s snapshot");
  const pods = (JSON.parse(bytes.toString("utf8")) as { pods: unknown[] }).pods.length;
  const path = join(app.stateDir, name);
  writeFileSync(path, bytes, { mode: 0o644 });
  await page.getByRole("button", { name: "Add a node" }).click();
  await openFile(app, path);
  await expect(page.getByRole("grid", { name: "Pods" })).toBeVisible();
  await expect(page.getByRole("grid", { name: "Pods" }).locator("tbody [aria-selected]")).toHaveCount(pods);
  await page.locator(".pt .c-name").getByText("web", { exact: true }).click();
  await expect(page.locator("svg.rails").first()).toBeVisible();
});

test("a report: one file that opens by itself, reads well, and names nothing when it is redacted", async ({ app }) => {
  const { page, electron, stateDir } = app;
  await openPod(app, "web");
  const [plain, redacted] = [await take(app, "Report"), await take(app, "Report, redacted")];
  expect([plain.name, redacted.name]).toEqual(["web-report.html", "report-redacted.html"]);
  expect(plain.bytes.toString("utf8")).toContain("<title>shop/web on");
  expect(redacted.bytes.toString("utf8")).not.toMatch(/shop|\bweb\b|sidecar/);
  // A page of its own, offline: the desktop's window opens nothing but itself.
  if (electron) return;
  const path = join(stateDir, "report.html");
  writeFileSync(path, plain.bytes);
  const alone = await page.context().browser()?.newPage();
  if (!alone) throw new Error("a browser page has a browser");
  const loaded: string[] = [];
  alone.on("request", (request) => loaded.push(request.url()));
  await alone.goto(`file://${path}`);
  await expect(alone.getByRole("heading", { level: 1 })).toHaveText(/^shop\/web on /);
  await expect(alone.locator("figure svg.rails")).toHaveCount(1);
  for (const colorScheme of ["light", "dark"] as const) {
    await alone.emulateMedia({ colorScheme });
    await expectAccessible(alone);
  }
  await alone.setViewportSize({ width: 640, height: 400 });
  await expectBoxes(alone, "the report in a narrow window", 0);
  expect(loaded).toEqual([`file://${path}`]);
  await alone.close();
});
