import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandOf, shellQuote, shownWhole } from "./shell-quote.ts";

describe("words of a command that a person copies", () => {
  it("are quoted wherever a shell would take them for more than a word", () => {
    expect(shellQuote("/run/netns/cni-1")).toBe("/run/netns/cni-1");
    expect(shellQuote("/run/$(reboot)")).toBe("'/run/$(reboot)'");
    expect(shellQuote("it's")).toBe("'it'\\''s'");
    expect(shellQuote("")).toBe("''");
    for (const hostile of ["x /tmp/l", "*", "~root", "=ls", "a;b", "a`b`", "#a", "{a,b}", "\\"])
      expect(shellQuote(hostile)).toBe(`'${hostile}'`);
    expect(commandOf(["cat", "/sys/fs/cgroup/a b/memory.max"])).toBe("cat '/sys/fs/cgroup/a b/memory.max'");
  });

  it("hold nothing that a terminal obeys or does not show, and are the same words to a shell", () => {
    const words = [
      "a\nb",
      "\u001b[201~\nid\n.",
      "%s\\n\t'x'",
      "\u202egpj",
      "\u009b2J$(id)`id`",
      "-n\u0007",
      'é\u200b"漢',
    ];
    const command = commandOf(words);
    expect(command).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b\u202e]/);
    const { stdout } = spawnSync("sh", ["-c", `printf '%s\\0' ${command}`]);
    expect(stdout.toString().split("\0").slice(0, -1)).toEqual(words);
  });

  it("are not asked about where a dialog could not show all of them", () => {
    expect(shownWhole(["xterm", "-e", "sh", "-c", "id\u001b]; evil \u0007"])).toContain("; evil ");
    expect(() => shownWhole(["xterm", "-T", "x".repeat(1500), "-e", "evil"])).toThrow(/longer than 1500/);
  });
});
