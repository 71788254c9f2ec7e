/** The text of a key file: a regular file of a sensible size, whatever path was named. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** Most that a key file has (bytes), and many times more than any needs. */
const MOST = 1024 * 1024;

export class NoKeyText extends Error {
  override name = "NoKeyText";
  readonly missing: boolean;
  constructor(why: string, missing = false) {
    super(why);
    this.missing = missing;
  }
}

/**
 * Throws NoKeyText with why in a few words. Opened without waiting, so that a pipe that nobody writes to holds up nobody,
 * and looked at once it is open, so that it cannot be another file than the one that is read.
 */
export async function readKeyText(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY).catch(
    (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      throw new NoKeyText(missing ? "is not there" : `cannot be read (${error.code ?? error.message})`, missing);
    },
  );
  try {
    const about = await file.stat();
    if (!about.isFile()) throw new NoKeyText("is not a regular file");
    if (about.size > MOST) throw new NoKeyText("is larger than 1 MiB, which no key is");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST + 1), 0, MOST + 1, 0);
    if (bytesRead > MOST) throw new NoKeyText("is larger than 1 MiB, which no key is");
    return buffer.toString("utf8", 0, bytesRead);
  } catch (error) {
    if (error instanceof NoKeyText) throw error;
    throw new NoKeyText(`cannot be read (${(error as NodeJS.ErrnoException).code ?? "it failed"})`);
  } finally {
    await file.close();
  }
}
