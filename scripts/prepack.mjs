// Before npm pack: the package carries the app as it is built from these very sources, and its manual page.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, root } from "./setup.mjs";

ensureInstalled();
ensureBuilt();
writeFileSync(join(root, "out/podglass.1"), execFileSync(process.execPath, [join(root, "out/main/cli.js"), "manual"]));
