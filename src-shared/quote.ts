/**
 * Words of a shell command that a person copies: as they are where that is harmless, else in single quotes. What came
 * from a node is hostile: a group may be called anything.
 */
export const quote = (word: string): string =>
  /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** A whole command from its words. */
export const commandOf = (words: readonly string[]): string => words.map(quote).join(" ");
