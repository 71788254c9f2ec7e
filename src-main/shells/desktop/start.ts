/** Shell 1: the desktop window. Reads as a table of contents; each line is a file. */
import { app, BrowserWindow, dialog, session } from "electron";
import { builtWindow, pageFiles } from "../page-files.ts";
import type { Answering } from "../shell.ts";
import { desktopPowers } from "./dialogs.ts";
import { connectWindow } from "./ipc.ts";
import { setMenu } from "./menu.ts";
import { showNotices } from "./notices.ts";
import { openFiles, recordingsIn } from "./open-files.ts";
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
  const files = openFiles(async (path) => {
    try {
      const chosen = { ...powers, openFile: async () => ({ path, lasting: true }) };
      const { nodeId } = (await inspector.request("file.open", {}, chosen)) as { nodeId: string };
      tell({ type: "show", nodeId });
    } catch (error) {
      dialog.showErrorBox("Podglass", error instanceof Error ? error.message : String(error));
    }
  });
  files.add(recordingsIn(process.argv.slice(1), process.cwd()));
  app.on("second-instance", (_event, words, folder) => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
    files.add(recordingsIn(words.slice(1), folder));
  });
  // macOS hands a double-clicked file over by an event, also before the app is ready.
  app.on("open-file", (event, path) => {
    event.preventDefault();
    files.add(recordingsIn([path], "/"));
  });

  await app.whenReady();
  const inspector = openInspector();
  denyPermissions(session.defaultSession);
  serveWindow(session.defaultSession, pageFiles(builtWindow()));
  const powers = desktopPowers(() => window);
  const { tell } = connectWindow(inspector, powers, () => window, files.listening);
  showNotices(inspector, () => window, tell);
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
