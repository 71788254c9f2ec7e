/** known_hosts on disk: reading all files that count for a host, and adding a key to the person's own. */
import { randomBytes } from "node:crypto";
import { appendFile, mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConnectionError } from "../transport/transport.ts";
import { keyType } from "./key-format.ts";
import { emptyKnownHosts, hashedName, type KnownHosts, knownHostsName, parseKnownHosts } from "./known-hosts.ts";

/** Reads files in order; one that is not there is empty. Throws ConnectionError when one is there and cannot be read: what it says would be missing. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHosts> {
  const known = emptyKnownHosts();
  for (const file of files) {
    try {
      parseKnownHosts(await readFile(file, "utf8"), file, known);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ENOTDIR") continue;
      throw new ConnectionError(
        "hostkey",
        `${file} cannot be read (${code}), so host keys cannot be checked. Make it readable for you.`,
      );
    }
  }
  return known;
}

/**
 * Adds one line to the file; makes it (0600, its folder 0700) where it is missing and ends an unfinished last line first.
 * Throws the file system's own error.
 */
export async function addKnownHost(
  file: string,
  host: string,
  port: number,
  blob: Buffer,
  hashed: boolean,
): Promise<void> {
  const name = knownHostsName(host, port);
  const names = hashed ? hashedName(name, randomBytes(20)) : name;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const line = `${names} ${keyType(blob)} ${blob.toString("base64")}\n`;
  await appendFile(file, (await endsWithNewline(file)) ? line : `\n${line}`, { mode: 0o600 });
}

async function endsWithNewline(file: string): Promise<boolean> {
  const handle = await open(file, "r").catch(() => null);
  if (!handle) return true;
  try {
    const { size } = await handle.stat();
    if (size === 0) return true;
    const last = Buffer.alloc(1);
    await handle.read(last, 0, 1, size - 1);
    return last[0] === 10;
  } finally {
    await handle.close();
  }
}
