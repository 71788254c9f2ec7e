/** What a release says of itself: signatures that hold, and an SBOM of what was really packaged. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";

const scripts = resolve(import.meta.dirname, "../../scripts");
const room = mkdtempSync(join(tmpdir(), "podglass-release-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

it.skipIf(spawnSync("ssh-keygen", ["-?"]).error !== undefined)(
  "signs by an OpenSSH key as docs/release.md checks it, twice too, and says when it could not",
  async () => {
    const { signAll } = await import(join(scripts, "sign.mjs"));
    const at = (name: string) => join(room, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at("key")]);
    writeFileSync(at("SHA256SUMS"), "00  a\n");
    writeFileSync(at("signers"), `podglass ${readFileSync(at("key.pub"), "utf8")}`);
    const docs = readFileSync(resolve(scripts, "../docs/release.md"), "utf8");
    const check = /^ssh-keygen -Y verify .*$/m.exec(docs)?.[0] ?? "";
    const holds = () => spawnSync("sh", ["-c", check], { cwd: room }).status === 0;
    for (let time = 0; time < 2; time++)
      expect(signAll([at("SHA256SUMS")], { SSH_SIGNING_KEY: at("key") })).toEqual([at("SHA256SUMS.sig")]);
    expect(holds()).toBe(true);
    writeFileSync(at("SHA256SUMS"), "01  a\n");
    expect(holds()).toBe(false);
    expect(signAll([at("SHA256SUMS")], {})).toEqual([]);
    expect(() => signAll([at("SHA256SUMS")], { SSH_SIGNING_KEY: at("none") })).toThrow(/SHA256SUMS was not signed/);
  },
);

it("knows that the tree moved while packages were made: by a file, by a change on a change, by a commit", async () => {
  const { treeAt } = await import(join(scripts, "tree.mjs"));
  const root = join(room, "tree");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@a", ...args], { cwd: room, stdio: "ignore" });
  const file = (name: string, text: string) => writeFileSync(join(root, name), text);
  git("init", "-q", root);
  file("a", "1");
  git("-C", root, "add", "a");
  git("-C", root, "commit", "-qm", "a");
  const clean = treeAt(root);
  expect([clean.dirty, clean.moved()]).toEqual(["", false]);
  file("b", "1");
  expect(clean.moved()).toBe(true);
  rmSync(join(root, "b"));
  expect(clean.moved()).toBe(false);
  file("a", "2");
  expect(clean.moved()).toBe(true);
  const changed = treeAt(root);
  expect([changed.dirty, changed.moved()]).toEqual(["M a", false]);
  file("a", "3");
  expect(changed.moved()).toBe(true);
  git("-C", root, "commit", "-qam", "b");
  file("a", "2");
  expect(treeAt(root).commit).not.toBe(clean.commit);
  expect([clean.moved(), changed.moved()]).toEqual([true, true]);
});

it("names in the SBOM the Electron that was packaged", async () => {
  const { cyclonedx } = await import(join(scripts, "statements.mjs"));
  const lock = { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-AAEC" } } };
  const contents = [{ name: "a", version: "1.0.0", licence: "MIT" }];
  const bom = cyclonedx({ version: "1.2.3", at: "2026-11-21T00:00:00Z", contents, lock, electron: "33.4.11" });
  expect(bom.components).toMatchObject([
    { purl: "pkg:npm/a@1.0.0", hashes: [{ alg: "SHA-512", content: "000102" }] },
    { purl: "pkg:npm/electron@33.4.11" },
  ]);
});
