/**
 * The wire of probe/1, one record a line: `<nonce>.<length> <kind> <fields>`. Fields are printable ASCII without a space,
 * everything else escaped, so the length is bytes and characters alike. See docs/probe.md.
 */

export const HEADER = "#podglass:reading/1 ";
/** A line longer than this is no record of ours: a record holds at most one file of 1 MiB, four characters a byte. */
const LONGEST_LINE = 8 * 1024 * 1024;

const SHORT: Record<string, string> = { "\n": "\\n", " ": "\\s", "\t": "\\t", "\\": "\\\\", "\0": "\\z" };
const BACKSLASH = 92;
/** The byte behind a backslash to the byte that it means. */
const MEANS: ReadonlyMap<number, number> = new Map(
  Object.entries({ n: "\n", s: " ", t: "\t", "\\": "\\", z: "\0" }).map(([by, is]) => [
    by.charCodeAt(0),
    is.charCodeAt(0),
  ]),
);
/** Behind a backslash: the empty text. */
const EMPTY = 101;

/** Text (as UTF-8) to one field. */
export function escapeField(text: string): string {
  if (text === "") return "\\e";
  return Buffer.from(text, "utf8")
    .toString("latin1")
    .replace(/[^!-[\]-~]/g, (byte) => SHORT[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** Shorter texts are copied by the engine whenever they are cut out of a longer one. */
const COPIED_ANYWAY = 13;

const copyOf = (bytes: string): string =>
  bytes.length < COPIED_ANYWAY ? bytes : Buffer.from(bytes, "latin1").toString("latin1");

/** Bytes as they came, one a character, to text. A copy, like that of unescapeField. */
export const textOf = (bytes: string): string =>
  /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, "latin1").toString("utf8") : copyOf(bytes);

/**
 * One field to text. Bytes that are no UTF-8 become U+FFFD; an escape we never write stays as it is. The text is a copy:
 * a part of a string would keep all of it in memory, here 64 KiB of what came over the wire for each command line.
 */
export function unescapeField(field: string): string {
  if (!field.includes("\\")) return copyOf(field);
  // By hand: a callback for each escape costs a text of 7 MiB four seconds.
  const bytes = Buffer.from(field, "latin1");
  let to = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte !== BACKSLASH) {
      bytes[to++] = byte;
      continue;
    }
    const next = bytes[at + 1] ?? 0;
    const means = MEANS.get(next);
    if (means !== undefined) bytes[to++] = means;
    if (means !== undefined || next === EMPTY) {
      at += 1;
      continue;
    }
    const [high, middle, low] = [next - 48, (bytes[at + 2] ?? 0) - 48, (bytes[at + 3] ?? 0) - 48];
    if (high >= 0 && high <= 3 && middle >= 0 && middle <= 7 && low >= 0 && low <= 7) {
      bytes[to++] = high * 64 + middle * 8 + low;
      at += 3;
    } else bytes[to++] = byte;
  }
  return bytes.toString("utf8", 0, to);
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
    // No further than a length can be long: a line of nothing but tags must not be walked to its end for each.
    const head = line.slice(at + tag.length, at + tag.length + 9);
    const digits = head.indexOf(" ");
    const length = digits > 0 ? Number(head.slice(0, digits)) : 0;
    const from = at + tag.length + digits + 1;
    if (length === 0 || line.length - from !== length) continue;
    const record = line.slice(from);
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
