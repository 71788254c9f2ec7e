// npm run release: all that a release is made of, in dist/: the packages of this system, the npm package, checksums and an
// SBOM. Nothing is uploaded. With COSIGN_KEY (or COSIGN_KEYLESS=1) the checksums are signed; packages are signed by
// electron-builder where CSC_LINK and its kin are set. docs/release.md has the steps around it.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, root, run, say } from "./setup.mjs";
import { cyclonedx, provenance } from "./statements.mjs";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const dist = join(root, "dist");
const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

function refuse(why) {
  say(`release: ${why}`);
  process.exit(1);
}

/** The changes of this version, as CHANGELOG.md has them. */
function notes() {
  const text = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith(`${version} `) || part.startsWith(`${version}\n`));
  return section?.split("\n").slice(1).join("\n").trim() || refuse(`CHANGELOG.md says nothing of ${version}`);
}

const digest = (path) =>
  new Promise((done, failed) => {
    const hash = createHash("sha256");
    createReadStream(path)
      .on("data", (chunk) => hash.update(chunk))
      .on("end", () => done(hash.digest("hex")))
      .on("error", failed);
  });

const dirty = git("status", "--porcelain");
if (dirty !== "" && !process.argv.includes("--dirty"))
  refuse("the working tree has changes that no commit has: a release is made of a commit (--dirty to try)");
ensureInstalled();
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
writeFileSync(join(dist, "NOTES.md"), `${notes()}\n`);
ensureBuilt();
if (run(process.execPath, [join(root, "scripts/package.mjs")]) !== 0)
  refuse("the packages were not made; why stands above");
if (run("npm", ["pack", "--pack-destination", dist]) !== 0) refuse("npm pack failed; its words are above");

const contents = JSON.parse(readFileSync(join(root, "out/renderer/contents.json"), "utf8"));
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const at = git("log", "-1", "--format=%cI");
writeFileSync(
  join(dist, `podglass-${version}.cdx.json`),
  `${JSON.stringify(cyclonedx(version, at, contents, lock), null, 2)}\n`,
);

const files = readdirSync(dist, { withFileTypes: true }).filter(
  (entry) => entry.isFile() && !/\.ya?ml$/.test(entry.name),
);
const sums = [];
for (const { name } of files.sort((a, b) => (a.name < b.name ? -1 : 1)))
  sums.push({ name, sha256: await digest(join(dist, name)) });
writeFileSync(join(dist, "SHA256SUMS"), sums.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""));
const statement = provenance({
  commit: git("rev-parse", "HEAD"),
  dirty: dirty !== "",
  node: process.version,
  files: sums,
});
writeFileSync(join(dist, "provenance.intoto.json"), `${JSON.stringify(statement, null, 2)}\n`);

const { COSIGN_KEY: key, COSIGN_KEYLESS: keyless } = process.env;
if (key || keyless) {
  for (const name of ["SHA256SUMS", "provenance.intoto.json"]) {
    const path = join(dist, name);
    const signed = spawnSync(
      "cosign",
      ["sign-blob", "--yes", ...(key ? ["--key", key] : []), "--bundle", `${path}.sigstore`, path],
      { stdio: ["ignore", 2, 2] },
    );
    if (signed.status !== 0) refuse(`cosign did not sign ${name}`);
  }
} else say("release: not signed: neither COSIGN_KEY nor COSIGN_KEYLESS is set");
for (const { name, sha256 } of sums) console.log(`${sha256}  dist/${name}`);
