/** What a server words as a question of ssh's own is shown as the server's. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Interaction } from "../../transport/transport.ts";
import { type Askpass, startAskpass } from "./askpass.ts";

describe.skipIf(process.platform === "win32")("a question of ssh", () => {
  let folder: string;
  let askpass: Askpass;
  let asked: [string, string][];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "podglass-askpass-"));
    asked = [];
    const interaction: Interaction = {
      hostKey: async ({ host, fingerprint }) => asked.push(["host key", `${host} ${fingerprint}`]) > 0,
      prompts: async ({ kind, detail }) => {
        asked.push([kind, detail]);
        return ["told"];
      },
      progress: () => undefined,
    };
    askpass = await startAskpass(folder, "node", interaction, () => undefined);
  });
  afterEach(() => {
    askpass.close();
    rmSync(folder, { recursive: true });
  });
  /** As askpass.sh puts it; gives what it is answered. */
  async function put(words: string): Promise<string> {
    execFileSync("mkfifo", [join(folder, "answer.7")]);
    writeFileSync(join(folder, "new.7"), `prompt\n${words}\n`);
    renameSync(join(folder, "new.7"), join(folder, "ask.7"));
    await expect.poll(() => existsSync(join(folder, "ready.7"))).toBe(true);
    return readFile(join(folder, "answer.7"), "utf8");
  }
  const question =
    "The authenticity of host 'bank (10.0.0.1)' can't be established.\nED25519 key fingerprint is SHA256:abc.\nAre you sure you want to continue connecting (yes/no/[fingerprint])?";

  it("about a host key is one", async () => {
    expect(await put(question)).toBe("yes:yes\n");
    expect(asked).toEqual([["host key", "bank (10.0.0.1) SHA256:abc"]]);
  });

  it("about a host key is none when the server words it so", async () => {
    expect(await put(`(root@node) ${question}`)).toBe("yes:told\n");
    expect(asked).toEqual([["keyboard", `(root@node) ${question}`]]);
  });
});
