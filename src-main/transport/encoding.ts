/**
 * Lines that a shell script on a node reads as data: fields with a space between, each byte that is not plainly safe
 * written as `\0ooo`, which POSIX `printf %b` turns back. No value ever becomes shell text.
 */

const SAFE = /^[A-Za-z0-9._/:@,+-]$/;

/** One field; the empty string is `\c`, which makes printf %b print nothing. Input is UTF-8 text or bytes without NUL. */
function encodeField(value: string | Uint8Array): string {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  if (bytes.length === 0) return "\\c";
  let out = "";
  for (const byte of bytes) {
    if (byte === 0) throw new RangeError("a NUL byte cannot be an argument of a script");
    const char = String.fromCharCode(byte);
    out += SAFE.test(char) ? char : `\\0${byte.toString(8).padStart(3, "0")}`;
  }
  return out;
}

/** One line without its newline. */
export const encodeLine = (fields: readonly (string | Uint8Array)[]): string => fields.map(encodeField).join(" ");
