/** What a file is that someone wants to open, by its first bytes. */
import { open } from "node:fs/promises";
import { ReadingError } from "../transport/transport.ts";
import { FIRST_LINE_PATTERN } from "./format.ts";

export type FileKind = "recording" | "snapshot" | "probe";

/** Throws ReadingError where it cannot be opened or is none of them. */
export async function sniff(path: string): Promise<FileKind> {
  let start: string;
  try {
    const file = await open(path, "r");
    try {
      const bytes = Buffer.alloc(4096);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      start = bytes.toString("latin1", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ReadingError(`${path} could not be opened: ${(error as Error).message}`, { cause: error });
  }
  if (FIRST_LINE_PATTERN.test(start)) return "recording";
  if (/^\s*\{/.test(start)) return "snapshot";
  // The probe begins with an empty line, and whoever ran it by hand may have caught a banner before it.
  if (/(^|\n)#podglass:reading\/\d/.test(start)) return "probe";
  throw new ReadingError(
    `${path} is neither a recording (podglass record), nor a snapshot (podglass snapshot --json), nor a probe's output (podglass probe)`,
  );
}
