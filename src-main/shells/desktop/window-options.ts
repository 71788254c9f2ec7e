/** How the window is made: Electron's security checklist, as values that a test reads. */
import type { BrowserWindowConstructorOptions } from "electron";

export interface WindowSetting {
  preload: string;
  version: string;
  packaged: boolean;
  width?: number;
  height?: number;
}

export const windowOptions = (setting: WindowSetting): BrowserWindowConstructorOptions => ({
  width: setting.width ?? 1440,
  height: setting.height ?? 900,
  minWidth: 720,
  minHeight: 480,
  useContentSize: true,
  show: false,
  title: "Podglass",
  backgroundColor: "#0f1216",
  webPreferences: {
    preload: setting.preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: !setting.packaged,
    additionalArguments: [`--podglass-version=${setting.version}`],
  },
});
