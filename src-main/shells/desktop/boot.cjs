// The first file that Electron runs. What must happen before the app is ready happens here, at once: a module would be
// loaded too late where the runtime starts apps through a loader of its own. Plain CommonJS for the same reason.
"use strict";
const { app, protocol } = require("electron");

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: "podglass", privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

// `podglass --terminal enter …`: the same program as its command line, without a window (as-command.ts starts it so).
// What stands behind "--" is a file or a link that was clicked, whose words are anybody's.
const at = process.argv.indexOf("--terminal", 1);
const asCommand = at > 0 && at <= 3 && !process.argv.slice(1, at).some((word) => word === "--" || word.includes("://"));
if (asCommand) {
  // Nothing is drawn, and what Chromium misses on a machine is no word for a terminal.
  app.disableHardwareAcceleration();
  app.commandLine.appendSwitch("log-level", "3");
  app.dock?.hide();
  process.argv = [process.argv[0], "podglass", ...process.argv.slice(at + 1)];
}

import(asCommand ? "./cli.js" : "./electron.js").catch((error) => {
  console.error(error);
  app.exit(1);
});
