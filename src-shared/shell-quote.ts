/** The one way in which a word gets into a command that a person copies. Commands that Podglass runs itself never hold one. */
import { inert, isSeen } from "./format.ts";

/** Characters that no POSIX shell gives a meaning anywhere in a word (XCU 2.2); "~" and "=" only where they do not begin it. */
const PLAIN = /^[A-Za-z0-9_/.:@%+,-][A-Za-z0-9_/.:@%+,=~-]*$/;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * A word as a POSIX shell reads it back, whatever is in it. One with characters that are not seen is written by their
 * octal numbers (XCU printf): pasted as they are they are the terminal's, which an escape sequence can have leave its
 * bracketed paste. Of newlines at the end of such a word a shell keeps none (XCU 2.6.3).
 */
export function shellQuote(word: string): string {
  if (PLAIN.test(word)) return word;
  if (isSeen(word)) return quoted(word);
  const format = Array.from(word, (character) =>
    isSeen(character) ? character.replace(/[\\%]/g, (one) => (one === "%" ? "%%" : "\\\\")) : octal(character),
  );
  return `"$(printf -- ${quoted(format.join(""))})"`;
}

/** Its bytes in UTF-8. Half a pair is none, as everywhere else where text leaves. */
const octal = (character: string): string =>
  encodeURIComponent(character.replace(/\p{Surrogate}/u, "\ufffd")).replace(
    /%(..)/g,
    (_, hex: string) => `\\${Number.parseInt(hex, 16).toString(8).padStart(3, "0")}`,
  );

/** A whole command from its words. */
export const commandOf = (words: readonly string[]): string => words.map(shellQuote).join(" ");

/** What a dialog shows of a command that it starts (characters). */
export const LONGEST_SHOWN = 1500;

/** A command that a person is asked about. Throws where a dialog would not show it whole, and as it is: what it hides would be started too. */
export function shownWhole(words: readonly string[]): string {
  const command = commandOf(words);
  if (inert(command, LONGEST_SHOWN) !== command)
    throw new Error(
      `This command cannot be shown as it is, so it is not started: it is longer than ${LONGEST_SHOWN} characters, or has some that are not seen. ${inert(command, 200)}`,
    );
  return command;
}
