/**
 * How the demo node answers what is run on it. It has no shell: it takes a script that comes over stdin up to the
 * marker, looks at the name in its first line, and answers from the model in that script's own output format.
 */
import type { DemoNode } from "../node.ts";

/** One run of one script on the demo node. */
export interface Call {
  node: DemoNode;
  /** Of the first line, `#podglass:<name>/<version>`. */
  name: string;
  version: number;
  /** The line of arguments that follows the marker, decoded. */
  args: string[];
  /** Further lines that the script would read; undefined at the end of stdin. */
  line(): Promise<string | undefined>;
  write(bytes: string | Uint8Array): Promise<void>;
  complain(text: string): void;
}

/** Resolves to the exit status. */
export type Answer = (call: Call) => Promise<number>;

/** "#podglass:probe/1" → probe, 1. */
export function scriptName(firstLine: string): { name: string; version: number } | undefined {
  const match = /^#podglass:([a-z][a-z-]*)\/(\d{1,3})$/.exec(firstLine);
  return match?.[1] && match[2] ? { name: match[1], version: Number(match[2]) } : undefined;
}

/** What `printf %b` makes of one of our fields; see transport/encoding.ts. */
function decodeField(field: string): string {
  if (field === "\\c") return "";
  const bytes: number[] = [];
  for (let at = 0; at < field.length; at++) {
    const octal = /^\\0([0-7]{3})/.exec(field.slice(at, at + 5))?.[1];
    bytes.push(octal ? Number.parseInt(octal, 8) : field.charCodeAt(at));
    if (octal) at += 4;
  }
  return Buffer.from(bytes).toString("utf8");
}

export const decodeLine = (line: string): string[] => (line === "" ? [] : line.split(" ").map(decodeField));
