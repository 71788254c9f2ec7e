/** Native dialogs: what a page must not be able to draw or to click. */
import { writeFile } from "node:fs/promises";
import { type BrowserWindow, dialog } from "electron";
import { inert } from "../../src-shared/format.ts";
import type { Plan } from "../../src-shared/model.ts";
import type { ShellPowers } from "../shell.ts";
import { isPackaged } from "./packaged.ts";

const KINDS: Record<string, { name: string; extensions: string[] }> = {
  svg: { name: "Picture", extensions: ["svg"] },
  png: { name: "Picture", extensions: ["png"] },
  json: { name: "JSON", extensions: ["json"] },
  recording: { name: "Podglass recording", extensions: ["podglass"] },
};

export const desktopPowers = (window: () => BrowserWindow | null): ShellPowers => ({
  actions: "confirm",
  async confirm(plan) {
    const prepared = testAnswer();
    if (prepared !== null) return prepared;
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
  async openFile() {
    const parent = window();
    const options = { properties: ["openFile" as const], title: "Open a recording or a probe's output" };
    const { filePaths } = parent ? await dialog.showOpenDialog(parent, options) : await dialog.showOpenDialog(options);
    return filePaths[0] ?? null;
  },
});

/** What will change and how, in full as far as a dialog can show it. Names come from the node, so they are made inert. */
export function describePlan(plan: Plan): string {
  const lines = [
    ...plan.effects.slice(0, 12).map((effect) => `• ${inert(effect, 400)}`),
    "",
    ...plan.steps
      .slice(0, 12)
      .map((step, index) => `${index + 1}. ${inert(step.title, 200)}\n    ${inert(step.command, 300)}`),
  ];
  const left = Math.max(0, plan.steps.length - 12);
  if (left > 0) lines.push(`… and ${left} more steps; all of them are in the window's plan.`);
  return lines.join("\n");
}

const verb = (plan: Plan): string =>
  ({ pin: "Pin", unpin: "Unpin", drop: "Drop pause of", restore: "Restore pause of" })[plan.action];

/** PODGLASS_TEST_CONFIRM=yes|no, for tests of an app that is not packaged: nobody is there to click. */
function testAnswer(): boolean | null {
  if (isPackaged()) return null;
  return { yes: true, no: false }[process.env.PODGLASS_TEST_CONFIRM ?? ""] ?? null;
}
