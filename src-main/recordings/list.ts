/** What was recorded or opened here, told from each file's head and index: enough to choose one without opening it. */
import { open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { KeptFile } from "../../src-shared/api.ts";
import { openRecording } from "./reader.ts";
import { sniff } from "./sniff.ts";

export const SUFFIX = ".podglass";
/** Newest first, and no more of each kind: a person looks for something recent. */
const MOST = 12;
/** A snapshot names its time and node before its long lists. */
const HEAD_BYTES = 4096;

/** Files of our own folder and those that were opened from elsewhere, the newest moment first. */
export async function recordingsList(folder: string, opened: readonly string[]): Promise<KeptFile[]> {
  const names = await readdir(folder).catch(() => []);
  const own = names
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .reverse()
    .slice(0, MOST)
    .map((name) => join(folder, name));
  const paths = new Set([...opened.slice(0, MOST), ...own]);
  const found = await Promise.all([...paths].map(told));
  return found.sort((a, b) => (b.endMs ?? b.startMs ?? 0) - (a.endMs ?? a.startMs ?? 0));
}

async function told(path: string): Promise<KeptFile> {
  const file: KeptFile = { path, name: basename(path), bytes: 0 };
  try {
    file.bytes = (await stat(path)).size;
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { ...file, trouble: gone ? "the file is gone" : `it cannot be read: ${(error as Error).message}` };
  }
  try {
    const kind = await sniff(path);
    if (kind === "recording") return { ...file, ...(await aboutRecording(path)) };
    return kind === "snapshot" ? { ...file, ...(await aboutSnapshot(path)) } : { ...file, kind: "probe" };
  } catch (error) {
    return { ...file, trouble: (error as Error).message };
  }
}

async function aboutRecording(path: string): Promise<Partial<KeptFile>> {
  const recording = await openRecording(path);
  const { label, startMs, endMs, frames } = recording.info;
  await recording.close();
  return { kind: "recording", node: label, startMs, endMs, frames };
}

async function aboutSnapshot(path: string): Promise<Partial<KeptFile>> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.toString("utf8", 0, bytesRead);
    const takenAt = /"takenAt":\s*"([^"\\]{1,40})"/.exec(head)?.[1];
    const node = /"hostname":\s*"([^"\\]{1,255})"/.exec(head)?.[1];
    const startMs = Date.parse(takenAt ?? "");
    return { kind: "snapshot", ...(node ? { node } : {}), ...(Number.isNaN(startMs) ? {} : { startMs }) };
  } finally {
    await file.close();
  }
}
