/**
 * Every screen on a live node with podman and containerd pods, held against what the test reads from /proc itself:
 * pids by the container's id in their cgroup, inodes by readlink, limits by the cgroup's own files.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessible } from "../axe.ts";
import { type App, expect, openFile } from "../fixtures.ts";
import { openLive, liveTest as test } from "../live.ts";

const root = resolve(import.meta.dirname, "../..");
const CLI = join(root, "out/main/cli.js");
const LAB_POD = `walk${process.pid}`;
const PINS = "/run/podglass/pins";
const SIZES = [
  [1920, 1080],
  [1280, 800],
] as const;

/** Light and dark, small and large; the desktop's, since that is the window people live in. */
async function shots({ page, shell, electron }: App, name: string): Promise<void> {
  await expect(page.locator("body")).not.toContainText(/undefined|NaN|\[object/);
  await expectAccessible(page);
  if (shell !== "desktop") return;
  const folder = join(root, "e2e/screens");
  mkdirSync(folder, { recursive: true });
  for (const [width, height] of SIZES) {
    await electron?.evaluate(
      ({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w ?? 0, h ?? 0),
      [width, height],
    );
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width);
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `live-${name}-${colorScheme}-${width}.png`) });
    }
  }
}

/** The pids whose cgroup names a container, first started first. */
function pidsOf(containerId: string): number[] {
  const found: number[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/cgroup`, "utf8").includes(containerId)) found.push(Number(name));
    } catch {
      // It ended meanwhile.
    }
  }
  return found.sort((a, b) => a - b);
}

const linkOf = (pid: number, type: string): string => readlinkSync(`/proc/${pid}/ns/${type}`);

/** The types that Podglass pinned of a lab pod: its manifest names the pod, the kernel's mount table has the pins. */
function pinsOf(name: string): string[] {
  const table = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "");
  const folders = existsSync(PINS) ? readdirSync(PINS).map((entry) => `${PINS}/${entry}`) : [];
  const ours = folders.find(
    (folder) =>
      existsSync(`${folder}/manifest.json`) && readFileSync(`${folder}/manifest.json`, "utf8").includes(`lab/${name}`),
  );
  if (ours === undefined) return [];
  return table.flatMap((point) => (point.startsWith(`${ours}/`) ? [point.slice(ours.length + 1)] : [])).sort();
}

const names = (page: Page): Promise<string[]> => page.locator(".pt .c-name").allInnerTexts();

test.afterEach(() => {
  // Where the walk ended before it took its lab pod away: nothing of it may stay on the machine.
  if (!existsSync(`/run/podglass/lab/${LAB_POD}`)) return;
  for (const words of [
    ["unpin", "local", LAB_POD, "--yes"],
    ["lab", "down", "local", "--name", LAB_POD],
  ])
    spawnSync(process.execPath, [CLI, ...words], { timeout: 30_000 });
});

test("every screen of a live node tells what /proc tells", async ({ openApp, live }) => {
  test.setTimeout(300_000);
  const app = await openApp({ actions: true });
  const { page } = app;
  await openLive(page, live);
  const pages = page.getByRole("list", { name: /^Pages of/ });
  const visit = (name: RegExp) => pages.getByRole("button", { name }).click();
  const all = Number((await pages.getByRole("button", { name: /^Pods/ }).innerText()).replace(/\D+/g, ""));

  await test.step("pods: filter, sort, facet, group", async () => {
    const find = page.getByPlaceholder("Filter");
    await find.fill("e2e-");
    await expect.poll(async () => (await names(page)).every((name) => name.startsWith("e2e-"))).toBe(true);
    expect(await names(page)).toContain(live.podman.pause);
    await page.getByRole("columnheader", { name: "memory of limit" }).getByRole("button").click();
    await expect(page.getByRole("columnheader", { name: "memory" })).toHaveAttribute("aria-sort", "descending");
    await page.getByRole("button", { name: /^Runtime/ }).click();
    await page.getByRole("menuitemcheckbox", { name: /containerd/ }).click();
    await page.keyboard.press("Escape");
    await expect.poll(async () => (await names(page)).sort()).toEqual([live.containerd.hostnet, live.containerd.web]);
    await page.getByRole("button", { name: /^(No grouping|By )/ }).click();
    await page.getByRole("menuitemradio", { name: "namespace" }).click();
    await expect(page.locator(".pt-group").filter({ hasText: "shop" })).toBeVisible();
    await expect(page.locator(".pt tr").filter({ hasText: live.containerd.web })).toContainText("256 M");
    await shots(app, "pods");
    await page.getByRole("button", { name: /^(No grouping|By )/ }).click();
    await page.getByRole("menuitemradio", { name: "no grouping" }).click();
  });

  await test.step("one pod: graph, matrix, what if, cgroups, processes, OCI, by hand", async () => {
    await page.locator(".pt .c-name").getByText(live.containerd.web, { exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: live.containerd.web })).toBeVisible();
    const truth = {
      pause: live.web.id,
      app: live.web.containers.app ?? "",
      sidecar: live.web.containers.sidecar ?? "",
    };
    const graph = page.locator("svg.rails").first();
    for (const [name, id] of Object.entries(truth)) {
      const [pid] = pidsOf(id);
      if (pid === undefined) throw new Error(`no process of ${name} runs`);
      await expect(graph).toContainText(`pid ${pid}`);
      const row = page.locator(".mx tbody tr").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
      for (const type of ["net", "ipc", "uts", "pid", "mnt"])
        await expect(row.locator(`.mx-cell.t-${type}`)).toHaveAttribute("title", linkOf(pid, type));
      await expect(page.getByRole("region", { name: "Processes and findings" })).toContainText(String(pid));
    }
    const [pausePid] = pidsOf(truth.pause);
    const [appPid] = pidsOf(truth.app);
    expect(linkOf(pausePid ?? 0, "net")).toBe(linkOf(appPid ?? 0, "net"));
    const hand = page.getByRole("region", { name: "By hand" });
    await expect(hand.getByRole("button", { name: `ls -l /proc/${pausePid}/ns`, exact: true })).toBeVisible();
    await expect(page.getByRole("region", { name: "Cgroups" })).toContainText("256 M");
    await expect(page.getByRole("region", { name: "Cgroups" })).toContainText("64 M");
    await shots(app, "pod");
    const ask = page.getByRole("region", { name: "What if" });
    await ask.getByRole("button", { name: "pause" }).click();
    await expect(page.getByText(/^When pause of e2e-web/)).toBeVisible();
    await shots(app, "what-if");
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "OCI config" }).click();
    await expect(page.getByRole("tabpanel", { name: "oci" })).toContainText(`/proc/${pausePid}/ns/net`);
    await shots(app, "oci");
    await page.getByRole("tab", { name: "Mounts" }).click();
    await expect(page.getByRole("tabpanel", { name: "mounts" })).toContainText("/dev/shm", { timeout: 20_000 });
    await page.getByRole("tab", { name: "Sysctls" }).click();
    await expect(page.getByRole("tabpanel", { name: "sysctls" })).toContainText("net.ipv4.ip_forward", {
      timeout: 20_000,
    });
    await page.getByRole("tab", { name: "Matrix" }).click();
  });

  await test.step("the whole node", async () => {
    await visit(/^Picture/);
    const plane = page.getByRole("listbox", { name: /pods or containers|pods and containers/ });
    await expect(plane).toHaveAccessibleName(/^\d+/);
    expect(Number.parseInt((await plane.getAttribute("aria-label")) ?? "", 10)).toBeGreaterThanOrEqual(all);
    await page.keyboard.press("Control+k");
    await page.keyboard.type(live.containerd.hostnet);
    await expect(page.getByRole("dialog").getByText(live.containerd.hostnet).first()).toBeVisible();
    await page.keyboard.press("Escape");
    await shots(app, "picture");
  });

  await test.step("cgroups", async () => {
    await visit(/^Cgroups/);
    await page.getByRole("searchbox", { name: "Filter cgroups" }).fill(live.web.containers.sidecar ?? "");
    const row = page.getByRole("treegrid").getByRole("row").filter({ hasText: "sidecar" }).first();
    await row.click();
    const detail = page.getByRole("complementary", { name: "Selected cgroup" });
    await expect(detail).toContainText(live.web.containers.sidecar ?? "-");
    await expect(detail).toContainText("64 M");
    await shots(app, "cgroups");
  });

  // The rest is looked at in the window that people live in; the browser shows the same views.
  if (app.shell === "browser") return;

  await test.step("compare a pod with pause and one without", async () => {
    await page.getByRole("list", { name: "Tools" }).getByRole("button", { name: "Compare" }).click();
    for (const [side, name] of [
      ["Left", live.podman.pause],
      ["Right", live.podman.noneName],
    ] as const) {
      await page.getByRole("button", { name: new RegExp(`^${side}:`) }).click();
      await page.getByRole("combobox").fill(name);
      await page.getByRole("option").first().click();
      await expect(page.getByRole("button", { name: new RegExp(`^${side}: .*${name.slice(0, 8)}`) })).toBeVisible();
    }
    const table = page.getByRole("region", { name: "What differs" });
    await expect(table.getByRole("row", { name: /^sandbox/ }).first()).toBeVisible();
    await shots(app, "compare");
  });

  await test.step("findings, and the lab", async () => {
    await visit(/^Findings/);
    await expect(
      page
        .getByRole("listbox", { name: /Findings/ })
        .getByRole("option")
        .first(),
    ).toBeVisible();
    await shots(app, "findings");
    await visit(/^Lab/);
    await expect(page.getByRole("heading", { name: "Lab", level: 1 })).toBeVisible();
    await shots(app, "lab");
  });

  await test.step("a lab pod: made, pinned, the pin undone, removed; the journal has it", async () => {
    const name = LAB_POD;
    await page.getByRole("textbox", { name: "name" }).fill(name);
    await page.getByRole("button", { name: "Make", exact: true }).click();
    const made = page.getByRole("listitem").filter({ hasText: name });
    await expect(made).toBeVisible({ timeout: 30_000 });
    await made.getByRole("button", { name: "Open" }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible({ timeout: 20_000 });
    await page.getByRole("button", { name: "Pin", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: /^Pin/ });
    await dialog.getByRole("button", { name: "Pin", exact: true }).click();
    await expect(dialog.getByText("Done.")).toBeVisible({ timeout: 30_000 });
    expect(pinsOf(name)).toEqual(["ipc", "net", "uts"]);
    await dialog.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => pinsOf(name), { timeout: 30_000 }).toEqual([]);
    await expect(dialog.getByText("Done.")).toBeVisible({ timeout: 30_000 });
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await visit(/^Journal/);
    await expect(page.getByText(`pin ${name}`, { exact: true })).toBeVisible();
    await shots(app, "journal");
    await visit(/^Lab/);
    await made.getByRole("button", { name: "Remove" }).click();
    await expect(made).toHaveCount(0, { timeout: 30_000 });
  });

  await test.step("a recording of this node", async () => {
    const path = join(app.stateDir, "live.podglass");
    const args = [CLI, "record", "local", "-o", path, "--every", "500ms", "--for", "2s"];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
    expect(stderr + String(status)).toMatch(/frames.*0$/s);
    chmodSync(path, 0o644); // Electron may run as another user than the test
    await page.getByRole("button", { name: "Add a node" }).click();
    await openFile(app, path);
    await expect(page.getByRole("slider", { name: "Moment of the recording" })).toBeVisible({ timeout: 20_000 });
    await page.getByPlaceholder("Filter").fill(live.containerd.web);
    await expect(page.locator(".pt .c-name").getByText(live.containerd.web, { exact: true })).toBeVisible();
    await shots(app, "timeline");
  });
});
