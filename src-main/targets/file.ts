/** A recording, a snapshot, or what the probe printed. */
import { stat } from "node:fs/promises";
import { openFile } from "../storage/files.ts";
import { ReadingError } from "../transport/transport.ts";
import type { Source } from "./source.ts";
import type { Way } from "./way.ts";

/** Absolute, from here, or from home; anything else may be a host's name. */
export const looksLikePath = (target: string): boolean => /^(\.{0,2}\/|~\/|[A-Za-z]:\\)/.test(target);

async function isFile(target: string): Promise<boolean> {
  try {
    return (await stat(target)).isFile();
  } catch {
    return false;
  }
}

export const file: Way = async (text, options) => {
  if (options.files !== false && (await isFile(text))) return fileSource(text);
  if (!looksLikePath(text)) return null;
  throw new ReadingError(`There is no file ${text}. A target is demo, local, [user@]host[:port] or a file.`);
};

export const fileSource = (path: string): Source => ({
  target: path,
  label: path.split(/[\\/]/).pop() ?? path,
  kind: "file",
  live: false,
  open: () => openFile(path),
});
