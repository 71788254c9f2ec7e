import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../src-shared/model.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { History, historyLimits, removeForsaken } from "./history.ts";
import { openRecording } from "./reader.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "podglass-history-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const START = Date.parse("2026-11-28T03:00:00Z");
const synthetic = syntheticSnapshot({ pods: 3 });
/** One pod has a name that only its owner's people would give. */
const base = { ...synthetic, pods: synthetic.pods.map((pod, i) => (i === 0 ? { ...pod, name: "acme-web" } : pod)) };
/** The node at a second: its memory moves, so that each moment can be told from the next. */
const moment = (second: number): Snapshot => ({
  ...base,
  takenAt: new Date(START + second * 1000).toISOString(),
  processes: base.processes.map((one, i) => (i === 0 ? { ...one, rssBytes: 4096 * (second + 1) } : one)),
});
const secondOf = (snapshot: Snapshot) => (snapshot.processes[0]?.rssBytes ?? 0) / 4096 - 1;

const MINUTE = 60_000;
const roomy = { spanMs: 60 * MINUTE, bytes: 64 * 1024 * 1024 };

/** Our own clock: as many milliseconds as were taken seconds. */
let own = 0;
const now = () => own;

/** Takes seconds one by one, each written before the next comes. */
async function fill(history: History, from: number, to: number, told: (second: number) => string[] = () => []) {
  for (let second = from; second <= to; second++) {
    own += 1000;
    history.take(moment(second), told(second));
    await history.at(START).catch(() => undefined);
  }
}

/** Of all files in the folders of a folder. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder))
    for (const file of await readdir(join(folder, name))) bytes += (await stat(join(folder, name, file))).size;
  return bytes;
}

describe("the history of a live node", () => {
  it("shows any second of what is kept, while it goes on", async () => {
    const history = new History(join(root, "a"), "node-a", roomy, now);
    await fill(history, 0, 700);
    expect(history.info).toMatchObject({ startMs: START, endMs: START + 700_000 });
    for (const second of [0, 1, 299, 300, 301, 699, 700]) {
      const shown = await history.at(START + second * 1000 + 400);
      expect(secondOf(shown)).toBe(second);
    }
    expect(secondOf(await history.at(START - 5000))).toBe(0);
    await fill(history, 701, 710);
    expect(secondOf(await history.at(START + 705_000))).toBe(705);
    await history.close();
    expect(await readdir(join(root, "a"))).toEqual([]);
  });

  it("keeps no more than its time and its bytes", async () => {
    const short = new History(join(root, "b"), "node-a", { spanMs: 2 * MINUTE, bytes: roomy.bytes }, now);
    await fill(short, 0, 400);
    const { startMs = 0, endMs = 0 } = short.info;
    expect(endMs).toBe(START + 400_000);
    expect(endMs - startMs).toBeGreaterThanOrEqual(2 * MINUTE - 1000);
    expect(endMs - startMs).toBeLessThan(2.3 * MINUTE);
    await short.close();

    const small = new History(join(root, "c"), "node-a", { spanMs: 60 * MINUTE, bytes: 60_000 }, now);
    for (let second = 0; second <= 400; second++) {
      await fill(small, second, second);
      const bytes = await bytesBelow(join(root, "c"));
      expect(bytes).toBeLessThanOrEqual(60_000);
      expect(small.info.bytes).toBe(bytes);
    }
    expect(secondOf(await small.at(START + 400_000))).toBe(400);
    await small.close();
  });

  it("keeps ten nodes, and one of them in two windows, each as if it were alone", async () => {
    const names = [...Array.from({ length: 10 }, (_, i) => `node-${i}`), "node-0"];
    const all = names.map((name) => new History(join(root, "ten"), name, roomy, now));
    for (let second = 0; second <= 20; second++)
      for (const [i, history] of all.entries()) history.take(moment(100 * i + second), []);
    // They are written while others are: each takes its own moments, and no more than wait.
    for (const [i, history] of all.entries()) {
      await fill(history, 100 * i + 21, 100 * i + 22);
      expect(secondOf(await history.at(START + (100 * i + 22) * 1000))).toBe(100 * i + 22);
      expect(secondOf(await history.at(START))).toBe(100 * i);
    }
    expect(await readdir(join(root, "ten"))).toHaveLength(11);
    await all.pop()?.close();
    expect(secondOf(await all[0]!.at(START + 22_000))).toBe(22);
    for (const history of all) await history.close();
    expect(await readdir(join(root, "ten"))).toEqual([]);
  });

  it("loses nothing when the node's clock is set forward by a day", async () => {
    const history = new History(join(root, "day"), "node-a", roomy, now);
    await fill(history, 0, 10);
    await fill(history, 86_400, 86_410);
    expect(secondOf(await history.at(START + 5000))).toBe(5);
    expect(secondOf(await history.at(START + 86_405_000))).toBe(86_405);
    await history.close();
  });

  it("goes on when the node's clock is set back", async () => {
    const history = new History(join(root, "d"), "node-a", roomy, now);
    await fill(history, 100, 110);
    await fill(history, 50, 60);
    expect(secondOf(await history.at(START + 60_000))).toBe(60);
    await history.close();
  });

  it("saves a stretch as a recording, redacted if asked, with what held at its beginning", async () => {
    const history = new History(join(root, "e"), "node-a", { ...roomy, spanMs: 12 * MINUTE }, now);
    await fill(history, 0, 200);
    for (const redact of [false, true]) {
      const path = join(root, `kept-${redact}.podglass`);
      const kept = await history.keep(path, START + 55_500, START + 130_000, redact);
      expect(kept.frames).toBe(76);
      const recording = await openRecording(path);
      expect(recording.info).toMatchObject({ startMs: START + 55_000, endMs: START + 130_000, redacted: redact });
      const first = await recording.at(0);
      expect(secondOf(first)).toBe(55);
      if (redact) expect(JSON.stringify(first)).not.toContain(base.node.hostname);
      await recording.close();
    }
    await expect(history.keep(join(root, "none"), START + 900_000, START + 950_000, false)).rejects.toThrow(
      /Nothing is kept/,
    );
    await history.close();
  });

  it("keeps what was told with its moments, over the end of a segment; redacted, what Podglass did", async () => {
    const history = new History(join(root, "h"), "node-a", { ...roomy, spanMs: 2 * MINUTE }, now);
    const { name } = base.pods[0]!;
    await fill(history, 0, 60, (second) =>
      second % 10 === 1 ? [`no longer: a finding of ${second}`, `Podglass pinned the namespaces of ${name}`] : [],
    );
    expect(history.info.marks.map(({ atMs }) => (atMs - START) / 1000)).toEqual(
      [1, 11, 21, 31, 41, 51].flatMap((second) => [second, second]),
    );
    for (const redact of [false, true]) {
      const path = join(root, `told-${redact}.podglass`);
      await history.keep(path, START + 15_000, START + 45_000, redact);
      const recording = await openRecording(path);
      const { marks } = recording.info;
      const shown = await recording.at(0);
      await recording.close();
      const called = (redact ? shown : base).pods.map((one) => `Podglass pinned the namespaces of ${one.name}`);
      expect(marks.filter(({ text }) => called.includes(text)).map(({ atMs }) => atMs)).toEqual([
        6_000, 16_000, 26_000,
      ]);
      expect(marks.filter(({ text }) => text.includes("a finding of"))).toHaveLength(redact ? 0 : 3);
      if (redact) expect(JSON.stringify(marks)).not.toContain(name);
    }
    await history.close();
  });

  it("marks events of a moment that it let go with the next one, and a clock that was set back", async () => {
    const history = new History(join(root, "i"), "node-a", roomy, now);
    for (let second = 0; second < 50; second++) history.take(moment(second), [`event ${second}`]);
    await fill(history, 50, 51);
    await fill(history, 20, 21);
    const marks = history.info.marks.map(({ text }) => text);
    expect(marks.slice(0, 5)).toEqual(["event 0", "event 1", "event 2", "event 3", "event 4"]);
    expect(marks.join()).toMatch(/more changes/);
    expect(marks.at(-1)).toBe("the node's clock was set back by 31 s");
    await history.close();
  });

  it("says why it ended, and never holds up the reading", async () => {
    const blocked = join(root, "file");
    await writeFile(blocked, "");
    const history = new History(blocked, "node-a", roomy, now);
    history.take(moment(0), []);
    await expect(history.at(START)).rejects.toThrow(/Nothing is kept of node-a/);
    expect(history.info.trouble).toMatch(/^The history of node-a ended: /);
    history.take(moment(1), []);
    await history.close();
  });

  it("lets moments go where the disk is slower than the node, and not memory", async () => {
    const history = new History(join(root, "f"), "node-a", roomy, now);
    for (let second = 0; second < 500; second++) history.take(moment(second), []);
    await history.at(START).catch(() => undefined);
    await fill(history, 500, 501);
    expect(secondOf(await history.at(START + 501_000))).toBe(501);
    await history.close();
  });

  it("removes what an app that ended without a word left behind, and nothing else", async () => {
    const folder = join(root, "g");
    for (const name of ["4190001-x", `${process.pid}-y`, "1-z", "other"])
      await mkdir(join(folder, name), { recursive: true });
    await removeForsaken(folder, (pid) => pid === 1);
    expect((await readdir(folder)).sort()).toEqual(["1-z", "other", `${process.pid}-y`].sort());
  });

  it("takes its limits from the settings, and its own where they are no sensible number", () => {
    const limits = (values: Record<string, unknown>) => historyLimits({ get: (name) => values[name] });
    expect(limits({})).toEqual({ spanMs: 3_600_000, bytes: 64 * 1024 * 1024 });
    expect(limits({ historyMinutes: 5, historyMegabytes: 0 })).toEqual({ spanMs: 300_000, bytes: 0 });
    expect(limits({ historyMinutes: "x", historyMegabytes: -1 })).toEqual(limits({}));
  });
});
