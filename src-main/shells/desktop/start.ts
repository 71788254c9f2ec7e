/** Shell 1: the desktop window. Reads as a table of contents; each line is a file. */
import { app, BrowserWindow, dialog, session } from "electron";
import { builtWindow, pageFiles } from "../page-files.ts";
import type { Answering } from "../shell.ts";
import { arrivals, arrivalsIn } from "./arrivals.ts";
import { desktopPowers } from "./dialogs.ts";
import { connectWindow } from "./ipc.ts";
import { setMenu } from "./menu.ts";
import { showNotices } from "./notices.ts";
import { SCHEME } from "./origin.ts";
import { isPackaged } from "./packaged.ts";
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
  const coming = arrivals(async (arrival) => {
    if ("link" in arrival) return tell({ type: "link", text: arrival.link });
    try {
      const chosen = { ...powers, openFile: async () => ({ path: arrival.recording, lasting: true }) };
      const { nodeId } = (await inspector.request("file.open", {}, chosen)) as { nodeId: string };
      tell({ type: "show", nodeId });
    } catch (error) {
      dialog.showErrorBox("Podglass", error instanceof Error ? error.message : String(error));
    }
  });
  coming.add(arrivalsIn(process.argv.slice(1), process.cwd()));
  app.on("second-instance", (_event, words, folder) => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
    coming.add(arrivalsIn(words.slice(1), folder));
  });
  // macOS hands files and links over by events, also before the app is ready.
  for (const name of ["open-file", "open-url"] as const)
    app.on(name as "open-url", (event, word) => {
      event.preventDefault();
      coming.add(arrivalsIn([word], "/"));
    });
  // Elsewhere the package itself says which program links are for. "--" ends the options, whatever a link has in it.
  if (process.platform === "win32" && isPackaged()) app.setAsDefaultProtocolClient(SCHEME, process.execPath, ["--"]);

  await app.whenReady();
  const inspector = openInspector();
  denyPermissions(session.defaultSession);
  serveWindow(session.defaultSession, pageFiles(builtWindow()));
  const powers = desktopPowers(() => window);
  const { tell } = connectWindow(inspector, powers, () => window, coming.listening);
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
