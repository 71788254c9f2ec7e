import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openBrowser } from "./open-browser.ts";

const URL_WITH_TOKEN = "http://127.0.0.1:4711/?token=a-secret_0123456789";

describe.skipIf(process.platform !== "linux")("opening a browser on an address with a secret in it", () => {
  let folder: string;
  const { PATH } = process.env;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podglass-test-"));
  });
  afterEach(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  });

  /** An xdg-open that notes what everybody can see of it, and what it is to open. */
  function opener(status = 0): void {
    writeFileSync(
      join(folder, "xdg-open"),
      `#!/bin/sh\ntr '\\0' ' ' </proc/$$/cmdline >${folder}/seen\nstat -c '%a %n' "$1" "$(dirname "$1")" >${folder}/modes\ncp "$1" ${folder}/page\nexit ${status}\n`,
    );
    chmodSync(join(folder, "xdg-open"), 0o755);
    process.env.PATH = `${folder}:${PATH}`;
  }

  it("keeps the secret out of command lines, in a file that only this user reads, and takes that away", async () => {
    opener();
    const forget = openBrowser(URL_WITH_TOKEN, () => expect.unreachable("the opener was there"));
    await expect.poll(() => existsSync(join(folder, "page"))).toBe(true);
    const seen = readFileSync(join(folder, "seen"), "utf8");
    expect(seen).toContain("podglass.html");
    expect(seen).not.toContain("token");
    expect(seen).not.toContain("4711");
    expect(readFileSync(join(folder, "modes"), "utf8")).toMatch(/^600 .*\n700 .*\n$/);
    expect(readFileSync(join(folder, "page"), "utf8")).toContain(`content="0;url=${URL_WITH_TOKEN}"`);
    const path = seen.trim().split(" ").at(-1) as string;
    expect(existsSync(path)).toBe(true);
    forget();
    expect(existsSync(dirname(path))).toBe(false);
  });

  it("says that no browser came, where there is no opener and where it failed", async () => {
    process.env.PATH = folder;
    const told = (): Promise<string> =>
      new Promise((resolve) => {
        const forget = openBrowser(URL_WITH_TOKEN, () => {
          forget();
          resolve("told");
        });
      });
    expect(await told()).toBe("told");
    process.env.PATH = PATH;
    opener(4);
    expect(await told()).toBe("told");
  });
});
