/**
 * Ways whose programs cannot be had on a test machine: a stand-in of each is on PATH, which writes down the words that it
 * was started with and then runs what those words say it should run, here. What the real ones do with them is not shown.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Interaction } from "../transport/transport.ts";
import { sourceOf } from "./targets.ts";

const nobody: Interaction = { hostKey: async () => false, prompts: async () => null, progress: () => undefined };
const WAYS = [
  ["lxc:web.1", ["lxc-attach", "--clear-env", "-n", "web.1", "--", "sh", "-c", "…"]],
  ["lima:default", ["limactl", "shell", "--workdir", "/", "default", "sh"]],
  ["incus:node-a", ["incus", "exec", "-T", "node-a", "--", "sh"]],
  ["incus:far:node-a", ["incus", "exec", "-T", "far:node-a", "--", "sh"]],
  ["multipass:primary", ["multipass", "exec", "primary", "--", "sh"]],
  ["wsl:Ubuntu-22.04", ["wsl", "-d", "Ubuntu-22.04", "--exec", "sh"]],
  ["machine:web", ["systemd-run", "-M", "web", "--quiet", "--wait", "--collect", "--pipe", "/bin/sh"]],
] as const;

describe.skipIf(process.platform !== "linux")("a program that runs a command on the node", { timeout: 30_000 }, () => {
  let dir: string;
  const path = process.env.PATH;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "podglass-ways-"));
    mkdirSync(join(dir, "said"));
    for (const [, [name = ""]] of WAYS) {
      // What stands before the shell is the program's own.
      const text = `#!/bin/sh\nprintf '%s\\n' "$0" "$@" >"${dir}/said/$$"\necho "\${WSL_UTF8-}" >"${dir}/utf8"\nuntil [ "\${1##*/}" = sh ]; do shift; done\nexec "$@"\n`;
      writeFileSync(join(dir, name), text, { mode: 0o755 });
    }
    process.env.PATH = `${dir}:${path}`;
  });
  afterAll(() => {
    process.env.PATH = path;
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(WAYS)("%s is read, and its program had these words", async (target, words) => {
    rmSync(join(dir, "said"), { recursive: true });
    mkdirSync(join(dir, "said"));
    const source = await sourceOf(target);
    expect(source).toMatchObject({ target, kind: "program", live: true, starts: words });
    const opened = await source.open(nobody, new AbortController().signal);
    try {
      const { processes } = await opened.read({});
      expect(processes.some(({ pid }) => pid === process.pid)).toBe(true);
    } finally {
      opened.close();
    }
    const said = readdirSync(join(dir, "said")).map((name) => readFileSync(join(dir, "said", name), "utf8"));
    expect(said.length).toBeGreaterThan(1);
    const lines = [join(dir, words[0]), ...words.slice(1)].join("\n");
    // A command in an argument's place is not always the same, and has no line of its own.
    const [before = ""] = lines.split("…");
    expect(said.filter((text) => (lines === before ? text !== `${lines}\n` : !text.startsWith(before)))).toEqual([]);
    expect(readFileSync(join(dir, "utf8"), "utf8").trim()).toBe(words[0] === "wsl" ? "1" : "");
  });

  it.each([
    ...[
      "lima:-x",
      "lima:a b",
      "lima:",
      "incus:-T",
      "incus:a:-b",
      "incus:9a",
      "incus:a:b:c",
      "lxc:-n",
      "multipass:--help",
    ],
    ...["wsl:-d", "wsl:a;b", "machine:-H", "machine:.host", "machine:root@web", "machine:a\nb", "lima:$(id)"],
  ])("%j is no name", async (target) => {
    await expect(sourceOf(target)).rejects.toMatchObject({ kind: "config", message: /is not a name that/ });
  });

  it("a port is none either: such a text is a host, as it always was", async () => {
    expect(await sourceOf("lima:2222")).toMatchObject({ kind: "ssh" });
    expect(await sourceOf("toString:x")).toMatchObject({ kind: "ssh" });
  });
});
