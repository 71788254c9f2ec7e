// npm run package [-- dir deb rpm AppImage dmg nsis]: packages for people, in dist/. Without a name: all that this system
// can make; what it cannot is named with the reason. electron-builder makes the folder, sets the fuses and signs where
// the environment gives keys (CSC_LINK, CSC_KEY_PASSWORD, APPLE_…: https://www.electron.build/code-signing).
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { makeDeb, makeRpm } from "./linux-packages.mjs";
import { electronVersion, ensureBuilt, ensureInstalled, root, say } from "./setup.mjs";

const SYSTEMS = {
  linux: { flag: "--linux", folder: "linux-unpacked", formats: ["dir", "deb", "rpm", "AppImage"] },
  darwin: { flag: "--mac", folder: "mac", formats: ["dir", "dmg"] },
  win32: { flag: "--win", folder: "win-unpacked", formats: ["dir", "nsis"] },
};
const system = SYSTEMS[process.platform];
const asked = process.argv.slice(2);
const wrong = asked.filter((name) => !system?.formats.includes(name));
if (!system || wrong.length > 0) {
  say(`package: this system makes ${system?.formats.join(", ") ?? "no packages"}, not ${wrong.join(", ")}`);
  process.exit(2);
}

/** A runtime that is at hand instead of a download: the binary itself, not a wrapper that starts one. */
function runtime() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!folder) return [];
  if (existsSync(join(folder, "resources", "app")))
    throw new Error(
      `${folder} is a wrapped runtime, which cannot be packaged; ELECTRON_OVERRIDE_DIST_PATH must name a plain one`,
    );
  return [`-c.electronVersion=${electronVersion()}`, `-c.electronDist=${folder}`];
}

/** Throws with the last line that says why. */
function builder(...args) {
  const cli = join(root, "node_modules", "electron-builder", "cli.js");
  const done = spawnSync(process.execPath, [cli, system.flag, ...args, "--publish", "never", ...runtime()], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { CSC_IDENTITY_AUTO_DISCOVERY: process.env.CSC_LINK ? "true" : "false", ...process.env },
  });
  const words = `${done.stdout}${done.stderr}`;
  if (done.status !== 0)
    throw new Error(
      /⨯ (.*)/.exec(words)?.[1] ?? words.trim().split("\n").at(-1) ?? `electron-builder ended with ${done.status}`,
    );
}

const folder = join(root, "dist", system.folder);
const make = {
  dir: () => builder("dir"),
  deb: () => makeDeb(folder),
  rpm: () => makeRpm(folder),
  AppImage: () => builder("AppImage", "--prepackaged", folder),
  dmg: () => builder("dmg", "--prepackaged", folder),
  nsis: () => builder("nsis", "--prepackaged", folder),
};

ensureInstalled();
ensureBuilt();
let failed = 0;
for (const format of asked.length > 0 ? ["dir", ...asked.filter((name) => name !== "dir")] : system.formats) {
  try {
    say(`package: ${format}`);
    make[format]();
  } catch (error) {
    say(`package: ${format} was not made: ${error.message}`);
    if (format === "dir") process.exit(1);
    if (asked.includes(format)) failed = 1;
  }
}
for (const name of readdirSync(join(root, "dist")).filter((name) => !/\.ya?ml$/.test(name)))
  console.log(`dist/${name}`);
process.exit(failed);
