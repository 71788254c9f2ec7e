import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitWords } from "./split-words.ts";

const asShell = (text: string): string[] =>
  execFileSync("sh", ["-fc", `for w in ${text}\ndo printf '%s\\0' "$w"; done`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

describe("a command in words", () => {
  it("is split as a shell splits it", () => {
    const part = fc.constantFrom(
      "a",
      "-T",
      "'",
      '"',
      "\\",
      " ",
      "\t",
      "é",
      "=",
      "/",
      ",",
      "'x y'",
      '"p q"',
      "\\ ",
      "~",
      "*",
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        const text = parts.join("");
        let words: string[];
        try {
          words = splitWords(text);
        } catch {
          return; // an open quote, or a backslash at the end
        }
        fc.pre(!/(^|\s)~/.test(text));
        expect(words).toEqual(asShell(text));
      }),
      { numRuns: 150 },
    );
    expect(splitWords(`ssh -o 'ProxyCommand=nc %h %p' "a b" c\\ d ''`)).toEqual([
      "ssh",
      "-o",
      "ProxyCommand=nc %h %p",
      "a b",
      "c d",
      "",
    ]);
  });

  it("is refused where a shell would do more than split", () => {
    for (const text of [
      "a | b",
      "a; b",
      "a & b",
      "a $HOME",
      'a "$X"',
      "a `b`",
      "a > f",
      "(a)",
      "a # b",
      "'a",
      '"a',
      "a\\",
      "a\nb",
    ])
      expect(() => splitWords(text)).toThrow(/without a shell/);
    expect(splitWords("a '$HOME;|' b#c")).toEqual(["a", "$HOME;|", "b#c"]);
  });
});
