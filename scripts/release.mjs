// npm run release: all that a release is made of, in dist/: the packages of this system, the npm package, checksums and an
// SBOM. Nothing is uploaded. Checksums and provenance are signed by the keys that sign.mjs finds; packages by
// electron-builder where CSC_LINK and its kin are set. docs/release.md has the steps around it.
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { electronVersion, ensureBuilt, ensureInstalled, root, run, say } from "./setup.mjs";
import { signAll } from "./sign.mjs";
import { cyclonedx, provenance } from "./statements.mjs";
import { treeAt } from "./tree.mjs";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const dist = join(root, "dist");

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

const { commit, dirty, git, moved } = treeAt(root);
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
const at = git("log", "-1", "--format=%cI", commit);
writeFileSync(
  join(dist, `podglass-${version}.cdx.json`),
  `${JSON.stringify(cyclonedx({ version, at, contents, lock, electron: electronVersion() }), null, 2)}\n`,
);

// Each package was built from what was there in its minute: all of them are of one commit only if nothing moved meanwhile.
if (moved())
  refuse("the working tree changed while the packages were made, so they are not all of one commit: begin anew");
const files = readdirSync(dist, { withFileTypes: true }).filter(
  (entry) => entry.isFile() && !/\.ya?ml$/.test(entry.name),
);
const sums = [];
for (const { name } of files.sort((a, b) => (a.name < b.name ? -1 : 1)))
  sums.push({ name, sha256: await digest(join(dist, name)) });
writeFileSync(join(dist, "SHA256SUMS"), sums.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""));
const statement = provenance({
  commit,
  dirty: dirty !== "",
  node: process.version,
  files: sums,
});
writeFileSync(join(dist, "provenance.intoto.json"), `${JSON.stringify(statement, null, 2)}\n`);

try {
  const signed = signAll(
    ["SHA256SUMS", "provenance.intoto.json"].map((name) => join(dist, name)),
    process.env,
  );
  if (signed.length === 0) say("release: not signed: none of SSH_SIGNING_KEY, COSIGN_KEY and COSIGN_KEYLESS is set");
} catch (error) {
  refuse(error.message);
}
for (const { name, sha256 } of sums) console.log(`${sha256}  dist/${name}`);
