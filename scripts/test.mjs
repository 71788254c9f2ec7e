// npm test: types, lint, unused code and packages, unit tests, build, real-node tests, browser and desktop end-to-end
// tests. What this machine cannot run is named with the reason; where PODGLASS_REQUIRE names it, that is a failure.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, findChromium, findElectron, noDisplay, root, say } from "./setup.mjs";

const required = new Set((process.env.PODGLASS_REQUIRE ?? "").split(",").filter(Boolean));
const only = new Set(process.argv.slice(2));
const results = join(root, "test-results");
const total = { passed: 0, failed: 0 };
const skipped = [];
const failures = [];
const unsteady = [];

const wanted = (stage) => only.size === 0 || only.has(stage);
function pass(count = 1) {
  total.passed += count;
}
function fail(name, count = 1) {
  total.failed += count;
  failures.push(name);
}
function skip(kind, name, reason) {
  if (required.has(kind)) fail(`${name}: required by PODGLASS_REQUIRE, yet ${reason}`);
  else skipped.push(`${name}: ${reason}`);
}

const environment = () => ({ NO_COLOR: process.stderr.isTTY ? undefined : "1", ...process.env });

const NODE_TEST_TIMES = ["--testTimeout=120000", "--hookTimeout=120000"];
/** These wait for what answers late or never and make no pod, so they stand beside the unit tests; all others want quiet. */
const WAITING = ["probe/stuck", "probe/greeting", "session/lasting", "ssh/connect", "ssh/system/system"].map(
  (name) => `src-main/${name}.node.test.ts`,
);

function node(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2], env: environment() }).status ?? 1;
}

function step(name, work) {
  if (!wanted(name)) return true;
  say(`\n── ${name}`);
  let ok = false;
  try {
    ok = work();
  } catch (error) {
    say(error.message);
  }
  if (ok) pass();
  else fail(name);
  return ok;
}

function json(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

async function vitest(stage, extra, kind, reason) {
  if (!wanted(stage)) return;
  say(`\n── ${stage}`);
  const file = join(results, `${stage}.json`);
  const bin = join(root, "node_modules", "vitest", "vitest.mjs");
  const child = spawn(
    process.execPath,
    [bin, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...extra],
    { cwd: root, stdio: ["ignore", 2, 2], env: environment() },
  );
  const [status] = await once(child, "exit");
  const report = json(file);
  if (!report) return fail(`${stage}: vitest gave no report`);
  for (const suite of report.testResults) {
    const where = suite.name.replace(`${root}/`, "");
    if (suite.status === "failed" && suite.assertionResults.every((test) => test.status !== "failed"))
      fail(`${where}: ${String(suite.message).split("\n")[0]}`);
    for (const test of suite.assertionResults) {
      if (test.status === "passed") pass();
      else if (test.status === "failed") fail(`${where}: ${test.fullName}`);
      else skip(kind, `${where}: ${test.fullName}`, reason);
    }
  }
  if (status !== 0 && failures.length === 0) fail(`${stage}: vitest ended with status ${status}`);
}

/** What the accessibility tree of a failed spec's page held: where nobody can look at the machine, this is all there is. */
function sayScreen(name, { attachments = [] }) {
  const path = attachments.find((one) => one.name === "error-context")?.path;
  const page = path && existsSync(path) ? /```yaml\n(.*?)\n```/su.exec(readFileSync(path, "utf8"))?.[1] : undefined;
  if (page) say(`\n── the screen of ${name}\n${page.split("\n").slice(0, 80).join("\n")}`);
}

async function playwright(project, cannot) {
  if (!wanted(project.replace("-live", ""))) return;
  say(`\n── ${project} end-to-end`);
  if (cannot) return skip(project.replace("-live", ""), `${project} end-to-end`, cannot);
  const file = join(results, `${project}.json`);
  const cli = join(root, "node_modules", "@playwright", "test", "cli.js");
  const folder = join(results, `playwright-${project}`);
  // Where everything is required one stumble of a busy machine does not end the run, but is named, with what was on the screen.
  const again = required.has(project.replace("-live", "")) ? 1 : 0;
  const args = [cli, "test", `--project=${project}`, `--output=${folder}`, `--retries=${again}`];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...environment(), PLAYWRIGHT_JSON_OUTPUT_FILE: file },
  });
  const [status] = await once(child, "exit");
  const report = json(file);
  if (!report) return fail(`${project}: Playwright gave no report (status ${status})`);
  for (const error of report.errors ?? []) fail(`${project}: ${String(error.message).split("\n")[0]}`);
  const walk = (suite, names) => {
    for (const inner of suite.suites ?? []) walk(inner, [...names, inner.title]);
    for (const spec of suite.specs ?? [])
      for (const test of spec.tests) {
        const name = `${project}: ${[...names, spec.title].join(" › ")}`;
        for (const [tries, result] of test.results.entries())
          if (result.status !== test.expectedStatus && result.status !== "skipped")
            sayScreen(`${name}, try ${tries + 1}`, result);
        if (test.status === "flaky") unsteady.push(name);
        if (test.status === "expected" || test.status === "flaky") pass();
        else if (test.status === "skipped")
          skip(
            "nodes",
            name,
            test.annotations.find((note) => note.type === "skip")?.description ?? "skipped by the test",
          );
        else fail(name);
      }
  };
  for (const suite of report.suites ?? []) walk(suite, [suite.title]);
}

ensureInstalled();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
step("types", () => node([join(root, "scripts", "types.mjs")]) === 0);
step("lint", () => node([join(root, "node_modules", "@biomejs", "biome", "bin", "biome"), "check", "."]) === 0);
step("unused", () => node([join(root, "node_modules", "knip", "bin", "knip.js")]) === 0);
const linuxRoot = process.platform === "linux" && process.getuid?.() === 0;
const missing = linuxRoot ? "a program it needs is missing" : "it needs root on Linux";
await Promise.all([
  vitest("unit", ["--exclude=**/*.node.test.ts", "--exclude=**/node_modules/**"], "unit", "guarded by the test"),
  vitest("waiting", [...NODE_TEST_TIMES, ...WAITING], "nodes", missing),
]);
const built = step("build", () => {
  ensureBuilt();
  return true;
});
await vitest(
  "nodes",
  ["--no-file-parallelism", ...NODE_TEST_TIMES, ...WAITING.map((file) => `--exclude=${file}`), ".node.test."],
  "nodes",
  missing,
);
const noBuild = built ? undefined : "there is no build";
const noBrowser = noBuild ?? (findChromium() ? undefined : "no Chromium was found (PODGLASS_CHROMIUM names one)");
const noDesktop = noBuild ?? findElectron().why ?? noDisplay();
// Side by side, for each waits most of the time; but one window at a time has the keyboard, and one live node is made.
await Promise.all([playwright("browser", noBrowser), playwright("desktop", noDesktop)]);
await playwright("browser-live", noBrowser);
await playwright("desktop-live", noDesktop);

const folder = join(root, "dist", "linux-unpacked");
const noPackage = existsSync(folder) ? undefined : "nothing is packaged in dist/ (npm run package -- dir)";
await playwright("packaged", noBuild ?? noPackage ?? noDisplay());

if (skipped.length > 0) say(`\nskipped here:\n${skipped.map((line) => `  ${line}`).join("\n")}`);
if (unsteady.length > 0) say(`\npassed at the second try:\n${unsteady.map((line) => `  ${line}`).join("\n")}`);
if (failures.length > 0) say(`\nfailed:\n${failures.map((line) => `  ${line}`).join("\n")}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
