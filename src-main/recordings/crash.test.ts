/** A writer that is killed at any moment leaves a file that opens up to its last frame. A real process, a real SIGKILL. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seeded } from "../../src-shared/testing/random.ts";
import { openRecording } from "./reader.ts";

const folder = mkdtempSync(join(tmpdir(), "podglass-crash-"));
const script = join(folder, "write.js");
beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      ssr: join(import.meta.dirname, "testing/write-forever.ts"),
      outDir: folder,
      emptyOutDir: false,
      target: "node20",
      rollupOptions: { output: { format: "es", entryFileNames: "write.js" } },
    },
    ssr: { noExternal: true },
  });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Kills the writer so many milliseconds after it said that a frame is written. */
async function killedAfter(frames: number, ms: number, path: string): Promise<number> {
  const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
  let told = 0;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    told = Number(line);
    if (told === frames) setTimeout(() => child.kill("SIGKILL"), ms);
  });
  await ended;
  return told;
}

test("killed in mid-write at random moments, every frame that was told of is there and whole", async () => {
  const seed = Date.now() % 100_000;
  const random = seeded(seed);
  const moments = Array.from({ length: 6 }, (_, i) => [i === 0 ? 1 : 1 + random.below(270), random.below(7)]);
  for (const [round, [frames, ms]] of moments.entries()) {
    const path = join(folder, `${round}.podglass`);
    const told = await killedAfter(frames as number, ms as number, path);
    const recording = await openRecording(path);
    expect(recording.info.complete, `seed ${seed}`).toBe(false);
    expect(recording.info.frames, `seed ${seed}`).toBeGreaterThanOrEqual(told);
    const last = await recording.at(recording.info.endMs - recording.info.startMs);
    expect(last.processes[0]?.rssBytes).toBe((recording.info.frames - 1) * 4096);
    await recording.close();
  }
}, 60_000);
