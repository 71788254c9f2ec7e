/** What goes wrong on the way to a node: an exit status and a sentence each. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sshd, startSshd, whyNoSshd } from "../nodes/sshd.ts";
import { podglass } from "./run.ts";

describe.runIf(whyNoSshd() === null)("what goes wrong on the way to a node", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.stop());

  it("each has its exit status and a sentence", async () => {
    const login = ["-i", sshd.keyFile, "-o", `UserKnownHostsFile=${sshd.knownHosts}`];
    const cases: [string[], number, RegExp][] = [
      [[], 2, /Usage/],
      [["pods"], 2, /target/],
      [["pods", "local", "-o", "StrictHostKeyChecking=no"], 2, /yes, accept-new or ask/],
      [["pods", "root@127.0.0.1:1"], 3, /refused/],
      [["pods", sshd.target(), "-i", sshd.keyFile, "-o", "UserKnownHostsFile=/dev/null"], 3, /not known/],
      [
        ["pods", sshd.target(), "-i", "/nonexistent", "-o", `UserKnownHostsFile=${sshd.knownHosts}`, "-F", "none"],
        3,
        /./,
      ],
      [["pod", sshd.target(), ...login, "no-such-pod"], 1, /No pod/],
      [["pods", "/etc/passwd"], 4, /probe/],
      [["pods", "/nonexistent/file"], 4, /no file/],
    ];
    for (const [args, status, words] of cases) {
      const ran = await podglass(args, { env: { SSH_AUTH_SOCK: "" } });
      expect(ran.words, args.join(" ")).toMatch(words);
      expect(ran.status, `${args.join(" ")}: ${ran.words}`).toBe(status);
      expect(ran.out).toBe("");
    }
  });

  it("a changed host key is refused with both fingerprints", async () => {
    const folder = mkdtempSync(join(tmpdir(), "podglass-changed-"));
    try {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "other")]);
      writeFileSync(
        join(folder, "known"),
        `[127.0.0.1]:${sshd.port} ${readFileSync(join(folder, "other.pub"), "utf8")}`,
      );
      const ran = await podglass([
        "pods",
        sshd.target(),
        "-i",
        sshd.keyFile,
        "-o",
        `UserKnownHostsFile=${join(folder, "known")}`,
      ]);
      expect(ran.status).toBe(3);
      expect(ran.words.match(/SHA256:[A-Za-z0-9+/]{43}/g)?.length).toBe(2);
      expect(ran.words).toContain(join(folder, "known"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
