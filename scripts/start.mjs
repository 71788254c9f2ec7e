// npm start: the desktop window; where there can be none, the same app in a browser window.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, findElectron, noDisplay, root, say } from "./setup.mjs";

function serve() {
  const args = [join(root, "out", "main", "cli.js"), "serve", "--open", ...process.argv.slice(2)];
  follow(spawn(process.execPath, args, { stdio: "inherit" }));
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
