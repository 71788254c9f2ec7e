import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { podOf, snapshotOf } from "../../src-shared/testing/snapshot.ts";
import { openRecording } from "./reader.ts";
import { newSalt, redactor } from "./redact.ts";
import { toldBy } from "./told.ts";
import { RecordingWriter } from "./writer.ts";

const KEY = "containerd/s1";
const at = (second: number) =>
  snapshotOf({
    takenAt: `2026-11-28T03:00:0${second}.000Z`,
    pods: [podOf(KEY, { name: "web", namespace: "shop" })],
  });

it("tells what no reading shows by the marks, at the node's time, of its pod, and under new names if asked", async () => {
  const folder = await mkdtemp(join(tmpdir(), "podglass-told-"));
  const path = join(folder, "told.podglass");
  try {
    const writer = await RecordingWriter.create(path, { label: "node-a" });
    await writer.write(at(1), 1000);
    // Our own clock goes on as it did where the node's was set: the event has the node's.
    await writer.write(at(5), 2000, ["the node is back", "Podglass dropped the pause of shop/web", "of shop/web"]);
    await writer.write(at(6), 3000, ["the node was lost: web does not answer"]);
    await writer.close();
    const told = async (redact?: ReturnType<typeof redactor>) => {
      const recording = await openRecording(path);
      const frames = [];
      for await (const { events } of toldBy(recording, "node-a", redact)) frames.push(...events);
      await recording.close();
      return frames;
    };
    const action = { at: at(5).takenAt, kind: "action", pod: KEY, text: "Podglass dropped the pause of shop/web" };
    expect(await told()).toMatchObject([
      { at: at(5).takenAt, kind: "node-back", text: "the node is back" },
      { schema: "podglass.event/1", node: "node-a", ...action },
      { at: at(6).takenAt, kind: "node-lost", text: "the node was lost: web does not answer" },
    ]);
    const hidden = await told(redactor(newSalt()));
    expect(hidden.map(({ kind }) => kind)).toEqual(["node-back", "action", "node-lost"]);
    expect(JSON.stringify(hidden)).not.toMatch(/web|shop/);
    expect(hidden[1]?.text).toMatch(/^Podglass dropped the pause of \S+$/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
