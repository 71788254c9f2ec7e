import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { snapshotOf } from "../../src-shared/testing/snapshot.ts";
import { recordingsList } from "./list.ts";
import { RecordingWriter } from "./writer.ts";

const folder = mkdtempSync(join(tmpdir(), `podglass-list-${process.pid}-`));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("tells node, time and length of each file, the newest first, and which are gone or broken", async () => {
  const own = join(folder, "recordings");
  mkdirSync(own);
  const made = join(own, "a.podglass");
  const writer = await RecordingWriter.create(made, { label: "node-a", redact: false });
  const at = (seconds: number) => snapshotOf({ takenAt: new Date(1_700_000_000_000 + seconds * 1000).toISOString() });
  for (const seconds of [0, 1, 5]) await writer.write(at(seconds));
  await writer.close();
  const later = join(folder, "later.json");
  writeFileSync(later, JSON.stringify(at(60)));
  const odd = join(folder, "odd.txt");
  writeFileSync(odd, "hello");

  const files = await recordingsList(own, [join(folder, "gone.podglass"), odd, later]);
  expect(files.slice(0, 2)).toEqual([
    expect.objectContaining({ path: later, kind: "snapshot", node: at(0).node.hostname, startMs: 1_700_000_060_000 }),
    expect.objectContaining({ path: made, kind: "recording", node: "node-a", frames: 3, endMs: 1_700_000_005_000 }),
  ]);
  expect(files.find(({ name }) => name === "gone.podglass")?.trouble).toBe("the file is gone");
  expect(files.find(({ path }) => path === odd)?.trouble).toMatch(/neither a recording/);
});
