import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackBlock } from "../../src-shared/curves/block.ts";
import { NODE_GROUP } from "../../src-shared/curves/metrics.ts";
import { seriesOf } from "../../src-shared/curves/series.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { type CurveBlocks, curvesOf, wantedGroups } from "./curves.ts";
import { History } from "./history.ts";
import { openRecording } from "./reader.ts";
import { RecordingWriter } from "./writer.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "podglass-curves-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const START = Date.parse("2026-11-28T03:00:00Z");
const base = syntheticSnapshot({ pods: 3 });
const moment = (second: number): Snapshot => ({
  ...base,
  takenAt: new Date(START + second * 1000).toISOString(),
  node: { ...base.node, availableBytes: base.node.memoryBytes - second * 4096 },
});
const node = wantedGroups([NODE_GROUP], []);
/** What the node used at each second, in pages. */
const pagesOf = ({ blocks }: CurveBlocks): number[] =>
  [
    ...seriesOf(
      blocks.map(({ packed }) => unpackBlock(packed)),
      ({ path }) => path === NODE_GROUP,
    ).values.memory,
  ].map((bytes) => bytes / 4096);
const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, i) => from + i);

async function recorded(name: string, seconds: number): Promise<string> {
  const path = join(root, name);
  const writer = await RecordingWriter.create(path, { label: "node-a" });
  for (const second of upTo(seconds)) await writer.write(moment(second));
  await writer.close();
  return path;
}

describe("curves that are kept", () => {
  it("come with a recording, whole, cut off, and of pods alone", async () => {
    const path = await recorded("whole.podglass", 300);
    for (const cut of [0, 40, 3000]) {
      await truncate(path, (await stat(path)).size - cut);
      const recording = await openRecording(path);
      const pages = pagesOf(await curvesOf(recording, node, 0));
      expect(pages).toEqual(upTo(recording.info.frames));
      if (cut === 0) {
        const [pod] = base.pods;
        const { blocks } = await curvesOf(recording, wantedGroups([], [pod!.key]), 1);
        expect(blocks.map(({ number }) => number)).toEqual([1, 2]);
        const names = new Set(unpackBlock(blocks[0]!.packed).groups.map((group) => group.pod));
        expect([...names]).toEqual([pod!.key]);
      }
      await recording.close();
    }
  });

  it("are as many as the frames wherever the writer was killed", async () => {
    const whole = await readFile(await recorded("killed.podglass", 140));
    const path = join(root, "cut.podglass");
    let last = 0;
    // From the head of the file to its end; the last cuts lie in the curves and in the index.
    for (let cut = whole.length; cut > 4000; cut -= 1 + Math.floor(whole.length / 23)) {
      await writeFile(path, whole.subarray(0, cut));
      const recording = await openRecording(path).catch(() => undefined);
      if (recording === undefined) continue;
      expect(pagesOf(await curvesOf(recording, node, 0))).toEqual(upTo(recording.info.frames));
      last = recording.info.frames;
      await recording.close();
    }
    expect(last).toBeGreaterThan(0);
  });

  it("of a live node grow with it, and go with its oldest segment", async () => {
    let own = 0;
    const history = new History(join(root, "live"), "node-a", { spanMs: 240_000, bytes: 64 * 1024 * 1024 }, () => own);
    let known: CurveBlocks["blocks"] = [];
    for (const second of upTo(600)) {
      own += 1000;
      history.take(moment(second), []);
      if (second % 100 !== 99) {
        await history.curves(node, 1e9);
        continue;
      }
      const got = await history.curves(node, known.at(-1)?.number ?? 0);
      const fresh = new Set(got.blocks.map(({ number }) => number));
      known = [...known.filter(({ number }) => number >= got.first && !fresh.has(number)), ...got.blocks];
      const pages = pagesOf({ ...got, blocks: known });
      const oldest = (history.info.startMs! - START) / 1000;
      expect(pages).toEqual(upTo(second + 1, oldest));
      expect(pages).toEqual(pagesOf(await history.curves(node, 0)));
    }
    expect(history.info.startMs).toBeGreaterThan(START);
    await history.close();
  });
});
