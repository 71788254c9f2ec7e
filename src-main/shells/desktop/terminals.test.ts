import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { terminalWords } from "./terminals.ts";

const machine = (programs: string[], env = {}, platform: NodeJS.Platform = "linux") => ({
  platform,
  env,
  has: (program: string) => programs.includes(program),
});

describe("the person's own terminal program", () => {
  it("is Debian's alternative, else the first that is there, else what $TERMINAL names, and the command stays words", () => {
    const words = ["podglass", "--terminal", "enter", "a b", "'$(id)"];
    expect(terminalWords(words, undefined, machine(["xterm", "x-terminal-emulator"])).slice(0, 2)).toEqual([
      "x-terminal-emulator",
      "-e",
    ]);
    expect(terminalWords(words, undefined, machine(["xterm", "gnome-terminal"])).slice(0, 2)).toEqual([
      "gnome-terminal",
      "--",
    ]);
    expect(
      terminalWords(words, undefined, machine(["xterm", "gnome-terminal"], { TERMINAL: "xterm" })).slice(0, 2),
    ).toEqual(["xterm", "-e"]);
    expect(terminalWords(words, "kitty --hold", machine([])).slice(0, 2)).toEqual(["kitty", "--hold"]);
    for (const one of [machine(["foot"]), machine([], {}, "win32")])
      expect(terminalWords(words, undefined, one).slice(-5)).toEqual(words);
    expect(() => terminalWords(words, undefined, machine([]))).toThrow(/No terminal program was found/);
  });

  it.skipIf(process.platform === "win32")(
    "gets words that a shell hands on as they are, and stays open at a failure alone",
    () => {
      const [, , ...sh] = terminalWords(["printf", "%s|", "a b", "'$(id)\"", ""], undefined, machine(["xterm"]));
      // Enter is there for who reads it: a pipe into who does not would be broken.
      const run = (words: string[]) =>
        execFileSync("sh", ["-c", 'echo | { "$@"; cat >/dev/null; }', "sh", ...words], { encoding: "utf8" });
      expect(run(sh)).toBe("a b|'$(id)\"||");
      const [, , ...bad] = terminalWords(["false"], undefined, machine(["xterm"]));
      expect(run(bad)).toMatch(/It ended with 1\. Press Enter/);
      // What a Mac's Terminal is told is a line for its shell.
      const line =
        terminalWords(["printf", "%s|", "a b", "'$(id)\""], undefined, machine([], {}, "darwin")).at(-1) ?? "";
      expect(run(["sh", "-c", line])).toBe("a b|'$(id)\"|");
    },
  );
});
