/** Recordings with very many marks or chunks: they open in bounded memory, and every frame that was meant is there. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { MOST_CHUNKS, MOST_MARKS, record } from "./format.ts";
import { openRecording } from "./reader.ts";
import { RecordingWriter } from "./writer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "podglass-many-"));
});
afterAll(() => rm(folder, { recursive: true }));

const START = Date.parse("2026-11-21T12:00:00Z");
/** A recording of one frame, without its index. */
async function start(name: string): Promise<Buffer> {
  const path = join(folder, name);
  const writer = await RecordingWriter.create(path, { label: "node" });
  await writer.write(syntheticSnapshot({ pods: 1, takenAt: new Date(START).toISOString() }));
  const { bytes } = writer;
  await writer.close();
  return (await readFile(path)).subarray(0, bytes);
}
async function opened(name: string, parts: Buffer[]) {
  const path = join(folder, `${name}.podglass`);
  await writeFile(path, Buffer.concat(parts));
  const before = process.memoryUsage().rss;
  const recording = await openRecording(path);
  return { recording, grown: process.memoryUsage().rss - before };
}
const tail = (offset: number): Buffer => {
  const at = Buffer.alloc(8);
  at.writeBigUInt64LE(BigInt(offset));
  return record("TAIL", START, at);
};

test("a million marks in the index", async () => {
  const head = await start("index");
  const marks = Array.from({ length: 1_000_000 }, (_, i) => ({ atMs: START, text: `x${i}` }));
  const chunks = [{ offset: 21, atMs: START, endMs: START, frames: 1 }];
  const index = record("INDX", START, Buffer.from(JSON.stringify({ chunks, marks, frames: 1 })));
  const { recording, grown } = await opened("many-index", [head, index, tail(head.length)]);
  expect(recording.info).toMatchObject({ frames: 1, marks: [] });
  expect(grown).toBeLessThan(64 * 1024 * 1024);
  await recording.close();
});

test("a million marks in records, and long ones", async () => {
  const head = await start("records");
  const some = record(
    "MARK",
    START,
    Buffer.from(JSON.stringify(Array.from({ length: 9000 }, (_, i) => `x${i}`).slice(0, 7000))),
  );
  const long = record("MARK", START, Buffer.from(JSON.stringify(["y".repeat(60_000)])));
  const { recording, grown } = await opened("many-records", [head, long, ...Array.from({ length: 150 }, () => some)]);
  expect(recording.info.marks).toHaveLength(MOST_MARKS);
  expect(Math.max(...recording.info.marks.map(({ text }) => text.length))).toBeLessThan(201);
  expect(grown).toBeLessThan(64 * 1024 * 1024);
  await expect(recording.at(0)).resolves.toBeDefined();
  await recording.close();
});

test("a million chunks", async () => {
  const head = await start("chunks");
  const one = record("KEYF", START, Buffer.alloc(0));
  const { recording, grown } = await opened("many-chunks", [head, ...Array.from({ length: 1_000_000 }, () => one)]);
  expect(recording.info.frames).toBe(MOST_CHUNKS);
  expect(grown).toBeLessThan(64 * 1024 * 1024);
  await recording.close();
});
