import { describe, expect, it } from "vitest";
import { commandOf, shellQuote } from "./shell-quote.ts";

describe("words of a command that a person copies", () => {
  it("are quoted wherever a shell would take them for more than a word", () => {
    expect(shellQuote("/run/netns/cni-1")).toBe("/run/netns/cni-1");
    expect(shellQuote("/run/$(reboot)")).toBe("'/run/$(reboot)'");
    expect(shellQuote("it's")).toBe("'it'\\''s'");
    expect(shellQuote("")).toBe("''");
    expect(shellQuote("a\nb")).toBe("'a\nb'");
    for (const hostile of ["x /tmp/l", "*", "~root", "=ls", "a;b", "a`b`", "#a", "{a,b}", "\\"])
      expect(shellQuote(hostile)).toBe(`'${hostile}'`);
    expect(commandOf(["cat", "/sys/fs/cgroup/a b/memory.max"])).toBe("cat '/sys/fs/cgroup/a b/memory.max'");
  });
});
