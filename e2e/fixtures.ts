/**
 * One app for each test, in the shell that the project names: Electron's window, or `podglass serve` in Chromium.
 * The specs do not know which.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { _electron, test as base, chromium, type ElectronApplication, type Page } from "@playwright/test";
import { openPackaged as startPackaged } from "./packaged/app.ts";

const root = resolve(import.meta.dirname, "..");
export type Shell = "desktop" | "browser" | "packaged";

export interface AppOptions {
  env?: Record<string, string>;
  args?: string[];
  width?: number;
  height?: number;
  /** Device pixels a CSS pixel, as of a HiDPI screen. */
  dpr?: number;
  /** Actions on real nodes: allowed in the browser shell, confirmed by the test in the desktop shell. */
  actions?: boolean;
}

export interface App {
  page: Page;
  shell: Shell;
  stateDir: string;
  electron?: ElectronApplication;
  /** What the main process or the server wrote on stdout and stderr. */
  words(): string;
}

type Closable = App & { close(): Promise<void> };

interface Fixtures {
  shell: Shell;
  openApp: (options?: AppOptions) => Promise<App>;
  app: App;
}

const electronPath = (): string => {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, "node_modules/electron/dist");
  return join(dist, process.platform === "win32" ? "electron.exe" : "electron");
};

const chromiumPath = (): string | undefined =>
  [process.env.PODGLASS_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    (path): path is string => path !== undefined && existsSync(path),
  );

/** Flags that keep Chromium from reaching out, and let it run as root where the tests do. */
const CHROMIUM_ARGS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function environment(options: AppOptions, stateDir: string): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) own[name] = value;
  return { ...own, PODGLASS_STATE_DIR: stateDir, ...options.env };
}

/**
 * The person who sits at the machine: presses the first button of each question, or the last. The app has no way to be
 * told this; a test reaches into the main process through the debugger that it started it with.
 */
const answerDialogs = (electron: ElectronApplication, yes: boolean): Promise<void> =>
  electron.evaluate(({ dialog }, agree) => {
    dialog.showMessageBox = (async (...args: unknown[]) => {
      const { buttons = [] } = args.at(-1) as { buttons?: string[] };
      return { response: agree ? 0 : buttons.length - 1, checkboxChecked: false };
    }) as typeof dialog.showMessageBox;
  }, yes);

async function openDesktop(options: AppOptions, stateDir: string): Promise<Closable> {
  const { width = 1280, height = 800 } = options;
  let text = "";
  const electron = await _electron.launch({
    executablePath: electronPath(),
    args: [...(options.dpr ? [`--force-device-scale-factor=${options.dpr}`] : []), root, ...(options.args ?? [])],
    cwd: root,
    env: {
      ...environment(options, stateDir),
      PODGLASS_TEST_SIZE: `${width}x${height}`,
    },
  });
  const hear = (chunk: Buffer): void => {
    text += chunk.toString("utf8");
  };
  electron.process().stdout?.on("data", hear);
  electron.process().stderr?.on("data", hear);
  const page = await electron.firstWindow();
  await answerDialogs(electron, options.actions !== false);
  return { page, shell: "desktop", stateDir, electron, words: () => text, close: () => electron.close() };
}

async function openPackaged(options: AppOptions, stateDir: string): Promise<Closable> {
  const { width = 1280, height = 800 } = options;
  const app = await startPackaged(options.args ?? [], { ...options.env, PODGLASS_STATE_DIR: stateDir });
  await app.page.setViewportSize({ width, height });
  return { ...app, shell: "packaged", stateDir };
}

/** Starts `podglass serve` and gives its one-time address. */
async function serve(
  options: AppOptions,
  stateDir: string,
): Promise<{ url: string; child: ChildProcess; words(): string }> {
  const entry = join(root, "out/main/cli.js");
  const args = [entry, "serve", ...(options.actions ? ["--allow-actions"] : []), ...(options.args ?? [])];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environment(options, stateDir),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  const url = await new Promise<string>((found, failed) => {
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString("utf8");
      const match = /(http:\/\/127\.0\.0\.1:\S+)\n/.exec(out);
      if (match?.[1]) found(match[1]);
    });
    child.on("exit", (code) => failed(new Error(`podglass serve ended with ${code}: ${text}`)));
  });
  return { url, child, words: () => out + text };
}

/** Chromium gives up loads while network interfaces come and go, as they do when other tests make pods: load again. */
export async function reload(page: Page, load: () => Promise<unknown> = () => page.reload()): Promise<void> {
  await load().catch(() => undefined);
  for (let tries = 0; tries < 5; tries += 1) {
    const drawn = await page
      .locator("#root > *")
      .first()
      .waitFor({ timeout: 5_000 })
      .then(
        () => true,
        () => false,
      );
    if (drawn) return;
    await page.reload().catch(() => undefined);
  }
}

async function openBrowser(options: AppOptions, stateDir: string): Promise<Closable> {
  const { width = 1280, height = 800 } = options;
  const server = await serve(options, stateDir);
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_ARGS });
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: options.dpr ?? 1 });
  await reload(page, () => page.goto(server.url));
  return {
    page,
    shell: "browser",
    stateDir,
    words: server.words,
    async close() {
      await browser.close();
      const ended = new Promise((done) => server.child.once("exit", done));
      if (server.child.exitCode === null && server.child.kill("SIGTERM")) await ended;
    },
  };
}

const OPEN = { desktop: openDesktop, browser: openBrowser, packaged: openPackaged };

export const test = base.extend<Fixtures>({
  shell: ["browser", { option: true }],
  openApp: async ({ shell }, use) => {
    const open: Closable[] = [];
    await use(async (options = {}) => {
      const stateDir = mkdtempSync(join(tmpdir(), "podglass-e2e-"));
      chmodSync(stateDir, 0o777); // Electron may run as another user than the test
      const app = await OPEN[shell](options, stateDir);
      open.push(app);
      // A name that is no longer on the page is told at once, not when the whole test has run out of time.
      app.page.setDefaultTimeout(20_000);
      return app;
    });
    for (const app of open) {
      await app.close();
      rmSync(app.stateDir, { recursive: true, force: true });
    }
  },
  app: async ({ openApp }, use) => {
    await use(await openApp());
  },
});

export { expect } from "@playwright/test";

/** Opens a file as a person does: by the button, then in the dialog of the shell. */
export async function openFile({ electron, page }: App, path: string): Promise<void> {
  const button = page.getByRole("button", { name: "Open a recording or a probe's output" });
  if (!electron) {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button.click()]);
    return chooser.setFiles(path);
  }
  await choose(electron, path);
  await button.click();
}

/** What the person chooses in the desktop's next file dialogs. */
const choose = (electron: ElectronApplication, path: string): Promise<void> =>
  electron.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, path);

/** A picture for a person to leaf through: e2e/screens/<shell>-<name>.png */
export async function screen(app: App, name: string): Promise<void> {
  const folder = join(root, "e2e/screens");
  mkdirSync(folder, { recursive: true });
  await app.page.screenshot({ path: join(folder, `${app.shell}-${name}.png`) });
}
