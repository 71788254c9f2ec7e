/** This very app as its own command line: a person who has the app need not have the command as well. See boot.cjs. */
import { app } from "electron";
import { isPackaged } from "./packaged.ts";

/** The words before a command of podglass. An AppImage's own files go away with the window; the file itself stays. */
export const ourselves = (): string[] => [
  process.env.APPIMAGE ?? process.execPath,
  ...(app.commandLine.hasSwitch("no-sandbox") ? ["--no-sandbox"] : []),
  ...(isPackaged() ? [] : [app.getAppPath()]),
  "--terminal",
];
