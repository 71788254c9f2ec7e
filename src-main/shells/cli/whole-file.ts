/** A file that is there whole or not at all. */
import { randomBytes } from "node:crypto";
import { constants, copyFileSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open as openFile } from "node:fs/promises";
import { Refusal, Usage } from "./exit.ts";

/** Whether a file is there that would be replaced. Throws Usage for what no file can be put in the place of: a folder, a device, a pipe. */
export function isThere(path: string): boolean {
  if (path === "") throw new Usage("The name of the file is empty.");
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile())
    throw new Usage(
      `${path} is no plain file, and nothing is put in its place: write to stdout (-w -) and lead that there.`,
    );
  return there !== undefined;
}

export interface WholeFile {
  readonly handle: FileHandle;
  /** What was written is to be kept. */
  done(): void;
  close(): Promise<void>;
}

/** Written beside its place under another name, for nobody else to read, and put there when it is whole. Throws Refusal. */
export async function wholeFile(path: string, over: boolean): Promise<WholeFile> {
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  const handle = await openFile(part, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`${path} cannot be written: ${error.message}`);
  });
  let keep = false;
  return {
    handle,
    done: () => {
      keep = true;
    },
    async close() {
      try {
        if (keep) await handle.sync();
        await handle.close();
        if (keep && over) renameSync(part, path);
        else if (keep) putNew(part, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST")
          throw new Refusal(`${path} was made by another meanwhile, and is left as it is: the capture is lost.`);
        throw error;
      } finally {
        rmSync(part, { force: true });
      }
    },
  };
}

/** Never over what another made meanwhile. */
function putNew(part: string, path: string): void {
  try {
    linkSync(part, path);
  } catch (error) {
    // A file system without hard links (FAT, some shares) says one of these: link(2).
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
    copyFileSync(part, path, constants.COPYFILE_EXCL);
  }
}
