/** Folders below the system's temporary one that are there for a login; what a killed process left of them goes at the next. */
import { readlinkSync } from "node:fs";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./alive.ts";

/** The folder is 0700 and its caller's to remove. `prefix` is short where a socket stands in it: its path has 108 bytes. */
export async function passingFolder(prefix: string, within = tmpdir()): Promise<string> {
  await sweep(prefix, within);
  return mkdtemp(join(within, `${prefix}${pidNamespace()}-${process.pid}-`));
}

/** Containers of a person share the temporary folder and not the pids: only what was made among our pids can be told. */
const pidNamespace = (): string => {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0"; // no Linux
  }
};

async function sweep(prefix: string, within: string): Promise<void> {
  const ours = `${prefix}${pidNamespace()}-`;
  for (const name of await readdir(within).catch(() => [])) {
    const pid = name.startsWith(ours) ? Number(/^([1-9]\d{0,9})-/.exec(name.slice(ours.length))?.[1]) : 0;
    if (!pid || isAlive(pid)) continue;
    const path = join(within, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() && found.uid === process.getuid?.())
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
