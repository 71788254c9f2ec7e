/** The one way between window and main process: requests of api.ts in, events out. */
import { type BrowserWindow, ipcMain, type WebFrameMain } from "electron";
import type { ApiEvent } from "../../../src-shared/api.ts";
import { openEventSender } from "../event-sender.ts";
import type { Answering, ShellPowers } from "../shell.ts";
import { isOurs } from "./origin.ts";

/** The frame that may ask: the top frame of our own window, on our own page. */
const trusted = (frame: WebFrameMain | null, window: BrowserWindow | null): boolean =>
  frame !== null &&
  window !== null &&
  !window.isDestroyed() &&
  frame === window.webContents.mainFrame &&
  isOurs(frame.url);

/** Answers are values, never exceptions: Electron would print and prefix those. */
export function connectWindow(
  inspector: Answering,
  powers: ShellPowers,
  window: () => BrowserWindow | null,
  /** Called when the window asks what is open: from then on it hears events. */
  listening: () => void,
): { tell: (event: ApiEvent) => void } {
  const sender = openEventSender((event) => {
    const target = window();
    if (target && !target.isDestroyed() && !target.webContents.isCrashed())
      target.webContents.send("podglass:event", event);
  });
  ipcMain.handle("podglass:request", async (event, name: unknown, input: unknown) => {
    if (!trusted(event.senderFrame, window())) return { error: "Only Podglass's own window may ask." };
    if (name === "node.states") setImmediate(listening);
    if (typeof name !== "string") return { error: "A request has a name." };
    try {
      return { value: sender.answer(name, input, await inspector.request(name, input, powers)) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
  inspector.subscribe(sender.tell);
  return { tell: sender.tell };
}
