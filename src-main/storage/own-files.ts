/**
 * Files of ours in a folder where another user may have been (root's shell with an ordinary user's HOME): what he put in
 * the place of a file must not lead us to write into one that he could not.
 */
import { lstatSync, rmSync, writeFileSync } from "node:fs";

/** Writes the text to the path with ".new" behind it, synced, for a rename; gives that path. Never through a link. */
export function writeNew(path: string, text: string): string {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  // "wx" is O_EXCL, which follows no link (open(2)).
  writeFileSync(fresh, text, { mode: 0o600, flag: "wx", flush: true });
  return fresh;
}

/** Throws where the path is a link that another user made. Our own may lead elsewhere. */
export function refuseStrangersLink(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() && found.uid !== process.getuid?.())
    throw new Error(`${path} is a link that user ${found.uid} made: look where it leads, and remove it`);
}
