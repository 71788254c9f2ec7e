/**
 * The wire of probe/1, one record a line: `<nonce>.<length> <kind> <fields>`. Fields are printable ASCII without a space,
 * everything else escaped, so the length is bytes and characters alike. See docs/probe.md.
 */

export const HEADER = "#podglass:reading/1 ";
/** A line longer than this is no record of ours: a record holds at most one file of 1 MiB, four characters a byte. */
const LONGEST_LINE = 8 * 1024 * 1024;

const SHORT: Record<string, string> = { "\n": "\\n", " ": "\\s", "\t": "\\t", "\\": "\\\\", "\0": "\\z" };
const LONG: Record<string, string> = { n: "\n", s: " ", t: "\t", "\\": "\\", z: "\0", e: "" };

/** Text (as UTF-8) to one field. */
export function escapeField(text: string): string {
  if (text === "") return "\\e";
  return Buffer.from(text, "utf8")
    .toString("latin1")
    .replace(/[^!-[\]-~]/g, (byte) => SHORT[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** One field to text. Bytes that are no UTF-8 become U+FFFD; an escape we never write stays as it is. */
export function unescapeField(field: string): string {
  if (!field.includes("\\")) return field;
  let high = false;
  const bytes = field.replace(/\\(?:([nst\\ze])|([0-3][0-7]{2}))/g, (_, short: string | undefined, octal: string) => {
    if (short !== undefined) return LONG[short] ?? "";
    const code = Number.parseInt(octal, 8);
    if (code > 127) high = true;
    return String.fromCharCode(code);
  });
  return high ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;
}

/** A record as it stands on the wire, with its newline. */
export const recordLine = (nonce: string, record: string): string => `${nonce}.${record.length} ${record}\n`;

/** What we write is printable ASCII: any other byte was put in by somebody else. */
const OURS = /^[ -~]+$/;

/**
 * The record in a line, or why there is none. Words that something else printed without a newline may stand before it;
 * anything inside it makes its length wrong (but for ASCII and a newline of just the length that they cut off).
 */
export function recordOf(line: string, tag: string): { record: string } | "noise" | "damaged" {
  let at = line.startsWith(tag) ? 0 : line.indexOf(tag);
  if (at < 0) return "noise";
  for (; at >= 0; at = line.indexOf(tag, at + 1)) {
    const space = line.indexOf(" ", at);
    const length = Number(line.slice(at + tag.length, space));
    if (space < 0 || line.length - space - 1 !== length || length === 0) continue;
    const record = line.slice(space + 1);
    return OURS.test(record) ? { record } : "damaged";
  }
  return "damaged";
}

/** Splits a byte stream into lines; one that grows too long is dropped and counted. */
export class LineSplitter {
  dropped = 0;
  private rest = "";
  private skipping = false;

  *feed(chunk: Uint8Array): Generator<string> {
    let text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    let end = text.indexOf("\n");
    if (end < 0) {
      this.keep(text);
      return;
    }
    if (this.skipping) this.skipping = false;
    else yield this.rest + text.slice(0, end);
    this.rest = "";
    let start = end + 1;
    for (end = text.indexOf("\n", start); end >= 0; end = text.indexOf("\n", start)) {
      yield text.slice(start, end);
      start = end + 1;
    }
    text = text.slice(start);
    this.keep(text);
  }

  private keep(text: string): void {
    if (this.skipping) return;
    this.rest += text;
    if (this.rest.length > LONGEST_LINE) {
      this.rest = "";
      this.skipping = true;
      this.dropped++;
    }
  }
}
