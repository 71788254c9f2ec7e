/** A node's clock that is set while it is recorded: no frame is lost, the timeline goes on, and the jump is marked. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { openRecording } from "./reader.ts";
import { RecordingWriter } from "./writer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "podglass-clock-"));
});
afterAll(() => rm(folder, { recursive: true }));

const START = Date.parse("2026-11-21T12:00:00Z");
const base = syntheticSnapshot({ pods: 2 });

/** A frame a second of ours; the node's clock is off by `off(second)` seconds. */
async function recorded(name: string, seconds: number, off: (second: number) => number, own = true) {
  const path = join(folder, `${name}.podglass`);
  const writer = await RecordingWriter.create(path, { label: "node" });
  for (let second = 0; second < seconds; second++) {
    const takenAt = new Date(START + (second + off(second)) * 1000).toISOString();
    await writer.write({ ...base, takenAt }, own ? 5000 + second * 1000 : undefined);
  }
  await writer.close();
  return openRecording(path);
}

test.each([
  ["set back by an hour", -3600, /^the node's clock was set back by 3600 s$/],
  ["set back to its first day", -START / 1000, /^the node's clock was set back by \d+ s$/],
  ["set forward by a day", 86_400, /^the node's clock was set forward by 86400 s$/],
])("%s: each frame is there, by our own clock, with the node's beside it", async (name, jump, mark) => {
  const recording = await recorded(name.replaceAll(" ", "-"), 61, (second) => (second >= 2 ? jump : 0));
  expect(recording.info).toMatchObject({ frames: 61, startMs: START, endMs: START + 60_000, complete: true });
  expect(recording.info.marks).toEqual([{ atMs: 2000, text: expect.stringMatching(mark) }]);
  for (const second of [0, 1, 2, 30, 60]) {
    const { takenAt } = await recording.at(second * 1000);
    expect(Date.parse(takenAt)).toBe(START + (second + (second >= 2 ? jump : 0)) * 1000);
  }
  await recording.close();
});

test("a clock that drifts or is set again and again loses no frame either", async () => {
  const drifting = await recorded("drift", 100, (second) => second / 50);
  expect(drifting.info).toMatchObject({ frames: 100, marks: [] });
  const dancing = await recorded("dance", 100, (second) => (second % 2) * 1000);
  expect(dancing.info.frames).toBe(100);
  expect(dancing.info.marks).toHaveLength(99);
  await Promise.all([drifting.close(), dancing.close()]);
});

test("where no clock of ours was there the node's times are the timeline, which still only goes forward", async () => {
  const recording = await recorded("kept", 61, (second) => (second >= 2 ? -3600 : 0), false);
  expect(recording.info.frames).toBe(61);
  expect(recording.info.marks[0]?.text).toMatch(/set back/);
  await recording.close();
});
