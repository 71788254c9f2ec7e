// npm start: the desktop window; where there can be none, the same app in a browser window.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, findElectron, noDisplay, root, say } from "./setup.mjs";

function openBrowser(url) {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["explorer", url]
        : ["xdg-open", url];
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.on("error", () => say(`podglass: open this address in a browser: ${url}`));
  child.unref();
}

function serve() {
  const child = spawn(process.execPath, [join(root, "out", "main", "cli.js"), "serve", ...process.argv.slice(2)], {
    stdio: ["inherit", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    process.stdout.write(text);
    if (said.includes("\n")) return;
    said += text;
    const url = /https?:\/\/\S+/.exec(said)?.[0];
    if (said.includes("\n") && url) openBrowser(url);
  });
  follow(child);
}

function follow(child) {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code) => process.exit(code ?? 0));
  child.on("error", (error) => {
    say(`podglass: ${error.message}`);
    process.exit(1);
  });
}

ensureInstalled();
ensureBuilt();
const { path, why } = findElectron();
const reason = why ?? noDisplay();
if (reason) {
  say(`podglass: no desktop window, ${reason}; opening it in a browser instead`);
  serve();
} else follow(spawn(path, [root, ...process.argv.slice(2)], { stdio: "inherit", cwd: root }));
