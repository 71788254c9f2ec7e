import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { itemOrder, LISTS } from "../../src-shared/diff/delta.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { seeded } from "../../src-shared/testing/random.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { ReadingError } from "../transport/transport.ts";
import { FIRST_LINE, record } from "./format.ts";
import { openRecording } from "./reader.ts";
import { sniff } from "./sniff.ts";
import { RecordingWriter } from "./writer.ts";

let folder: string;
let count = 0;
const file = () => join(folder, `${count++}.podglass`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "podglass-recordings-"));
});
afterAll(() => rm(folder, { recursive: true }));

const START = Date.parse("2026-11-21T12:00:00Z");
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

/** A node that lives: usage moves, pods come and go. */
function history(frames: number, pods = 6): Snapshot[] {
  const random = seeded(7);
  const list: Snapshot[] = [];
  for (let second = 0; second < frames; second++) {
    const base = syntheticSnapshot({ pods: pods + (second % 5 === 4 ? 2 : 0), takenAt: at(second) });
    const snapshot = structuredClone(
      list.at(-1) && second % 5 !== 0 && second % 5 !== 4 ? { ...list.at(-1), takenAt: at(second) } : base,
    ) as Snapshot;
    for (const process of snapshot.processes) if (random.below(4) === 0) process.rssBytes += 4096 * random.below(9);
    for (const group of snapshot.cgroups)
      if (random.below(4) === 0 && group.files["memory.current"])
        group.files["memory.current"] = String(random.below(1 << 28));
    for (const name of LISTS) (snapshot[name] as unknown[]).sort(itemOrder[name] as (a: unknown, b: unknown) => number);
    list.push(snapshot);
  }
  return list;
}

async function write(snapshots: Snapshot[], options = {}): Promise<string> {
  const path = file();
  const writer = await RecordingWriter.create(path, { label: "root@node-a", ...options });
  for (const snapshot of snapshots) await writer.write(snapshot);
  await writer.close();
  return path;
}

test("what is read is what was written, at every second, forwards, backwards and at random", async () => {
  const snapshots = history(300, 3);
  const recording = await openRecording(await write(snapshots));
  expect(recording.info).toMatchObject({
    label: "root@node-a",
    frames: 300,
    startMs: START,
    endMs: START + 299_000,
    complete: true,
  });
  for (const second of [0, 1, 2, 239, 240, 241, 299, 17, 298, 3])
    expect(await recording.at(second * 1000)).toEqual(snapshots[second]);
  expect(await recording.at(12_900), "between two frames the earlier one holds").toEqual(snapshots[12]);
  expect(await recording.at(1e9)).toEqual(snapshots[299]);
  let frame = 0;
  for await (const one of recording.frames()) expect(one).toEqual({ atMs: frame * 1000, snapshot: snapshots[frame++] });
  expect(frame).toBe(300);
  await recording.close();
});

test("names in another order than they were in, and names that are double: what is read is what was written", async () => {
  const [one] = history(1, 3);
  if (!one) throw new Error("there is no snapshot");
  const turned = { ...one, takenAt: at(1), pods: [...one.pods].reverse(), cgroups: [...one.cgroups].reverse() };
  const [pod] = one.pods;
  if (!pod) throw new Error("the synthetic node has no pod");
  const double = { ...turned, takenAt: at(2), pods: [...turned.pods, pod, { ...pod, ips: ["10.9.9.9"] }] };
  const changed = {
    ...double,
    takenAt: at(3),
    pods: double.pods.map((one, i) => ({ ...one, ips: [`10.1.1.${i}`] })),
    cgroups: turned.cgroups.map((group, i) => ({ ...group, files: { "pids.current": String(i) } })),
  };
  const recording = await openRecording(await write([one, turned, double, changed]));
  const bag = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item)).sort();
  for (const [second, wanted] of [one, turned, double, changed].entries()) {
    const shown = await recording.at(second * 1000);
    for (const list of LISTS) expect(bag(shown[list]), `${list} at ${second} s`).toEqual(bag(wanted[list]));
  }
  await recording.close();
});

test("a redacted recording is read as it was written, while pods come and go", async () => {
  const snapshots = history(40, 5);
  const recording = await openRecording(await write(snapshots, { redact: true }));
  for (const [second, snapshot] of snapshots.entries()) {
    const shown = await recording.at(second * 1000);
    const numbers = (one: Snapshot) => one.processes.map((process) => [process.pid, process.rssBytes, process.ppid]);
    expect(numbers(shown)).toEqual(numbers(snapshot));
    const usage = (one: Snapshot) => one.cgroups.map((group) => group.files["memory.current"] ?? "").sort();
    expect(usage(shown)).toEqual(usage(snapshot));
    expect(new Set(shown.pods.map((pod) => pod.key)).size).toBe(snapshot.pods.length);
  }
  await recording.close();
});

test("marks say what happened and when", async () => {
  const recording = await openRecording(await write(history(10)));
  expect(recording.info.marks).toContainEqual({ atMs: 4000, text: "pod logging/mail-6 is new" });
  expect(recording.info.marks).toContainEqual({ atMs: 5000, text: "pod logging/mail-6 is gone" });
  await recording.close();
});

test("cut at any byte, it opens up to the last whole frame or says that it holds none", async () => {
  const snapshots = history(40, 2);
  const path = await write(snapshots);
  const { size } = await stat(path);
  const whole = await readFile(path);
  const random = seeded(3);
  for (let round = 0; round < 60; round++) {
    const cut = random.below(size);
    await writeFile(path, whole);
    await truncate(path, cut);
    const recording = await openRecording(path).catch((error: unknown) => error);
    if (recording instanceof ReadingError) {
      expect(cut, recording.message).toBeLessThan(12_000);
      continue;
    }
    const opened = recording as Awaited<ReturnType<typeof openRecording>>;
    const last = opened.info.frames - 1;
    expect(await opened.at(last * 1000)).toEqual(snapshots[last]);
    expect(opened.info.complete).toBe(false);
    await opened.close();
  }
});

test("any byte changed: a clear error or a whole snapshot, never anything else", async () => {
  const path = await write(history(12, 2));
  const whole = await readFile(path);
  const random = seeded(11);
  for (let round = 0; round < 150; round++) {
    const bad = Buffer.from(whole);
    for (let i = 0; i <= random.below(4); i++) bad[random.below(bad.length)] = random.below(256);
    await writeFile(path, bad);
    try {
      const recording = await openRecording(path);
      try {
        for (const ms of [0, 5000, 11_000]) expect((await recording.at(ms)).schema).toBe("podglass.snapshot/1");
      } finally {
        await recording.close();
      }
    } catch (error) {
      expect(error).toBeInstanceOf(ReadingError);
      expect((error as Error).message).toContain(path);
    }
  }
});

test("a bomb is refused before it fills the memory", async () => {
  const path = file();
  const bomb = brotliCompressSync(Buffer.alloc(300 * 1024 * 1024, 32), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
  });
  const head = record("HEAD", START, Buffer.from("{}"));
  await writeFile(path, Buffer.concat([Buffer.from(FIRST_LINE), head, record("KEYF", START, bomb)]));
  const recording = await openRecording(path);
  const before = process.memoryUsage().rss;
  await expect(recording.at(0)).rejects.toThrow(ReadingError);
  expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024);
  await recording.close();
});

test("files of any records, made to harm: a sentence or a snapshot, in bounded memory", async () => {
  const [snapshot] = history(1, 1);
  const key = JSON.stringify(snapshot);
  const random = seeded(23);
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const packed = (text: string) =>
    brotliCompressSync(Buffer.from(text), { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } });
  const large = packed(" ".repeat(40 * 1024 * 1024));
  const blank = packed("\n".repeat(3_000_000));
  const payloads = [
    () => packed(`${key}\n{"lists":{"pods":{"gone":[0,0,999999999]}},"rest":{}}\n`),
    () => packed(`${key}\n{"lists":{"processes":{"changed":[[-1,{"s":{"pid":"x"}}]]}},"rest":{}}\n`),
    () => packed(`${key}\n${"[".repeat(20_000)}\n`),
    () => blank,
    () => packed(`${key.replace('"processes":[', '"processes":[null,')}\n`),
    () => large,
    () => Buffer.alloc(random.below(5000), random.below(256)),
    () => Buffer.from('{"chunks":[{"offset":22,"atMs":0,"endMs":9e15,"frames":1e12}],"marks":[],"frames":1e12}'),
    () => Buffer.from(JSON.stringify(Array.from({ length: 9000 }, () => "x"))),
    () => Buffer.from([22, 0, 0, 0, 0, 0, 0, 0]),
  ];
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 60; round++) {
    const path = file();
    const parts = [
      Buffer.from(FIRST_LINE),
      record("HEAD", START, Buffer.from(pick(["{}", '{"label":7}', "[", '{"label":"x"}']))),
    ];
    for (let i = random.below(8); i >= 0; i--) {
      const one = record(
        pick(["KEYF", "STEP", "MARK", "INDX", "TAIL"] as const),
        START + random.below(4) * 1000,
        pick(payloads)(),
      );
      // Lengths that lie.
      if (random.below(4) === 0) one.writeUInt32LE(random.below(2) === 0 ? 0xffffffff : random.below(100_000), 4);
      parts.push(one);
    }
    await writeFile(path, Buffer.concat(parts));
    const opened = await openRecording(path).catch((error: unknown) => error);
    if (opened instanceof Error) expect(opened, opened.message).toBeInstanceOf(ReadingError);
    else {
      const recording = opened as Awaited<ReturnType<typeof openRecording>>;
      for (const ms of [0, 1000, 5000, 1e12]) {
        const shown = await recording.at(ms).catch((error: unknown) => error);
        if (shown instanceof Error) expect(shown, shown.message).toBeInstanceOf(ReadingError);
        else expect((shown as Snapshot).schema).toBe("podglass.snapshot/1");
      }
      await recording.close();
    }
    await rm(path);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024);
});

test("a newer version opens with what is understood", async () => {
  const snapshots = history(3, 2);
  const path = await write(snapshots);
  const text = await readFile(path);
  const added = record("NEWS" as "MARK", START, Buffer.from("of tomorrow"));
  const cut = FIRST_LINE.length;
  const newer = Buffer.concat([
    Buffer.from("podglass.recording/2\n"),
    text.subarray(cut, cut + 20 + text.readUInt32LE(cut + 4)),
    added,
    text.subarray(cut + 20 + text.readUInt32LE(cut + 4)),
  ]);
  await writeFile(path, newer);
  const recording = await openRecording(path);
  expect(recording.info).toMatchObject({ version: 2, newer: true, frames: 3 });
  expect(await recording.at(2000)).toEqual(snapshots[2]);
  await recording.close();
});

test("hostile steps do not reach the prototype of anything", async () => {
  const path = file();
  const snapshot = JSON.stringify(history(1, 1)[0]);
  const step = `{"lists":{},"rest":{"o":{"__proto__":{"s":{"polluted":true}}}}}`;
  const packed = brotliCompressSync(Buffer.from(`${snapshot}\n${step}\n`));
  await writeFile(
    path,
    Buffer.concat([
      Buffer.from(FIRST_LINE),
      record("HEAD", START, Buffer.from("{}")),
      record("KEYF", START, packed),
      record("STEP", START + 1000, Buffer.alloc(0)),
    ]),
  );
  const recording = await openRecording(path);
  await expect(recording.at(1000)).rejects.toThrow("__proto__");
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  await recording.close();
});

test("a moment that no date can say ends what is read of a file, with the index or without", async () => {
  const key = (ms: number) => record("KEYF", ms, brotliCompressSync(Buffer.from(JSON.stringify(history(1, 1)[0]))));
  const start = Buffer.concat([Buffer.from(FIRST_LINE), record("HEAD", START, Buffer.from("{}")), key(START)]);
  const offset = FIRST_LINE.length + 22;
  const indexed = (endMs: number, markMs: number) => {
    const chunks = [{ offset, atMs: START, endMs, frames: 1 }];
    const marks = [{ atMs: markMs, text: "pinned shop/web" }];
    const tail = Buffer.alloc(8);
    tail.writeBigUInt64LE(BigInt(start.length));
    const index = record("INDX", START, Buffer.from(JSON.stringify({ chunks, marks, frames: 1 })));
    return Buffer.concat([start, index, record("TAIL", START, tail)]);
  };
  for (const bytes of [Buffer.concat([start, key(1e300)]), indexed(1e16, START), indexed(START, -1e300)]) {
    const path = file();
    await writeFile(path, bytes);
    const { info, close } = await openRecording(path).then((one) => ({ info: one.info, close: () => one.close() }));
    for (const ms of [info.startMs, info.endMs, ...info.marks.map(({ atMs }) => info.startMs + atMs)])
      expect(new Date(ms).toISOString()).toBe(at(0));
    await close();
  }
});

test("files are told apart by their first bytes", async () => {
  const path = file();
  expect(await sniff(await write(history(1, 1)))).toBe("recording");
  await writeFile(path, ' {"schema":"podglass.snapshot/1"}');
  expect(await sniff(path)).toBe("snapshot");
  await writeFile(path, "Welcome to node-a\n\n#podglass:reading/1 abc\n");
  expect(await sniff(path)).toBe("probe");
  await writeFile(path, "hello");
  await expect(sniff(path)).rejects.toThrow("neither a recording");
  await expect(sniff(join(folder, "none"))).rejects.toThrow(ReadingError);
  await expect(openRecording(path)).rejects.toThrow("does not begin as one does");
});
