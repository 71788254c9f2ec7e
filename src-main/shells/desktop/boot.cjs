// The first file that Electron runs. What must happen before the app is ready happens here, at once: a module would be
// loaded too late where the runtime starts apps through a loader of its own. Plain CommonJS for the same reason.
"use strict";
const { app, protocol } = require("electron");

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: "podglass", privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

import("./electron.js").catch((error) => {
  console.error(error);
  app.exit(1);
});
