#!/usr/bin/env node
// npx podglass: the command line, from the build.
import { ensureBuilt, ensureInstalled } from "./setup.mjs";

try {
  ensureInstalled();
  ensureBuilt();
} catch (error) {
  process.stderr.write(`podglass: ${error.message}\n`);
  process.exit(2);
}
await import("../out/main/cli.js");
