/** The built window, listed once: a request can name only what is in the list, so no path leads out of the folder. */
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export interface PageFiles {
  /** The bytes of "index.html" or "assets/x.js"; null when there is no such file. */
  read(path: string): Promise<Buffer | null>;
}

/** Beside the built main process: out/main → out/renderer. */
export const builtWindow = (): string => join(dirname(fileURLToPath(import.meta.url)), "..", "renderer");

/** Throws when the folder is not there: the app was not built. */
export function pageFiles(folder: string): PageFiles {
  const names = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) names.add(relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return { read: async (path) => (names.has(path) ? readFile(join(folder, path)) : null) };
}
