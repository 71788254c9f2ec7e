// npm run soak [-- NAME…]: the long tests, each e2e/soak/NAME.ts with an exported run() that gives a list of failures.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { importBundled } from "./bundle.mjs";
import { ensureBuilt, ensureInstalled, root, say } from "./setup.mjs";

ensureInstalled();
ensureBuilt();
const all = readdirSync(join(root, "e2e", "soak"))
  .filter((name) => /^[a-z-]+\.ts$/.test(name))
  .map((name) => name.replace(/\.ts$/, ""));
const asked = process.argv.slice(2).filter((word) => !word.startsWith("-"));
let passed = 0;
let failed = 0;
for (const name of asked.length > 0 ? asked : all) {
  say(`soak: ${name}`);
  const { run } = await importBundled(`e2e/soak/${name}.ts`, "soak");
  const result = await run();
  passed += result.passed;
  failed += result.failures.length;
  for (const failure of result.failures) say(`  failed: ${name}: ${failure}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
