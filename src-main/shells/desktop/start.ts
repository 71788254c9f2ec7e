/** Shell 1: the desktop window. Reads as a table of contents; each line is a file. */
import { app, BrowserWindow, session } from "electron";
import { builtWindow, pageFiles } from "../page-files.ts";
import type { Answering } from "../shell.ts";
import { desktopPowers } from "./dialogs.ts";
import { connectWindow } from "./ipc.ts";
import { setMenu } from "./menu.ts";
import { denyPermissions } from "./permissions.ts";
import { serveWindow } from "./protocol.ts";
import { createWindow, fenceContents } from "./window.ts";

/** Runs until the last window is closed. */
export async function startDesktop(openInspector: () => Answering): Promise<void> {
  fenceContents();
  let window: BrowserWindow | null = null;
  const show = () => {
    window = createWindow();
    window.on("closed", () => {
      window = null;
    });
  };
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.on("second-instance", () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });

  await app.whenReady();
  const inspector = openInspector();
  denyPermissions(session.defaultSession);
  serveWindow(session.defaultSession, pageFiles(builtWindow()));
  connectWindow(
    inspector,
    desktopPowers(() => window),
    () => window,
  );
  setMenu();
  show();

  app.on("activate", () => {
    if (BrowserWindow.getAllWindows().length === 0) show();
  });
  app.on("window-all-closed", () => app.quit());
  let closing = false;
  app.on("before-quit", (event) => {
    if (closing) return;
    closing = true;
    event.preventDefault();
    void inspector.close().finally(() => app.quit());
  });
}
