// What every entry needs before it can run: the packages, a build that is no older than the sources, an Electron runtime.
// Words go to stderr: stdout belongs to the command that asked.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const windows = process.platform === "win32";

export const say = (text) => process.stderr.write(`${text}\n`);

/** Runs a program of ours in the repo's folder, its output on stderr; returns its exit status. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: windows && command === "npm",
    ...options,
  });
  if (done.error) throw done.error;
  return done.status ?? 1;
}

function olderThan(major, minor) {
  const [ours = 0, its = 0] = process.versions.node.split(".").map(Number);
  return ours < major || (ours === major && its < minor);
}

/** @throws Error on a Node that the build's own tools do not take (vite: ^20.19 || >=22.12) */
function checkNode() {
  if (
    !olderThan(20, 19) &&
    !(process.versions.node.startsWith("22.") && olderThan(22, 12)) &&
    !process.versions.node.startsWith("21.")
  )
    return;
  throw new Error(
    `Node.js ${process.versions.node} is too old: take 20.19 or later, or 22.12 or later (https://nodejs.org)`,
  );
}

/** `npm ci` where node_modules is missing or belongs to another lock file. */
export function ensureInstalled() {
  checkNode();
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".podglass-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  say("podglass: installing packages (npm ci)");
  // Electron's own downloader asks for Node 22.12 and runs on 20.19 as well: its warning would only worry people.
  const quiet = olderThan(22, 12) ? ["--loglevel=error"] : [];
  if (run("npm", ["ci", "--no-audit", "--no-fund", ...quiet]) !== 0)
    throw new Error("npm ci failed; its words are above");
  writeFileSync(stamp, lock);
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let time = 0;
  for (const name of readdirSync(path)) if (name !== "node_modules") time = Math.max(time, newest(join(path, name)));
  return time;
}

/** Builds where the sources are newer than the build. */
export function ensureBuilt() {
  const stamp = join(root, "out", ".built");
  const sources = [
    "src-main",
    "src-renderer",
    "src-shared",
    "assets",
    "scripts/contents.ts",
    "electron.vite.config.ts",
    "package-lock.json",
  ];
  const time = Math.max(...sources.map((name) => newest(join(root, name))));
  if (existsSync(stamp) && statSync(stamp).mtimeMs > time) return;
  say("podglass: building");
  if (!build()) throw new Error("the build failed; its words are above");
}

/** Whether it could be built; its words are on stderr. */
export function build() {
  const vite = join(root, "node_modules", "electron-vite", "bin", "electron-vite.js");
  if (run(process.execPath, [vite, "build", "--logLevel", "warn"]) !== 0) return false;
  mkdirSync(join(root, "out"), { recursive: true });
  writeFileSync(join(root, "out", ".built"), new Date().toISOString());
  return true;
}

const binary =
  { darwin: "Electron.app/Contents/MacOS/Electron", win32: "electron.exe" }[process.platform] ?? "electron";

/** The version that is packaged: of the runtime that ELECTRON_OVERRIDE_DIST_PATH names, or of the package. */
export function electronVersion() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return readFileSync(join(override, "version"), "utf8").trim().replace(/^v/, "");
  return createRequire(join(root, "package.json"))("electron/package.json").version;
}

/** Path of an Electron program, or why there is none. ELECTRON_OVERRIDE_DIST_PATH goes before the package's own. */
export function findElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) {
    const path = join(override, binary);
    return existsSync(path)
      ? { path }
      : { why: `ELECTRON_OVERRIDE_DIST_PATH names no runtime: ${path} does not exist` };
  }
  const home = dirname(createRequire(join(root, "package.json")).resolve("electron/package.json"));
  const path = join(home, "dist", binary);
  if (existsSync(path)) return { path };
  const fetched = spawnSync(process.execPath, [join(home, "install.js")], {
    cwd: root,
    stdio: "ignore",
    timeout: 180_000,
  });
  if (existsSync(path)) return { path };
  return { why: fetched.error ? "its download took too long" : "its download failed (no way to the release server?)" };
}

/** Why a desktop window cannot open here although a runtime exists; undefined where it can. */
export function noDisplay() {
  if (process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return undefined;
  return "there is no display (DISPLAY and WAYLAND_DISPLAY are empty)";
}

/** A Chromium for the browser end-to-end tests. */
export function findChromium() {
  const named = process.env.PODGLASS_CHROMIUM;
  const places = named
    ? [named]
    : [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      ];
  return places.find((path) => existsSync(path));
}
