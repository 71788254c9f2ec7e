/** Whether this is an app that was packaged for people. What tests alone may steer holds only where it is not. */
import { relative } from "node:path";
import { app } from "electron";

/**
 * Electron's own app.isPackaged looks at the name of the executable alone, and says yes in a runtime that was renamed;
 * a packaged app's code also lies in the runtime's resources.
 */
export const isPackaged = (): boolean =>
  app.isPackaged && !relative(process.resourcesPath, app.getAppPath()).startsWith("..");
