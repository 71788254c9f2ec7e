/** A command as a person writes it, in words, as a POSIX shell would split it (XCU 2.2 Quoting). No shell is run. */
import { ConnectionError } from "../transport/transport.ts";

/**
 * Throws ConnectionError ("config") where a shell would do more than split: variables, substitutions, pipes,
 * redirections, comments, an open quote.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const more = (part: string): void => {
    word = (word ?? "") + part;
  };
  const wrong = (what: string): ConnectionError =>
    new ConnectionError(
      "config",
      `--via ${JSON.stringify(text)}: ${what}. It is run without a shell; for one write: sh -c '…'`,
    );
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw wrong("a quote is open");
      more(text.slice(at + 1, end));
      at = end;
    } else if (char === '"') {
      more("");
      for (at += 1; text.charAt(at) !== '"'; at += 1) {
        if (at >= text.length) throw wrong("a quote is open");
        const inner = text.charAt(at);
        if (inner === "$" || inner === "`") throw wrong(`${inner} would be replaced by a shell`);
        if (inner === "\\" && /[$`"\\\n]/.test(text.charAt(at + 1))) at += 1;
        if (inner !== "\\" || text.charAt(at) !== "\n") more(text.charAt(at));
      }
    } else if (char === "\\") {
      at += 1;
      if (at >= text.length) throw wrong("a backslash is last");
      if (text.charAt(at) !== "\n") more(text.charAt(at));
    } else if (char === " " || char === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (/[$`|&;<>()\n]/.test(char) || (char === "#" && word === undefined)) {
      throw wrong(`${JSON.stringify(char)} means something to a shell`);
    } else more(char);
  }
  if (word !== undefined) words.push(word);
  return words;
}
