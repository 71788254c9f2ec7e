/** The one window: made from windowOptions, started on our own page, and never led away from it. */
import { join } from "node:path";
import { app, BrowserWindow, screen, shell } from "electron";
import { isOurs, START_PAGE } from "./origin.ts";
import { mayOpenOutside } from "./outside.ts";
import { isPackaged } from "./packaged.ts";
import { windowOptions } from "./window-options.ts";

export function createWindow(): BrowserWindow {
  const [width, height] = testSize() ?? fitting();
  const window = new BrowserWindow(
    windowOptions({
      preload: join(import.meta.dirname, "..", "preload", "preload.cjs"),
      version: app.getVersion(),
      packaged: isPackaged(),
      width,
      height,
    }),
  );
  window.once("ready-to-show", () => window.show());
  window.webContents.on("render-process-gone", (_event, details) => {
    // What a node says can be large; should it ever kill the page, the page comes back and the nodes are still open.
    if (details.reason !== "clean-exit" && !window.isDestroyed()) window.webContents.reload();
  });
  void window.loadURL(START_PAGE);
  return window;
}

/** Holds for every web contents that is ever made, whoever makes it. */
export function fenceContents(): void {
  app.on("web-contents-created", (_event, contents) => {
    const stay = (event: { preventDefault(): void }, url: string) => {
      if (!isOurs(url)) event.preventDefault();
    };
    contents.on("will-navigate", (event) => stay(event, event.url));
    contents.on("will-frame-navigate", (event) => stay(event, event.url));
    contents.on("will-redirect", (event) => stay(event, event.url));
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpenOutside(url)) void shell.openExternal(url);
      return { action: "deny" };
    });
  });
}

function fitting(): [number, number] {
  const { width, height } = screen.getPrimaryDisplay().workAreaSize;
  return [Math.min(1440, width), Math.min(900, height)];
}

/** PODGLASS_TEST_SIZE=1280x800, for tests of an app that is not packaged. */
function testSize(): [number, number] | null {
  const match = isPackaged() ? null : /^(\d+)x(\d+)$/.exec(process.env.PODGLASS_TEST_SIZE ?? "");
  return match ? [Number(match[1]), Number(match[2])] : null;
}
