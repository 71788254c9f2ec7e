import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ShellPowers } from "../shells/shell.ts";
import { openSettings } from "../storage/settings.ts";
import { consentToStart, expandForWindow } from "./consent.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "podglass-consent-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("asks one question at a time, and no more of what was confirmed meanwhile", async () => {
  const settings = openSettings(folder);
  let open = 0;
  const asked: string[] = [];
  const shell: ShellPowers = {
    actions: "confirm",
    confirm: async ({ steps }) => {
      open += 1;
      expect(open).toBe(1);
      await new Promise((later) => setImmediate(later));
      open -= 1;
      return asked.push(steps[0]?.command ?? "") > 0;
    },
    saveFile: async () => false,
    openFile: async () => null,
  };
  const consent = (target: string) => consentToStart({ target, starts: ["docker", target] }, settings, shell);
  await Promise.all(["a", "b", "a", "c", "b"].map(consent));
  expect(asked).toEqual(["docker a", "docker b", "docker c"]);
});

it("a window's words become targets by patterns alone: it names no file, and starts nothing that was not confirmed", async () => {
  const config = join(folder, "config");
  writeFileSync(config, "Host edge-1 edge-2 core\n  User root\n");
  writeFileSync(join(folder, "list"), "secret-host\n");
  const asked: string[][] = [];
  const shell: ShellPowers = {
    actions: "never",
    confirm: async (plan) => {
      asked.push(plan.steps.map(({ command }) => command));
      return false;
    },
    saveFile: async () => false,
    openFile: async () => null,
  };
  const expand = (...words: string[]) => expandForWindow(words, config, openSettings(folder), shell);
  expect(await expand("edge-*", "root@node-a", "edge-1")).toEqual(["edge-1", "edge-2", "root@node-a"]);
  await expect(expand(`@${join(folder, "list")}`)).rejects.toThrow(/choose the file/);
  await expect(expand("kubectl:prod/*")).rejects.toThrow(/not confirmed/);
  expect(asked).toEqual([
    [expect.stringMatching(/^kubectl .*--context[ =]prod.* get nodes/), expect.stringContaining('"nodeName": "NODE"')],
  ]);
});
