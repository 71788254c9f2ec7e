/**
 * The packaged app: dist/<system>-unpacked, as people get it. Its fuses keep Playwright's own way in (--inspect) shut, so
 * it is started with a debugging port and driven over CDP, and none of the tests' switches are there.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Page } from "@playwright/test";

export const folder = resolve(import.meta.dirname, "../../dist/linux-unpacked");

interface Packaged {
  page: Page;
  /** Starts the same program again, as a double click does; resolves with its exit status. */
  again(args: readonly string[]): Promise<number | null>;
  words(): string;
  close(): Promise<void>;
}

/** Chromium refuses root with its sandbox on: there, as the user nobody. */
function start(args: readonly string[], home: string, env: Record<string, string>): ChildProcess {
  const program = [join(folder, "podglass"), ...args];
  const drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
  const [command = "", ...rest] = process.getuid?.() === 0 ? [...drop, ...program] : program;
  const own = { PATH: process.env.PATH ?? "", HOME: home, XDG_RUNTIME_DIR: home, LANG: "C.UTF-8" };
  const display = { DISPLAY: process.env.DISPLAY ?? "", XAUTHORITY: join(home, ".Xauthority") };
  return spawn(command, rest, { cwd: "/", env: { ...own, ...display, ...env }, stdio: ["ignore", "pipe", "pipe"] });
}

export async function openPackaged(args: readonly string[], env: Record<string, string>): Promise<Packaged> {
  const home = mkdtempSync(join(tmpdir(), "podglass-home-"));
  chmodSync(home, 0o777);
  const cookie = process.env.XAUTHORITY;
  if (cookie && existsSync(cookie)) {
    copyFileSync(cookie, join(home, ".Xauthority"));
    chmodSync(join(home, ".Xauthority"), 0o644);
  }
  const child = start(["--remote-debugging-port=0", ...args], home, env);
  let text = "";
  const address = await new Promise<string>((found, failed) => {
    const hear = (chunk: Buffer): void => {
      text += chunk.toString("utf8");
      const match = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (match) found(match);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`the packaged app ended with ${code}: ${text}`)));
  });
  const browser = await chromium.connectOverCDP(address);
  const context = browser.contexts()[0];
  if (!context) throw new Error(`the packaged app shows nothing: ${text}`);
  const page = context.pages()[0] ?? (await context.waitForEvent("page"));
  await page.locator("#root > *").first().waitFor();
  return {
    page,
    again: (more) =>
      new Promise((ended, failed) => {
        const second = start(more, home, env);
        second.once("exit", ended);
        second.once("error", failed);
      }),
    words: () => text,
    async close() {
      const ended = new Promise((done) => child.once("exit", done));
      await browser.close().catch(() => undefined);
      if (child.exitCode === null && child.kill("SIGTERM")) await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
