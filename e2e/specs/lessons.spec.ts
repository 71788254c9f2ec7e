/** Each lesson from its first step to its last, in the window, on the demo node and on this machine's lab: its buttons, its questions, its checks. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import type { Api, ApiEvent } from "../../src-shared/api.ts";
import { applyDelta } from "../../src-shared/diff/delta.ts";
import { type Lesson, parseLesson, type Step } from "../../src-shared/lessons/lesson.ts";
import { looking } from "../../src-shared/lessons/looks.ts";
import { fill, nodeValue } from "../../src-shared/lessons/values.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { type App, expect, reload, screen, test } from "../fixtures.ts";

/** One with a plan and one with an OOM, for their time; src-main/demo/lessons.node.test.ts plays all on a real kernel. */
const LIVE = [3, 7];
const folder = join(import.meta.dirname, "../../assets/lessons");
const lessons = readdirSync(folder)
  .map((name) => parseLesson(readFileSync(join(folder, name), "utf8")))
  .sort((a, b) => a.order - b.order);

async function openLesson(page: Page, lesson: Lesson): Promise<void> {
  await page
    .getByRole("button", { name: /^Lessons/ })
    .first()
    .click();
  await page.getByRole("button", { name: new RegExp(escaped(lesson.title)) }).click();
  await expect(page.getByRole("heading", { level: 1, name: lesson.title })).toBeVisible();
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

type Latest = (target: string) => Promise<Snapshot | undefined>;

/** The snapshot that the window has just now: asked of the preload, or overheard on the page's own socket. */
async function listen({ page, shell }: App): Promise<Latest> {
  if (shell !== "browser")
    return (target) =>
      page.evaluate(async (wanted) => {
        const { podglass } = window as unknown as { podglass: Api };
        const node = (await podglass.request("node.states", {})).find((one) => one.target === wanted);
        return node && (await podglass.request("node.snapshot", { nodeId: node.nodeId }))?.snapshot;
      }, target);
  const nodes = new Map<string, { target?: string; snapshot?: Snapshot }>();
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      const { event } = JSON.parse(String(payload)) as { event?: ApiEvent };
      if (event?.type === "node")
        nodes.set(event.state.nodeId, { ...nodes.get(event.state.nodeId), target: event.state.target });
      if (event?.type === "gone") nodes.delete(event.nodeId);
      const node = event && "nodeId" in event ? nodes.get(event.nodeId ?? "") : undefined;
      if (node && event?.type === "snapshot") node.snapshot = event.snapshot;
      if (node?.snapshot && event?.type === "delta") node.snapshot = applyDelta(node.snapshot, event.delta);
    }),
  );
  await reload(page);
  return async (target) => [...nodes.values()].find((one) => one.target === target)?.snapshot;
}

/** A real node may be a busy one. */
const PATIENT = { timeout: 60_000 };

async function play(app: App, lesson: Lesson, latest: Latest, real?: string): Promise<void> {
  const { page } = app;
  for (const [i, step] of lesson.steps.entries()) {
    await expect(page.getByRole("heading", { level: 2, name: step.title })).toBeVisible();
    const verdicts = page.getByRole("list", { name: "What the node shows" });
    const open = verdicts.locator("li.open");
    await expect(page.getByRole("region", { name: "Live picture" })).not.toContainText("Opening the node", PATIENT);
    if (step.checks.length > 0 || step.ask) await expect(open.first(), step.title).toBeVisible(PATIENT);
    for (const operation of step.operations) {
      await page.getByRole("button", { name: operation.words, exact: true }).click();
      if (operation.kind !== "act") {
        await expect(page.locator(".les-said")).toBeVisible(PATIENT);
        continue;
      }
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: /^(Pin|Unpin|Drop pause|Restore)$/ }).click(PATIENT);
      await expect(dialog.getByText("Done.", { exact: true })).toBeVisible(PATIENT);
      await page.keyboard.press("Escape");
      await expect(dialog).toBeHidden();
    }
    if (step.ask) {
      const { answer } = step.ask;
      const target = real !== undefined && !step.demoOnly ? real : `demo:${step.scene ?? lesson.scene}`;
      await expect.poll(async () => nodeValue((await latest(target)) as Snapshot, answer), PATIENT).toBeDefined();
      const field = page.getByLabel(step.ask.question);
      // Judged when it is given, not letter by letter: else the answer can be tried out.
      await field.fill("no such thing");
      await expect(page.getByText("not right")).toBeHidden();
      await field.press("Enter");
      await expect(page.getByText("not right")).toBeVisible();
      await field.fill(nodeValue((await latest(target)) as Snapshot, answer) ?? "");
      await field.press("Enter");
    }
    if (real === undefined) await lookByHand(page, step);
    await expect(open, `${lesson.id}: ${step.title}`).toHaveCount(0, PATIENT);
    if (i === 1) await screen(app, `lesson-${lesson.order}`);
    if (i < lesson.steps.length - 1) await page.getByRole("button", { name: "Next step" }).click();
  }
}

/** On the demo node what only looks is run from the strip, and its answer stands below the picture. */
async function lookByHand(page: Page, step: Step): Promise<void> {
  const run = page.getByRole("button", { name: /^Run / }).first();
  if (!step.hand.some((hand) => looking(fill(undefined, hand).replaceAll("…", "1")) !== undefined))
    return expect(run, step.title).toBeHidden();
  await run.click();
  const printed = page.getByRole("region", { name: "What the node printed" }).locator("pre");
  await expect(printed).not.toHaveText("");
  await expect(printed).not.toHaveClass(/bad/);
}

for (const lesson of lessons)
  test(`lesson ${lesson.order}, ${lesson.title}, from its first step to its last`, async ({ app }) => {
    test.setTimeout(60_000);
    const latest = await listen(app);
    await openLesson(app.page, lesson);
    await play(app, lesson, latest);
    await app.page.getByRole("button", { name: "All lessons" }).first().click();
    const card = app.page.getByRole("button", { name: new RegExp(escaped(lesson.title)) });
    await expect(card, "progress is kept").toContainText("done");
  });

/** Pods get names of this run, so that nothing else on the machine meets them; the id too, so that it is another lesson. */
function ownLesson(source: string, tag: string): string {
  const pods = parseLesson(source).steps.flatMap((step) =>
    step.operations.flatMap((operation) => (operation.kind === "make" ? [operation.options.name] : [])),
  );
  const named = pods.reduce(
    (text, pod) =>
      text.replace(
        new RegExp(`(?<=^(?:show|light|make|remove|act|try|hand|check|answer):.*)(?<![\\w-])${pod}(?![\\w-])`, "gm"),
        `${pod}-${tag}`,
      ),
    source,
  );
  return named.replace(/^id: .*$/m, (line) => `${line}-${tag}`).replace(/^title: .*$/m, (line) => `${line} (${tag})`);
}

// @browser: the desktop window of the tests does not run as root.
test("on this machine's lab every lesson can be played to its last step, with its buttons alone @browser", async ({
  openApp,
}) => {
  test.skip(process.platform !== "linux" || process.getuid?.() !== 0, "lab pods need root on Linux");
  test.setTimeout(600_000);
  const tag = `e${process.pid}`;
  const app = await openApp({ actions: true });
  const { page } = app;
  const own = lessons
    .filter((lesson) => process.env.PODGLASS_LESSONS === "all" || LIVE.includes(lesson.order))
    .map((lesson) => {
      const name = readdirSync(folder).find((file) => file.startsWith(`${lesson.order}-`)) ?? "";
      return { name, source: ownLesson(readFileSync(join(folder, name), "utf8"), tag) };
    });
  mkdirSync(join(app.stateDir, "lessons"), { recursive: true });
  for (const { name, source } of own) writeFileSync(join(app.stateDir, "lessons", name), source);
  try {
    const latest = await listen(app);
    await page.getByRole("button", { name: /^This machine/ }).click();
    await expect(page.getByRole("heading", { name: "Pods", exact: true })).toBeVisible({ timeout: 30_000 });
    for (const { source } of own) {
      const lesson = parseLesson(source);
      await openLesson(page, lesson);
      await page.getByRole("group", { name: "Played on" }).getByText(hostname()).click();
      await play(app, lesson, latest, "local");
      await page.getByRole("button", { name: "All lessons" }).first().click();
      await expect(page.getByRole("button", { name: new RegExp(escaped(lesson.title)) })).toContainText("done");
    }
  } finally {
    const cli = resolve(import.meta.dirname, "../../out/main/cli.js");
    const { stdout } = spawnSync(process.execPath, [cli, "lab", "list", "local", "--json"], { encoding: "utf8" });
    for (const { name } of JSON.parse(stdout || "[]") as { name: string }[])
      if (name.endsWith(`-${tag}`)) spawnSync(process.execPath, [cli, "lab", "down", "local", "--name", name]);
  }
});

test("a step shows what happened since it began, before and now, and does not tell the end first", async ({ app }) => {
  const { page } = app;
  const pause = lessons.find(({ id }) => id === "who-is-pause");
  if (!pause) throw new Error("there is no such lesson");
  await openLesson(page, pause);
  await page.getByRole("button", { name: "Make pod keeper" }).click();
  await expect(page.getByRole("region", { name: "Since this step began" })).toContainText("keeper is new");
  await page.getByRole("button", { name: "Step 4: End it" }).click();
  await expect(page.getByText("The containers run on")).toBeHidden();
  await page.getByRole("button", { name: "Kill pause of keeper" }).click();
  await expect(page.getByText("The containers run on")).toBeVisible();
  const moments = page.getByRole("region", { name: "Since this step began" });
  await expect(moments).toContainText("ended");
  const picture = page.getByRole("region", { name: "Live picture" });
  await expect(picture.locator(".beam.dead").first()).toBeVisible();
  await moments.getByRole("button", { name: "before" }).click();
  await expect(picture.locator(".beam.dead")).toHaveCount(0);
  // A pid that has ended is still the one of the command.
  await expect(page.getByRole("region", { name: "By hand" })).toContainText(/kill -KILL \d+/);
});

test("a lesson is presented with large type and the keyboard alone", async ({ app }) => {
  const { page } = app;
  const [lesson] = lessons;
  if (!lesson) throw new Error("there is no lesson");
  await openLesson(page, lesson);
  const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  const before = await size();
  await page.keyboard.press("p");
  expect(await size()).toBeGreaterThan(before * 1.3);
  // The size of most projectors: the way on stays in sight.
  await page.setViewportSize({ width: 1280, height: 720 });
  await expect(page.getByRole("button", { name: "Next step" })).toBeInViewport({ ratio: 1 });
  const box = await page.getByRole("region", { name: lesson.title }).boundingBox();
  expect(box).toMatchObject({
    x: 0,
    y: 0,
    width: page.viewportSize()?.width ?? (await page.evaluate(() => innerWidth)),
  });
  await page.locator("body").click({ position: { x: 2, y: 2 } });
  await expect(page.getByRole("button", { name: "Make pod first" })).toBeEnabled();
  await page.keyboard.press("Enter");
  await expect(page.getByText("first is there")).toBeVisible();
  await screen(app, "lesson-presented");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("heading", { level: 2, name: lesson.steps[1]?.title })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel(lesson.steps[1]?.ask?.question ?? "")).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("PageUp");
  await expect(page.getByRole("heading", { level: 2, name: lesson.steps[0]?.title })).toBeVisible();
  await page.keyboard.press("Escape");
  expect(await size()).toBe(before);
});
