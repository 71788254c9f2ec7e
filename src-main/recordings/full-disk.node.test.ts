/** A disk that fills up while a node is recorded: it is told, no short write counts, and what was written opens. A real file system of 256 KiB. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";
import { History } from "./history.ts";
import { openRecording } from "./reader.ts";
import { RecordingWriter } from "./writer.ts";

const asRoot = process.platform === "linux" && process.getuid?.() === 0;
describe.runIf(asRoot)("a full disk", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "podglass-full-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]);
  });
  afterAll(() => {
    execFileSync("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true });
  });

  it.each([1, 2, 3])("ends a recording with a sentence, and its frames can be read (%i)", async (turn) => {
    const path = join(folder, `${turn}.podglass`);
    const writer = await RecordingWriter.create(path, { label: "node" });
    let failure: Error | undefined;
    for (let second = 0; second < 5000 && !failure; second++) {
      const takenAt = new Date(Date.parse("2026-11-21T12:00:00Z") + second * 1000).toISOString();
      // Other names each time: nothing of it can be told by a step.
      const snapshot = syntheticSnapshot({ pods: 20 + turn, takenAt });
      for (const one of snapshot.processes) one.comm = `${Math.random()}`;
      await writer.write(snapshot, second * 1000).catch((error: Error) => {
        failure = error;
      });
    }
    expect(failure?.message).toMatch(
      /^The recording .* ended: ENOSPC.* What was written before, \d+ frames, can be read\.$/,
    );
    await expect(writer.write(syntheticSnapshot({ pods: 1 }), 1e9)).rejects.toThrow(failure?.message);
    const { frames, bytes } = await writer.close();
    expect(statSync(path).size).toBe(bytes);
    const recording = await openRecording(path);
    expect(recording.info.frames).toBe(frames);
    let read = 0;
    for await (const _ of recording.frames()) read += 1;
    expect(read).toBe(frames);
    await recording.close();
    rmSync(path);
  });

  it("ends what is kept of a live node with a sentence, and leaves no file that does not open", async () => {
    const history = new History(folder, "node", { spanMs: 60_000, bytes: 64 * 1024 * 1024 });
    for (let second = 0; second < 5000 && history.info.trouble === undefined; second++) {
      // A clock that is set back each time begins a segment each time.
      const takenAt = new Date(Date.parse("2026-11-21T12:00:00Z") - second * 1000).toISOString();
      history.take(syntheticSnapshot({ pods: 3, takenAt }), []);
      await history.curves(() => false, Number.MAX_SAFE_INTEGER).catch(() => {});
    }
    expect(history.info.trouble).toMatch(/^The history of node ended: .*ENOSPC/);
    const [kept = ""] = readdirSync(folder);
    const names = readdirSync(join(folder, kept));
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) await (await openRecording(join(folder, kept, name))).close();
    expect((await history.at(history.info.endMs ?? 0)).pods).toHaveLength(3);
    await history.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});
