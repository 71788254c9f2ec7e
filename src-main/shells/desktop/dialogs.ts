/** Native dialogs: what a page must not be able to draw or to click. */
import { writeFile } from "node:fs/promises";
import { type BrowserWindow, dialog } from "electron";
import { inert } from "../../../src-shared/format.ts";
import type { ShellPowers } from "../shell.ts";
import { ourselves } from "./as-command.ts";
import { describePlan, verb } from "./plan-text.ts";
import { terminalWords } from "./terminals.ts";

const KINDS: Record<string, { name: string; extensions: string[] }> = {
  svg: { name: "Picture", extensions: ["svg"] },
  png: { name: "Picture", extensions: ["png"] },
  json: { name: "JSON", extensions: ["json"] },
  csv: { name: "Table", extensions: ["csv"] },
  html: { name: "Report", extensions: ["html"] },
  recording: { name: "Podglass recording", extensions: ["podglass"] },
};

export const desktopPowers = (window: () => BrowserWindow | null): ShellPowers => ({
  actions: "confirm",
  terminal: (words, chosen) => terminalWords([...ourselves(), ...words], chosen),
  async confirm(plan) {
    const parent = window();
    const options = {
      type: "warning" as const,
      title: "Podglass",
      message: `${verb(plan)} ${inert(plan.pod, 120)} on ${inert(plan.node, 120)}?`,
      detail: describePlan(plan),
      buttons: [verb(plan), "Cancel"],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    };
    const { response } = parent ? await dialog.showMessageBox(parent, options) : await dialog.showMessageBox(options);
    return response === 0;
  },
  async saveFile(name, kind, bytes) {
    const parent = window();
    const options = {
      defaultPath: inert(name, 120).replace(/[/\\:]/g, "-"),
      filters: KINDS[kind] ? [KINDS[kind]] : [],
    };
    const { filePath } = parent ? await dialog.showSaveDialog(parent, options) : await dialog.showSaveDialog(options);
    if (!filePath) return false;
    await writeFile(filePath, bytes, { mode: 0o600 });
    return true;
  },
  async openFile(suggested) {
    const parent = window();
    const options = {
      properties: ["openFile" as const],
      title: "Open a recording or a probe's output",
      ...(suggested === undefined ? {} : { defaultPath: suggested }),
    };
    const { filePaths } = parent ? await dialog.showOpenDialog(parent, options) : await dialog.showOpenDialog(options);
    return filePaths[0] === undefined ? null : { path: filePaths[0], lasting: true };
  },
});
