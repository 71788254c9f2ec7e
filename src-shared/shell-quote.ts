/** The one way in which a word gets into a command that a person copies. Commands that Podglass runs itself never hold one. */

/** Characters that no POSIX shell gives a meaning anywhere in a word (XCU 2.2); "~" and "=" only where they do not begin it. */
const PLAIN = /^[A-Za-z0-9_/.:@%+,-][A-Za-z0-9_/.:@%+,=~-]*$/;

/** A word as a POSIX shell reads it back, whatever is in it. */
export const shellQuote = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A whole command from its words. */
export const commandOf = (words: readonly string[]): string => words.map(shellQuote).join(" ");
