// npm run bench [-- NAME…]: measures side by side and prints each figure beside its goal. A bench is bench/NAME.ts with
// an exported run(): it cleans up after itself.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importBundled } from "./bundle.mjs";
import { ensureBuilt, ensureInstalled, root, say } from "./setup.mjs";

ensureInstalled();
ensureBuilt();
const isBench = (name) =>
  name.endsWith(".ts") &&
  /^export (async )?(function|const) run\b/m.test(readFileSync(join(root, "bench", name), "utf8"));
const all = readdirSync(join(root, "bench"))
  .filter(isBench)
  .map((name) => name.replace(/\.ts$/, ""));
if (process.argv.slice(2).some((word) => word === "--help" || word === "-h")) {
  say(`npm run bench -- [NAME…]; without a name all of them: ${all.join(", ")}`);
  process.exit(0);
}
const asked = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const unknown = asked.filter((name) => !existsSync(join(root, "bench", `${name}.ts`)));
if (unknown.length > 0) {
  say(`bench: no such bench: ${unknown.join(", ")}; there are ${all.join(", ")}`);
  process.exit(2);
}
const { printTable } = await importBundled("bench/table.ts", "bench");
let missed = 0;
for (const name of asked.length > 0 ? asked : all) {
  say(`bench: ${name}`);
  const { run } = await importBundled(`bench/${name}.ts`, "bench");
  for (const table of [await run()].flat()) {
    console.log(`\n${printTable(table)}`);
    missed += table.figures.filter(({ ok }) => ok === false).length;
  }
}
say(missed === 0 ? "bench: every goal is met" : `bench: ${missed} goals are missed`);
process.exit(0);
