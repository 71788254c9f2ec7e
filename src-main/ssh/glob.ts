/** Paths that match a pattern with * and ? in any part, sorted, as glob(7) gives them for ssh_config's Include. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { matchPattern } from "./known-hosts.ts";

/** `pattern` is absolute. A path without wildcards comes back when it exists. Hidden files match only a pattern that begins with a dot. */
export function globSync(pattern: string): string[] {
  if (!/[*?]/.test(pattern)) return existsSync(pattern) ? [pattern] : [];
  let found = ["/"];
  for (const part of pattern.split("/").filter((name) => name !== "")) {
    found = found.flatMap((folder) => {
      if (!/[*?]/.test(part)) return existsSync(join(folder, part)) ? [join(folder, part)] : [];
      return names(folder)
        .filter((name) => (part.startsWith(".") || !name.startsWith(".")) && matchPattern(part, name))
        .map((name) => join(folder, name));
    });
  }
  return found;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
