import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint, keyType, keyTypeName } from "./key-format.ts";
import { hashedName, judge, keysFor, matchNames, matchPattern, parseKnownHosts } from "./known-hosts.ts";

/** A blob that begins as a key of this type does; the rest only tells keys apart. */
const key = (type: string, mark: number): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(36, mark)]);
};
const ed = (mark: number) => key("ssh-ed25519", mark);
const rsa = (mark: number) => key("ssh-rsa", mark);
const line = (names: string, blob: Buffer) => `${names} ${keyType(blob)} ${blob.toString("base64")}`;
const known = (...lines: string[]) => parseKnownHosts(`${lines.join("\n")}\n`, "kh");

describe("known_hosts", () => {
  it("knows a key by name, port, wildcard and hash", () => {
    const salt = Buffer.alloc(20, 7);
    const file = known(
      "# words",
      "",
      line("plain,10.0.0.1", ed(1)),
      line("[plain]:2222", ed(2)),
      line("*.example.org,!bad.example.org", ed(3)),
      line(hashedName("hidden", salt), ed(4)),
      line(hashedName("[hidden]:99", salt), ed(5)),
      "broken line",
      "host ssh-ed25519 not-base64!",
    );
    expect(file.hashed).toBe(true);
    expect(judge(file, "plain", 22, ed(1))).toEqual({ kind: "known" });
    expect(judge(file, "PLAIN", 22, ed(1))).toEqual({ kind: "known" });
    expect(judge(file, "10.0.0.1", 22, ed(1))).toEqual({ kind: "known" });
    expect(judge(file, "plain", 2222, ed(2))).toEqual({ kind: "known" });
    expect(judge(file, "plain", 2222, ed(1))).toMatchObject({ kind: "changed", known: { line: 4 } });
    expect(judge(file, "plain", 2223, ed(1))).toEqual({ kind: "known" }); // as ssh: the bare name, exact key only
    expect(judge(file, "plain", 2223, ed(9))).toEqual({ kind: "unknown" });
    expect(judge(file, "a.example.org", 22, ed(3))).toEqual({ kind: "known" });
    expect(judge(file, "bad.example.org", 22, ed(3))).toEqual({ kind: "unknown" });
    expect(judge(file, "hidden", 22, ed(4))).toEqual({ kind: "known" });
    expect(judge(file, "hidden", 99, ed(5))).toEqual({ kind: "known" });
  });

  it("takes any of several keys, and calls a key of another type changed, as ssh does", () => {
    const file = known(line("h", ed(1)), line("h", rsa(1)), line("only", ed(1)));
    expect(judge(file, "h", 22, rsa(1))).toEqual({ kind: "known" });
    expect(judge(file, "h", 22, rsa(2))).toMatchObject({ kind: "changed", known: { type: "ssh-rsa", line: 2 } });
    expect(judge(file, "only", 22, rsa(1))).toMatchObject({ kind: "changed", known: { type: "ssh-ed25519", line: 3 } });
  });

  it("refuses a revoked key even where the same key is trusted, and tells of an authority", () => {
    const file = known(line("h", ed(1)), `@revoked ${line("*", ed(1))}`, `@cert-authority ${line("*.org", rsa(8))}`);
    expect(judge(file, "h", 22, ed(1))).toMatchObject({ kind: "revoked", known: { line: 2 } });
    expect(judge(file, "h", 2222, ed(1))).toMatchObject({ kind: "revoked" });
    expect(judge(file, "a.org", 22, ed(2))).toMatchObject({ kind: "unknown", authority: { line: 3 } });
    expect(judge(file, "a.org", 22, rsa(8))).toMatchObject({ kind: "unknown" }); // an authority's key is no host key
  });

  it("survives any text, and matches patterns in bounded time", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, name) => {
        keysFor(parseKnownHosts(text, "kh"), name);
        matchNames(text, name);
      }),
    );
    // A matcher that tries every split would not come back before the test's own limit.
    expect(matchPattern("*a".repeat(40), `${"a".repeat(2000)}b`)).toBe(false);
  });

  it.skipIf(spawnSync("ssh-keygen", ["-?"]).error !== undefined)(
    "finds what ssh-keygen -F finds, and the same fingerprint",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "podglass-kh-"));
      try {
        const at = (name: string) => join(folder, name);
        execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at("key")]);
        const pub = execFileSync("cut", ["-d ", "-f1,2", at("key.pub")], { encoding: "utf8" }).trim();
        const blob = Buffer.from(pub.split(" ")[1] ?? "", "base64");
        const text = `one,two ${pub}\n[three]:22 ${pub}\n*.four,!no.four ${pub}\n${hashedName("five", Buffer.alloc(20, 3))} ${pub}\n`;
        writeFileSync(at("kh"), text);
        for (const name of ["one", "two", "three", "[three]:22", "a.four", "no.four", "five", "six"]) {
          const found =
            spawnSync("ssh-keygen", ["-F", name, "-f", at("kh")], { encoding: "utf8" }).stdout.match(
              /found: line (\d+)/g,
            ) ?? [];
          expect([name, keysFor(parseKnownHosts(text, "kh"), name).map((one) => `found: line ${one.line}`)]).toEqual([
            name,
            found,
          ]);
        }
        const shown = execFileSync("ssh-keygen", ["-l", "-f", at("key.pub")], { encoding: "utf8" });
        expect(shown).toContain(fingerprint(blob));
        expect(shown).toContain(`(${keyTypeName(keyType(blob))})`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
