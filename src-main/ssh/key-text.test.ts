import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readKeyFile } from "./key-file.ts";
import { readKeyText } from "./key-text.ts";

describe("a key file", () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "podglass-key-"));
    writeFileSync(at("small"), "text");
    writeFileSync(at("huge"), "");
    truncateSync(at("huge"), 4 * 2 ** 30);
    writeFileSync(at("just-over"), "x".repeat(1024 * 1024 + 1));
    mkdirSync(at("folder"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is a regular file below 1 MiB, whatever was named", async () => {
    expect(await readKeyText(at("small"))).toBe("text");
    for (const [name, why] of [
      ["huge", "larger than 1 MiB"],
      ["just-over", "larger than 1 MiB"],
      ["folder", "not a regular file"],
      ["missing", "is not there"],
    ] as const)
      await expect(readKeyText(at(name))).rejects.toThrow(why);
  });

  it.skipIf(process.platform === "win32")(
    "is no device and no pipe, at once and without taking memory",
    async () => {
      execFileSync("mkfifo", [at("pipe")]);
      symlinkSync("/dev/zero", at("zero"));
      const before = process.memoryUsage().rss;
      for (const path of ["/dev/zero", "/dev/random", "/dev/tty", at("pipe"), at("zero")])
        expect(await readKeyFile(path)).toMatchObject({
          path,
          why: expect.stringMatching(/regular file|cannot be read/),
        });
      // The public half beside a locked key is read by the same rule.
      execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "secret", "-f", at("locked")]);
      rmSync(at("locked.pub"));
      symlinkSync("/dev/zero", at("locked.pub"));
      expect(await readKeyFile(at("locked"))).toMatchObject({ encrypted: true, publicKey: null });
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    },
    10_000,
  );
});
