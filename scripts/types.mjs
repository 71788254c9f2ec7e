// Type-checks each layer with its own tsconfig: what a layer must not know is not in its types.
import { spawnSync } from "node:child_process";

let failed = 0;
for (const project of ["src-shared", "src-main", "src-renderer", "tsconfig.tests.json"]) {
  const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", project], {
    stdio: "inherit",
  });
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
