#!/usr/bin/env node
// npx podglass: the command line, from the build. In the repository it is built first; a package carries it built.
import { existsSync } from "node:fs";

if (existsSync(new URL("../src-main", import.meta.url))) {
  try {
    const { ensureBuilt, ensureInstalled } = await import("./setup.mjs");
    ensureInstalled();
    ensureBuilt();
  } catch (error) {
    process.stderr.write(`podglass: ${error.message}\n`);
    process.exit(2);
  }
}
await import("../out/main/cli.js");
