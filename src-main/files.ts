/** Files that open like a node: what the probe printed, and a snapshot as `podglass snapshot` prints it. */
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { SNAPSHOT_SCHEMA, type Snapshot } from "../src-shared/model.ts";
import { assemble } from "../src-shared/pods/assemble.ts";
import { parseProbeText } from "./probe/index.ts";
import type { OpenSource } from "./source.ts";
import { ReadingError } from "./transport/transport.ts";

/** A snapshot's file may be this long (bytes): 20,000 processes take about 20 MB. */
const LARGEST_SNAPSHOT = 256 * 1024 * 1024;

/** Throws ReadingError with what is wrong with the file. */
export async function openFile(path: string): Promise<OpenSource> {
  const snapshot = await readSnapshot(path);
  let close: (why: null) => void = () => {};
  const closed = new Promise<null>((resolve) => {
    close = resolve;
  });
  return { closed, close: () => close(null), read: async () => snapshot };
}

async function readSnapshot(path: string): Promise<Snapshot> {
  if ((await firstBytes(path, 1)) === "{") return parseSnapshot(path);
  return assemble(await parseProbeText(createReadStream(path)));
}

async function parseSnapshot(path: string): Promise<Snapshot> {
  const { size } = await stat(path);
  if (size > LARGEST_SNAPSHOT) {
    throw new ReadingError(`${path} is ${size} bytes; a snapshot of more than ${LARGEST_SNAPSHOT} is not opened.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new ReadingError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const snapshot = value as Partial<Snapshot> | null;
  const lists = ["processes", "namespaces", "cgroups", "containers", "pods", "gaps"] as const;
  if (snapshot?.schema !== SNAPSHOT_SCHEMA || !lists.every((list) => Array.isArray(snapshot[list])) || !snapshot.node) {
    throw new ReadingError(
      `${path} is not a snapshot of Podglass: its schema is not ${SNAPSHOT_SCHEMA}, or a part is missing.`,
    );
  }
  return snapshot as Snapshot;
}

async function firstBytes(path: string, count: number): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw new ReadingError(`${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead).toString("latin1");
  } finally {
    await file.close();
  }
}
