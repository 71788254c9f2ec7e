#!/usr/bin/env node
// npx podglass: the command line, from the build. In the repository it is built first; a package carries it built.
import { existsSync, lstatSync, mkdirSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * From Node 22.1 on what was compiled is kept for the next start, a tenth of its time. In a folder that only we can write
 * to, for what is in there is run: Node's own choice is below the system's temporary folder.
 */
function keepCompiled() {
  if (module.enableCompileCache === undefined || process.getuid === undefined) return;
  const above = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(above, "podglass", "compiled");
  try {
    // One by one, and none above: made at once, Node 22 never comes back below /proc.
    for (const each of [join(above, "podglass"), folder]) {
      if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
      const found = lstatSync(each);
      if (!found.isDirectory() || found.uid !== process.getuid() || (found.mode & 0o022) !== 0) return;
    }
    module.enableCompileCache(folder);
  } catch {
    // no such folder, or none that can be written to: it starts as it did before
  }
}

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
keepCompiled();
await import("../out/main/cli.js");
