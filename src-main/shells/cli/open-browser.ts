/**
 * Opens an address with a secret in it in the person's browser. A command line is public on most machines
 * (/proc/PID/cmdline), so what it names is a file that only this user may read, and that leads there.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: "open", win32: "explorer" };

/** Returns a way to take the file away: once the address was used, and at the end. `failed`: no browser was opened. */
export function openBrowser(url: string, failed: () => void): () => void {
  const folder = mkdtempSync(join(tmpdir(), "podglass-open-")); // 0700
  const path = join(folder, "podglass.html");
  writeFileSync(path, leadingTo(url), { mode: 0o600 });
  const opener = spawn(OPENERS[process.platform] ?? "xdg-open", [path], { stdio: "ignore", detached: true });
  opener.once("error", failed);
  // explorer.exe says 1 also when it did as told.
  opener.once("exit", (code) => code !== 0 && process.platform !== "win32" && failed());
  opener.unref();
  return () => rmSync(folder, { recursive: true, force: true });
}

/** The address is ours: digits, a port and base64url, so it needs no quoting. */
const leadingTo = (url: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Podglass</title><meta name="referrer" content="no-referrer">\n` +
  `<meta http-equiv="refresh" content="0;url=${url}"><a href="${url}">Podglass</a>\n`;
